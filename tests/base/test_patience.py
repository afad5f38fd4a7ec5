"""A deadline that moves: it rings when due, never while paused, and only for its own block."""

import asyncio

import pytest

from darkhorse.base.patience import Patience


class _Loop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next timer instead of waiting for it."""

    def __init__(self):
        super().__init__()
        self._now = 0.0

    def time(self):
        return self._now

    def _run_once(self):
        due = [timer.when() for timer in self._scheduled if not timer.cancelled()]
        if not self._ready and due:
            self._now = max(self._now, min(due))
        super()._run_once()


@pytest.fixture
def run():
    loop = _Loop()
    yield loop.run_until_complete
    loop.close()


async def _now():
    return asyncio.get_running_loop().time()


def test_silence_times_out_when_due(run):
    async def scene():
        with pytest.raises(TimeoutError), Patience(5):
            await asyncio.sleep(100)
        return await _now()

    assert run(scene()) == 5


def test_each_word_buys_time(run):
    async def scene():
        with pytest.raises(TimeoutError), Patience(5) as patience:
            for _ in range(4):
                await asyncio.sleep(4)
                patience.extend()
            await asyncio.sleep(100)
        return await _now()

    assert run(scene()) == 21


def test_a_shorter_time_counts_too(run):
    async def scene():
        with pytest.raises(TimeoutError), Patience(50) as patience:
            patience.extend(2)
            await asyncio.sleep(100)
        return await _now()

    assert run(scene()) == 2


def test_a_pause_stops_the_clock(run):
    async def scene():
        with pytest.raises(TimeoutError), Patience(5) as patience:
            patience.pause()
            await asyncio.sleep(100)
            patience.extend()
            await asyncio.sleep(100)
        return await _now()

    assert run(scene()) == 105


def test_an_ended_block_is_left_alone(run):
    async def scene():
        with Patience(5):
            pass
        await asyncio.sleep(10)

    run(scene())


def test_the_outer_of_two_rings_through_the_inner(run):
    async def scene():
        with pytest.raises(TimeoutError), Patience(3), Patience(50):
            await asyncio.sleep(100)
        assert asyncio.current_task().cancelling() == 0
        return await _now()

    assert run(scene()) == 3


def test_somebody_elses_cancellation_stays_one(run):
    async def inside():
        with Patience(50):
            await asyncio.sleep(100)

    async def scene():
        task = asyncio.create_task(inside())
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(scene())
