"""Datasets are worked out once in a while, one at a time, however many ask."""

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.api.operations import kept
from darkhorse.api.operations.kept import Kept
from darkhorse.base.errors import RateLimited


class HandClock:
    """Moves when it is told to."""

    at = 0.0

    def now_us(self):
        return round(self.at * 1_000_000)

    def monotonic(self):
        return self.at


class Work:
    """Counts what it was asked for."""

    def __init__(self, rows=("row",)):
        self.done = []
        self.rows = rows
        self.go = threading.Event()
        self.go.set()

    def __call__(self, question):
        def work():
            self.go.wait(30)
            self.done.append(question)
            return [(question, *self.rows)] if self.rows else []

        return work


def test_the_same_is_worked_out_once():
    work, clock = Work(), HandClock()

    async def ask():
        answers = Kept("x", clock)
        work.go.clear()
        asked = [asyncio.create_task(answers.get(n % 2, work(n % 2), for_s=5)) for n in range(12)]
        await asyncio.sleep(0)
        work.go.set()
        found = await asyncio.gather(*asked)
        clock.at = 4.9
        found.append(await answers.get(0, work("not again"), for_s=5))
        clock.at = 5.0
        await answers.get(0, work("anew"), for_s=5)
        return found

    found = asyncio.run(ask())
    assert found == [[(n % 2, "row")] for n in range(13)]
    assert sorted(map(str, work.done)) == ["0", "1", "anew"]


def test_of_no_rows_nothing_is_kept():
    work = Work(rows=())

    async def ask():
        answers = Kept("x", HandClock())
        return [await answers.get("q", work("q"), for_s=5) for _ in range(2)]

    assert asyncio.run(ask()) == [[], []]
    assert work.done == ["q", "q"]


def test_a_failure_is_not_kept():
    async def ask():
        answers = Kept("x", HandClock())
        with pytest.raises(ZeroDivisionError):
            await answers.get("q", lambda: [1 // 0], for_s=5)
        return await answers.get("q", lambda: [1], for_s=5)

    assert asyncio.run(ask()) == [1]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60_000)), max_size=60))
def test_what_is_kept_is_bounded(asked):
    async def ask():
        answers = Kept("x", HandClock())
        for question, count in asked:
            assert await answers.get(question, lambda count=count: [None] * count, for_s=5)
            rows = [len(each.rows) for each in answers._answers.values()]
            assert len(rows) <= kept._ANSWERS
            assert sum(rows) <= kept._ROWS

    asyncio.run(ask())


def test_the_line_has_an_end():
    work = Work()

    async def ask():
        answers = Kept("x", HandClock())
        work.go.clear()
        asked = [asyncio.create_task(answers.get(n, work(n), for_s=5)) for n in range(50)]
        done, _ = await asyncio.wait(asked, timeout=0.2)
        work.go.set()
        refused = [each.exception() for each in done]
        return refused, [each for each in asked if each not in done and await each]

    refused, served = asyncio.run(ask())
    assert len(served) == 1 + kept._LINE
    assert {type(each) for each in refused} == {RateLimited}
