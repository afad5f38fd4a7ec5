"""A journal that is too slow: the client hears of it, and each generation is ended once."""

import asyncio

import pytest
from msgspec import Raw

from darkhorse.base.chance import seeded_draw
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import LedgerUnavailable
from darkhorse.base.ids import RandomIds
from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.catalog.listing import Listing
from darkhorse.cloak.words.watch import Watch
from darkhorse.router.admit import Plan
from darkhorse.router.generation import Generation
from darkhorse.router.late import LateEnds
from darkhorse.router.means import Means
from darkhorse.router.promises import NOTHING
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.request import GenerationRequest

EAST = Endpoint(name="east", url="http://127.0.0.1:1/v1")
LISTING = Listing(slug="x/y", title="Y", context=1000, max_output=100)
START = StartRecord(
    id="gen-1", at_us=1, listing="x/y", dialect="chat", streamed=True, key="k", prompt_tokens=6
)
STORY = [Chunk(text="Once"), Chunk(text=" upon"), Chunk(finish="stop")]


class SlowJournal:
    """Its disk answers when the test says so."""

    def __init__(self):
        self.ends = []
        self.asked = asyncio.Queue()
        self.fates = {}

    async def end(self, record, answer):
        done = asyncio.get_running_loop().create_future()
        self.ends.append(record)
        self.asked.put_nowait(done)
        return done

    def fate(self, done):
        return self.fates.get(done)

    def give_up(self, done, *, taken):
        """Nobody waits for it any longer; `taken`: the disk has it and will answer one day."""
        if taken:
            self.fates[done] = asyncio.get_running_loop().create_future()
        done.set_exception(LedgerUnavailable())
        done.exception()


class Silent:
    """An engine that never says a word."""

    stopped = False

    async def answer(self, _):
        try:
            await asyncio.Event().wait()
            yield []
        finally:
            self.stopped = True


class Teller:
    async def answer(self, _):
        for each in STORY:
            yield [each]


class Stage:
    """One generation over a slow journal. Make it inside a loop."""

    def __init__(self, upstream):
        self.journal, self.told = SlowJournal(), []
        self.means = Means(
            upstreams={EAST: upstream},
            journal=self.journal,
            clock=SystemClock(),
            ids=RandomIds(),
            draw=seeded_draw(1),
            settings=UpstreamSettings(),
            on_end=lambda _, record: self.told.append(record),
        )
        request = GenerationRequest(
            dialect="chat",
            model="x/y",
            stream=True,
            body=b"",
            messages=Raw(b"[]"),
            message_count=1,
            text_bytes=(8,),
            parameters={},
        )
        plan = Plan(LISTING, (EAST,), 6, 100, None, Watch(()), NOTHING)
        self.started = asyncio.get_running_loop().create_future()
        self.generation = Generation(self.means, plan, request, START, self.started)
        self.task = self.generation.begin()

    async def read(self):
        """What the client was given, and the error at the end."""
        said = ""
        try:
            while (batch := await asyncio.wait_for(self.generation.channel.get(), 20)) is not None:
                said += "".join(chunk.text for chunk in batch)
        except LedgerUnavailable as e:
            return said, e
        return said, None

    async def ended(self):
        await asyncio.wait_for(self.task, 20)
        [record] = self.told
        return record

    @property
    def late(self):
        return [record for record, _ in self.means.late._waiting]


@pytest.mark.parametrize(("fate", "is_ended"), [(None, False), (False, False), (True, True)])
def test_a_start_that_is_late_stops_the_engine_and_is_ended_if_it_is_there(fate, is_ended):
    async def main():
        engine = Silent()
        stage = Stage(engine)
        await asyncio.sleep(0)
        stage.journal.give_up(stage.started, taken=fate is not None)
        assert (await stage.read())[0] == ""
        assert engine.stopped
        if fate is not None:
            assert not stage.task.done()
            stage.journal.fates[stage.started].set_result(fate)
        record = await stage.ended()
        assert (record.outcome, record.status) == ("failed", 503)
        assert stage.generation.is_on_record == is_ended
        assert stage.late == ([record] if is_ended else [])
        assert stage.journal.ends == []

    asyncio.run(main())


@pytest.mark.parametrize(
    ("fate", "outcome", "is_late"),
    [(None, "failed", True), (False, "failed", True), (True, "done", False)],
)
def test_an_end_that_is_late_is_an_error_and_never_written_twice(fate, outcome, is_late):
    async def main():
        stage = Stage(Teller())
        stage.started.set_result(None)
        done = await asyncio.wait_for(stage.journal.asked.get(), 20)
        stage.journal.give_up(done, taken=fate is not None)
        said, error = await stage.read()
        assert said == "Once upon"
        assert error is not None
        if fate is not None:
            stage.journal.fates[done].set_result(fate)
        record = await stage.ended()
        assert record.outcome == outcome
        assert stage.late == ([record] if is_late else [])
        assert [each.outcome for each in stage.journal.ends] == ["done"]

    asyncio.run(main())


def test_a_late_end_that_is_late_again_is_written_once():
    async def main():
        journal = SlowJournal()
        late = LateEnds(journal)
        late.add(EndRecord(id="gen-1", at_us=1, outcome="failed"), b"")
        for fate, waiting in ((False, 1), (True, 0)):
            writing = asyncio.create_task(late.write())
            done = await asyncio.wait_for(journal.asked.get(), 20)
            journal.give_up(done, taken=True)
            await asyncio.sleep(0)
            assert not writing.done()
            journal.fates[done].set_result(fate)
            await asyncio.wait_for(writing, 20)
            assert len(late) == waiting
        await late.write()
        assert len(journal.ends) == 2

    asyncio.run(main())
