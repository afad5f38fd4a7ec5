"""The same SDKs, and darkhorse-engine behind the listings: tools, schemas, reasoning.

SmolLM2, lifted, has to call a tool whose arguments keep to their schema, is told the result, and
answers in a form. What it says is its own affair. Weights that are random, in GLM-5's shape, say by
heart what a grammar makes them say, thoughts first, so that every byte is known.
"""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import jsonschema_rs
import pytest

from clients.agents_kit import CelledRelay
from clients.programs.forecast import NAME, SCHEMAS
from clients.roster import SDKS, Client
from clients.visits import Visit, skip_without, visit
from live.real_engine import random_glm, serving

pytestmark = pytest.mark.timeout(300)

PROGRAMS = {
    "openai_chat.py",
    "openai_responses.py",
    "openrouter_chat.py",
    "openrouter_responses.py",
    "anthropic_messages.py",
}
CLIENTS = [client for client in SDKS if client.program in PROGRAMS]
LACKING = {"forced": "tools"}
"""What the roster calls it, where it says what a client lacks."""
THOUGHTS = "They say hi.\nGreet them: <now>, \u00e4\u00f6 \U0001f984"
TEXT = "Hi, who is there?"
SMOL = """\
quirks.reasoning = 'none'
quirks.extra = { temperature = 0, max_tokens = 200 }
"""
_BY_HEART = f"{THOUGHTS}</think>{TEXT}".replace(".", "[.]").replace("?", "[?]")
_PATTERN = json.dumps(_BY_HEART, ensure_ascii=False)  # as TOML has it
GLM = f"""\
quirks.reasoning = 'template'
quirks.extra.response_format = {{ type = 'regex', pattern = {_PATTERN} }}
"""
LISTING = """\
structured = 'constrained'
parameters = [
  'max_tokens', 'temperature', 'seed', 'tools', 'tool_choice', 'parallel_tool_calls',
  'response_format', 'reasoning',
]
"""
TRIP = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}


def features(client: Client, *names: str) -> list[str]:
    """Those of them that it has, whole and streamed."""
    has = [each for each in names if LACKING.get(each, each) not in client.without]
    return [f"{each}{way}" for each in has for way in ("", " streamed")]


def having(*names: str):
    """Each client with each of these features."""
    pairs = [(client, each) for client in CLIENTS for each in features(client, *names)]
    return pytest.mark.parametrize(("client", "feature"), pairs, ids=str)


@dataclass
class Guests:
    """Each client visits once, for all features."""

    relay: CelledRelay
    folder: Path
    _visits: dict[Client, Visit] = field(default_factory=dict)

    def visit(self, client: Client) -> Visit:
        skip_without(client)
        if client not in self._visits:
            models = dict.fromkeys(features(client, "forced", "structured"), "smol")
            models |= dict.fromkeys(features(client, "reasoning"), "glm")
            self._visits[client] = visit(client, self.relay, models, self.folder / str(client))
        return self._visits[client]


@pytest.fixture(scope="module")
def guests(tmp_path_factory):
    folder = tmp_path_factory.mktemp("engine")
    lifted = folder / "lifted"
    glm = str(random_glm(folder / "glm"))
    small = ("--slots", "1", "--memory-mib", "256")
    with serving(
        ("--lift-dir", str(lifted), *small),
        (glm, "--quant", "none", "--dtype", "float32", *small),
    ) as (smol_url, glm_url):
        listings = {"smol": [(smol_url, "smol", SMOL)], "glm": [(glm_url, "glm", GLM)]}
        relay = CelledRelay(
            folder / "data", listings, listing_extra=LISTING, context=2048, max_output=1024
        )
        try:
            yield Guests(relay.start(), folder)
        finally:
            relay.close()
    shutil.rmtree(lifted)  # 800 MB


@having("forced")
def test_a_tool_that_has_to_be_called_is_and_its_result_is_taken(guests, client, feature):
    result = guests.visit(client).result_of(feature)
    arguments = json.loads(result["arguments"])
    assert jsonschema_rs.is_valid(SCHEMAS[result["name"]], arguments), arguments
    assert feature == "forced streamed" or result["name"] == NAME
    assert result["text"]


@having("structured")
def test_an_answer_keeps_to_its_schema(guests, client, feature):
    result = guests.visit(client).result_of(feature)
    value = result["value"] if "value" in result else json.loads(result["json"])
    assert jsonschema_rs.is_valid(TRIP, value), value


@having("reasoning")
def test_thoughts_come_beside_the_answer_and_not_a_byte_is_lost(guests, client, feature):
    result = guests.visit(client).result_of(feature)
    assert (result["reasoning"], result["text"]) == (THOUGHTS, TEXT)


@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_every_generation_is_done(guests, client):
    records = guests.visit(client).records
    assert {guests.relay.record(each).end.outcome for each in records} == {"done"}
