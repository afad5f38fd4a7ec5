"""Threads of their own: what is slow there holds up nothing else, and who waits is bounded."""

import asyncio
import threading

import pytest

from darkhorse.base.errors import RateLimited
from darkhorse.storage.crew import Crew
from darkhorse.storage.follow import follow


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 (threads set it, not tasks)
            await asyncio.sleep(0.005)


async def again(crew):
    """As soon as there is a place."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await crew.run(int)
            except RateLimited:
                await asyncio.sleep(0.005)


def test_work_is_done_and_what_it_raises_comes_out():
    async def ask():
        crew = Crew("x", threads=1, line=0)
        assert await crew.run(lambda: threading.current_thread().name.startswith("x"))
        with pytest.raises(ZeroDivisionError):
            await crew.run(lambda: 1 // 0)
        assert await crew.run(lambda: 5) == 5
        crew.close()
        crew.close()

    asyncio.run(ask())


def test_so_many_work_so_many_wait_and_the_rest_is_told_to_come_again():
    go, running, most = threading.Event(), [], []

    def work():
        running.append(1)
        most.append(len(running))
        go.wait(30)
        running.pop()

    async def ask():
        crew = Crew("x", threads=2, line=3)
        asked = [asyncio.create_task(crew.run(work)) for _ in range(5)]
        await until(lambda: len(running) == 2)
        with pytest.raises(RateLimited) as refused:
            await crew.run(work)
        assert refused.value.retry_after
        go.set()
        await asyncio.gather(*asked)
        await crew.run(work)
        crew.close()

    asyncio.run(ask())
    assert len(most) == 6
    assert max(most) == 2


def test_whoever_goes_away_holds_its_place_until_the_work_is_done():
    go, entered = threading.Event(), threading.Event()

    def work():
        entered.set()
        go.wait(30)

    async def ask():
        crew = Crew("x", threads=1, line=0)
        asked = asyncio.create_task(crew.run(work))
        await until(entered.is_set)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        with pytest.raises(RateLimited):
            await crew.run(int)
        go.set()
        assert await again(crew) == 0

    asyncio.run(ask())


def test_following_goes_on_while_every_common_thread_is_busy():
    go, loads = threading.Event(), []

    async def ask():
        busy = [asyncio.create_task(asyncio.to_thread(go.wait, 30)) for _ in range(64)]
        await asyncio.sleep(0)
        following = asyncio.create_task(follow(lambda: loads.append(1), "Keys", every_s=0.001))
        await until(lambda: len(loads) > 5)
        assert not any(each.done() for each in busy)
        go.set()
        following.cancel()
        await asyncio.gather(*busy)

    asyncio.run(ask())
