"""Scripted imitations of real APIs, asked over loopback: the wire names whom it can, no more."""

import asyncio
import math

import pytest

from darkhorse.attribution.client.asking import body_of
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.library.library import Lab, Library
from darkhorse.attribution.observing import listing_of, observation_of
from darkhorse.attribution.signals.wire import Wire
from darkhorse.base.chance import seeded_draw
from darkhorse.base.clock import SystemClock
from darkhorse.base.secret import Secret
from darkhorse.upstream.scripted import serve
from darkhorse.upstream.scripted.imitations.houses import HOUSES

LABS = (
    *("anthropic", "cohere", "deepseek", "google", "meta-llama", "minimax", "mistralai"),
    *("moonshotai", "openai", "qwen", "thudm", "x-ai"),
)
KNOWN = Library(labs=tuple(Lab(name=name, title=name) for name in LABS))
OWN = {
    "anthropic": "anthropic",
    "azure": "openai",
    "bedrock": "anthropic",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "gemini": "google",
    "kimi": "moonshotai",
    "minimax": "minimax",
    "mistral": "mistralai",
    "openai": "openai",
    "openrouter": "anthropic",
    "qwen": "qwen",
    "vertex-claude": "anthropic",
    "xai": "x-ai",
    "zai": "thudm",
}
"""Houses whose forms are one maker's. `openrouter` has Bedrock's Claude behind it."""
HOSTS = sorted(set(HOUSES) - set(OWN))
SURE = {"bedrock", "deepseek", "gemini", "kimi", "openrouter", "vertex-claude", "xai"}


async def asked(port, house):
    """What a deep run's wire probes see of this house."""
    url = f"http://127.0.0.1:{port}/as/{house.name}/v1"
    door = Door(
        "raw", url, Secret("sk-1"), house.model, clock=SystemClock(), dialects=(house.speaks,)
    )
    seen = []
    for probe in Wire().probes("deep", seeded_draw(3), KNOWN):
        body = body_of(house.speaks, house.model, probe.ask)
        answer = await door.ask(probe.ask)
        seen.append(observation_of(probe.name, probe.ask, body, answer))
    return [*seen, listing_of(await door.get("/models"), house.model)]


@pytest.fixture(scope="module")
def seen():
    """House → observations."""

    async def all_of_them():
        server = await serve("127.0.0.1", 0)
        try:
            return {name: await asked(server.port, house) for name, house in HOUSES.items()}
        finally:
            await server.close()

    return asyncio.run(all_of_them())


def gains(evidence):
    """Lab → nats over a lab that nobody knows."""
    [told] = evidence.likelihoods
    return {lab: nats - told.other for lab, nats in told.nats.items()}


@pytest.mark.parametrize("house", sorted(OWN))
def test_a_makers_own_forms_name_it(seen, house):
    evidence = Wire().weigh(seen[house], KNOWN)
    gained = gains(evidence)
    best = max(gained, key=gained.get)
    assert best == OWN[house]
    assert gained[best] > 1.9
    second = max(nats for lab, nats in gained.items() if lab != best)
    assert second < 1.5
    assert evidence.reliability == "strong"
    assert not evidence.vetoed
    assert not evidence.broken


@pytest.mark.parametrize("house", HOSTS)
def test_a_host_or_an_engine_names_nobody(seen, house):
    evidence = Wire().weigh(seen[house], KNOWN)
    gained = gains(evidence)
    assert max(gained.values()) < 1
    assert evidence.reliability == "weak"
    assert gained["anthropic"] < 0 < gained["meta-llama"]  # open weights, mildly
    assert min(gained.values()) > -2.5


@pytest.mark.parametrize("house", sorted(OWN))
def test_a_maker_that_the_library_lacks_speaks_for_a_stranger(seen, house):
    lacking = Library(labs=tuple(lab for lab in KNOWN.labs if lab.name != OWN[house]))
    evidence = Wire().weigh(seen[house], lacking)
    assert max(gains(evidence).values()) < 1.5
    lacks = [each for each in evidence.findings if "whom the library lacks" in each]
    assert bool(lacks) >= (house in SURE)


def test_the_library_is_named_in_its_own_words(seen):
    """z-ai in one library is thudm in another."""
    known = Library(labs=(Lab(name="z-ai", title="Z.ai"), Lab(name="openai", title="OpenAI")))
    assert gains(Wire().weigh(seen["zai"], known))["z-ai"] > 2


def test_an_empty_library_still_gets_likelihoods(seen):
    gained = gains(Wire().weigh(seen["bedrock"], Library()))
    assert max(gained, key=gained.get) == "anthropic"
    assert all(map(math.isfinite, gained.values()))


def test_exhibits_can_be_checked(seen):
    exhibit = Wire().weigh(seen["openrouter"], KNOWN).exhibit
    shown = {(row[1], row[2]) for row in exhibit.rows}
    assert ("end_turn", "Anthropic's words") in shown
    assert ("anthropic-claude-v1", "Anthropic") in shown
    assert exhibit.says.startswith("In front stands OpenRouter")
    assert all(len(row) == len(exhibit.head) for row in exhibit.rows)
