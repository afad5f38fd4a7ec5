"""What looks at the same page within a few seconds share."""

import asyncio

import pytest
from pages_kit import HandClock

from darkhorse.base.errors import ConfigError
from darkhorse.web.desk.insight.reading import Shared


class Source:
    def __init__(self):
        self.reads = 0
        self.fails = False
        self.may_end = asyncio.Event()

    async def __call__(self):
        self.reads += 1
        await self.may_end.wait()
        if self.fails:
            raise ConfigError("the disk is full")
        return self.reads


def test_who_asks_at_the_same_time_or_soon_is_told_the_same_and_later_it_is_read_anew():
    async def whole():
        clock, source = HandClock(), Source()
        shared = Shared(clock)
        asking = [asyncio.create_task(shared.of("a", source)) for _ in range(3)]
        await asyncio.sleep(0)
        source.may_end.set()
        assert await asyncio.gather(*asking) == [1, 1, 1]
        assert await shared.of("b", source) == 2
        clock.us += 4_999_999
        assert await shared.of("a", source) == 1
        clock.us += 1
        assert await shared.of("a", source) == 3

    asyncio.run(whole())


def test_what_fails_is_said_to_all_who_asked_and_tried_again():
    async def whole():
        source = Source()
        source.fails = True
        source.may_end.set()
        shared = Shared(HandClock())
        for _ in range(2):
            with pytest.raises(ConfigError, match="full"):
                await shared.of("a", source)
        source.fails = False
        assert await shared.of("a", source) == 3

    asyncio.run(whole())


def test_one_who_goes_takes_the_answer_from_nobody():
    async def whole():
        source = Source()
        shared = Shared(HandClock())
        going, staying = (asyncio.create_task(shared.of("a", source)) for _ in range(2))
        await asyncio.sleep(0)
        going.cancel()
        await asyncio.sleep(0)
        source.may_end.set()
        assert await staying == 1
        assert going.cancelled()

    asyncio.run(whole())


def test_few_questions_are_kept():
    async def whole():
        source = Source()
        source.may_end.set()
        shared = Shared(HandClock())
        for question in range(17):
            await shared.of(question, source)
        assert await shared.of(16, source) == 17
        assert await shared.of(0, source) == 18

    asyncio.run(whole())
