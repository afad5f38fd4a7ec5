"""What a generation says of itself, and what its record keeps, whatever its endpoint is called."""

import asyncio

from msgspec import Raw

from darkhorse.base.ids import RandomIds
from darkhorse.catalog.makers import Maker
from darkhorse.cloak.words.watch import Watch
from darkhorse.router.admit import Plan
from darkhorse.router.generation import Generation
from darkhorse.storage.records import StartRecord
from darkhorse.wire.chunks import Chunk, Withheld
from darkhorse.wire.request import GenerationRequest
from router.test_attempts import END, LISTING, Teller, means_of

START = StartRecord(
    id=RandomIds().generation(7_000_001),
    at_us=7_000_001,
    listing="x/y",
    dialect="chat",
    streamed=True,
    key="k",
    prompt_tokens=6,
)


class Journal:
    """A disk that is never slow."""

    def __init__(self):
        self.ends = []

    async def end(self, record, answer):
        self.ends.append(record)
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


def generated(*chunks):
    """A generation over one endpoint, and its record."""

    async def scene():
        means = means_of(Teller([*chunks, END]))
        means.journal = journal = Journal()
        request = GenerationRequest(
            dialect="chat",
            model="mine",
            stream=True,
            body=b"",
            messages=Raw(b'[{"role":"user","content":"hi"}]'),
            message_count=1,
            text_bytes=(8,),
        )
        watch = Watch.over(Maker("Frobnic"))
        plan = Plan(LISTING, tuple(means.upstreams), 6, 100, None, watch)
        started = asyncio.get_running_loop().create_future()
        started.set_result(None)
        generation = Generation(means, plan, request, START, started)
        await generation.begin()
        return generation, journal.ends[0]

    return asyncio.run(scene())


def test_it_has_the_listings_name_and_the_moment_of_its_admission():
    generation, _ = generated(Chunk(text="Hello", upstream_model="real"))
    assert (generation.id, generation.model, generation.created) == (START.id, "x/y", 7)


def test_what_was_taken_out_is_on_record_with_its_place():
    _, record = generated(Chunk(text="Hello. I was made by Frobnic."))
    instead = "[a developer I may not name]"
    assert record.withheld == (Withheld("text", 21, "Frobnic", instead),)


def test_an_exception_is_logged_by_its_place_alone(caplog):
    def breaks():
        raise ValueError("GLM at 10.0.0.9")

    _, record = generated(breaks)
    assert (record.outcome, record.error_type) == ("failed", "server")
    assert "ValueError at" in caplog.text
    assert "GLM" not in caplog.text
