"""The duel: what unmask learns of a model raw, and of the same model behind the cloak."""

import asyncio
from urllib.parse import quote

import msgspec
import pytest

from darkhorse.attribution.client.door import Door, Names
from darkhorse.attribution.library.shipped import shipped
from darkhorse.attribution.measured import measured
from darkhorse.audit.attacks.together import Together
from darkhorse.base.clock import SystemClock
from darkhorse.base.secret import Secret
from darkhorse.upstream.scripted import serve
from darkhorse.upstream.scripted.measured import Measured

from .stage import Relay

FAMILY = "Claude 3 to 4.6"
MODEL = f"veiled?of={quote(FAMILY)}"
MOVED = 0.01


async def duel(folder):
    """What is told at both doors, and the findings."""
    server = await serve(measured=msgspec.convert(measured(shipped()), Measured))
    relay = await asyncio.to_thread(_started, folder, server.url)
    attack, clock = Together("quick"), SystemClock()
    names = Names(maker="Anthropic", model="Claude")
    raw = Door("raw", server.url, Secret(""), MODEL, clock=clock, names=names)
    url = f"http://127.0.0.1:{relay.port}/api/v1"
    public = Door("public", url, Secret(relay.key), "mule", clock=clock, names=names)
    try:
        there = await attack.read(raw)
        here = await attack.read(public)
    finally:
        await asyncio.to_thread(relay.close)
        await server.close()
    return there, here, {each.name: each for each in attack.judge(there, here)}


def _started(folder, url):
    relay = Relay(folder, {"mule": [(url, MODEL)]})
    relay.start()
    return relay


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return asyncio.run(duel(tmp_path_factory.mktemp("duel")))


def test_raw_it_is_named(told):
    raw, _, _ = told
    assert raw.unspoken.verdict.outcome in ("lab", "model")
    assert raw.unspoken.verdict.lab == "anthropic"


def test_behind_the_cloak_the_posterior_is_the_prior(told):
    _, public, found = told
    before, after = public.before.posterior, public.unspoken.verdict.posterior
    assert public.unspoken.verdict.outcome == "cannot-say"
    assert all(abs(after[lab] - share) < MOVED for lab, share in before.items())
    assert found["together"].verdict == "closed"
