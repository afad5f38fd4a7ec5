"""Lookups of a generation under an envelope: not before its client has all, no engine's time."""

import asyncio

import pytest
from pacing_kit import text

from darkhorse.api.unhurried import Unhurried
from darkhorse.router.channel import Channel
from darkhorse.storage.accounting import GenerationFacts

PACED, PLAIN = "stealth/paced", "stealth/plain"


class Known:
    """Knows every generation, as soon as it is on record."""

    def __init__(self, listing):
        self.found = GenerationFacts(
            id="gen-1",
            key="k",
            at_us=1,
            listing=listing,
            dialect="chat",
            streamed=True,
            outcome="done",
            first_token_ms=12.5,
            duration_ms=99.0,
        )

    async def facts(self, generation, key):
        return self.found

    async def content(self, generation, key, show):
        return show("its content")


def lookups(listing, running=()):
    return Unhurried(
        Known(listing), is_running=lambda name: name in running, is_paced=lambda slug: slug == PACED
    )


@pytest.mark.parametrize("key", ["k", None])
def test_what_still_flows_has_not_ended(key):
    seen = lookups(PACED, running=["gen-1"])
    assert asyncio.run(seen.facts("gen-1", key)) is None
    assert asyncio.run(seen.content("gen-1", key, str)) is None
    assert asyncio.run(seen.facts("gen-2", key)) is not None
    assert asyncio.run(seen.content("gen-2", key, str)) == "its content"


@pytest.mark.parametrize(
    ("listing", "key", "times"),
    [(PACED, "k", (None, None)), (PACED, None, (12.5, 99.0)), (PLAIN, "k", (12.5, 99.0))],
)
def test_an_engines_own_times_are_for_whoever_runs_the_server(listing, key, times):
    found = asyncio.run(lookups(listing).facts("gen-1", key))
    assert (found.first_token_ms, found.duration_ms) == times


def test_an_engine_is_not_held_up_by_an_envelope():
    """A reader that never comes: who writes is held up at 256 KiB, or not at all."""

    async def written(*, holds_up):
        channel = Channel(holds_up=holds_up)
        for number in range(64):
            put = asyncio.ensure_future(channel.put([text(8192)]))
            await asyncio.sleep(0)
            if not put.done():
                put.cancel()
                return number
        return 64

    assert asyncio.run(written(holds_up=False)) == 64
    assert 30 < asyncio.run(written(holds_up=True)) < 34
