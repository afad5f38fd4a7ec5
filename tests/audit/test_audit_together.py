"""unmask as the audit's attacker: it names what is open, and learns nothing where nothing is."""

import asyncio
from urllib.parse import quote

import msgspec
import pytest

from darkhorse.attribution.client.door import Door, Names
from darkhorse.attribution.library.shipped import shipped
from darkhorse.attribution.measured import measured
from darkhorse.audit.attacks.together import Together, bits_between
from darkhorse.base.clock import SystemClock
from darkhorse.base.secret import Secret
from darkhorse.upstream.scripted import serve
from darkhorse.upstream.scripted.measured import Measured

FAMILY = "Qwen 2 to 3"


async def findings(public: str, raw: str = ""):
    """By name, of a model behind `public`, audited against one behind `raw`."""
    server = await serve(measured=msgspec.convert(measured(shipped()), Measured))
    attack = Together("quick")

    def door(side: str, behind: str) -> Door:
        model = f"veiled?of={quote(FAMILY)}&behind={behind}"
        names = Names(maker="Alibaba Cloud", model="Qwen3")
        return Door(side, server.url, Secret(""), model, clock=SystemClock(), names=names)

    there, here = await asyncio.gather(
        attack.read(door("raw", raw)), attack.read(door("public", public))
    )
    await server.close()
    return {each.name: each for each in attack.judge(there, here)}


@pytest.fixture(scope="module")
def open_door():
    return asyncio.run(findings("wrapped"))


def test_a_family_that_counts_give_away_is_a_leak_that_stops_a_launch(open_door):
    found = open_door["together"]
    assert (found.verdict, found.deterministic) == ("leaks", True)
    assert FAMILY in found.public + found.raw
    assert any("unmask" in each.asked for each in found.exhibits)


def test_style_is_measured_and_says_where_the_maker_stands(open_door):
    found = open_door["style"]
    assert found.verdict in ("reduced", "untested")
    assert found.verdict == "untested" or "its maker stands" in found.public


def test_nothing_learnt_is_no_bit():
    assert bits_between({"a": 0.5, "b": 0.5}, {"a": 0.5, "b": 0.5}) == 0
    assert bits_between({"a": 0.5, "b": 0.5}, {"a": 1.0, "b": 0.0}) == 1
