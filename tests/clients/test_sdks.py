"""SDKs and frameworks, unmodified, as their documentation says they are used.

Each has one program in programs/, run once in a process and a home of its own; the tests look at
what it printed, at what the server recorded, and at what the upstream saw.
"""

import json
import math

import pytest

from clients.house import CITY, FIXED
from clients.roster import SDKS
from clients.visits import skip_without
from darkhorse.upstream.scripted import DEFAULT_TEXT, REASONING_TEXT
from darkhorse.upstream.scripted.embeddings import vector
from live.stage import CANARY, eventually

DONE = "Fixed, and the check passes."
TOKENS = math.ceil(len(DEFAULT_TEXT.encode()) / 4)  # public ones
BROKEN_OFF = "did not give a usable answer"


def having(feature: str):
    return pytest.mark.parametrize("client", [c for c in SDKS if feature in c.features], ids=str)


@pytest.fixture
def visit(house, tries, request, client):
    """The client's visit; says which feature the test is of by the test's own name."""
    skip_without(client)
    feature = request.node.originalname.removeprefix("test_").replace("_", " ")
    tries(client, feature)
    return house.visit(client)


@having("list")
def test_list(house, visit):
    models = visit.result_of("list")["models"]
    assert house.slug("chat") in models
    assert house.slug("retired") not in models


@having("chat")
def test_chat(house, visit):
    result = visit.result_of("chat")
    assert result["text"] == DEFAULT_TEXT
    assert result.get("tokens", TOKENS) == TOKENS
    assert house.ended(visit, "chat") == ["done"]


@having("stream")
def test_stream(house, visit):
    result = visit.result_of("stream")
    assert result["text"] == DEFAULT_TEXT
    assert result["pieces"] > 1
    assert result.get("tokens", TOKENS) == TOKENS
    assert house.ended(visit, "stream") == ["done"]


@having("tools")
def test_tools(house, visit):
    check_task(house, visit, "tools")


@having("tools streamed")
def test_tools_streamed(house, visit):
    check_task(house, visit, "tools streamed")


def check_task(house, visit, feature):
    result = visit.result_of(feature)
    assert result["called"] == ["read_file", "write_file", "run_command"]
    assert (result["file"], result["text"]) == (FIXED, DONE)
    assert house.ended(visit, feature) == ["done"] * 4


@having("structured")
def test_structured(visit):
    result = visit.result_of("structured")
    value = result["value"] if "value" in result else json.loads(result["json"])
    assert value == CITY


@having("reasoning")
def test_reasoning(visit):
    result = visit.result_of("reasoning")
    assert (result["text"], result["reasoning"]) == (DEFAULT_TEXT, REASONING_TEXT)


@having("embeddings")
def test_embeddings(house, visit):
    result = visit.result_of("embeddings")
    assert result["vectors"] == [vector("one"), vector("two")]
    assert house.ended(visit, "embeddings") == ["done"]


@having("wrong key")
def test_wrong_key(house, visit):
    check_error(visit, "wrong key", status=401, words="No valid key")
    assert house.ended(visit, "wrong key") == []


@having("retired")
def test_retired(house, visit):
    check_error(visit, "retired", status=404, words="The trial of")
    assert house.ended(visit, "retired") == []


@having("broken off")
def test_broken_off(house, visit):
    result = check_error(visit, "broken off", status=None, words=BROKEN_OFF)
    assert DEFAULT_TEXT.startswith(result["text"])
    assert result["text"]
    assert house.ended(visit, "broken off") == ["failed"]


def check_error(visit, feature, *, status, words):
    result = visit.result_of(feature)
    assert words in result["message"]
    assert CANARY not in result["message"]
    assert result.get("status") in (status, None)
    return result


@having("cancel")
def test_cancel(house, visit):
    result = visit.result_of("cancel")
    assert DEFAULT_TEXT.startswith(result["text"].strip())
    assert house.ended(visit, "cancel") == ["cancelled"]
    eventually(lambda: not house.unfinished("cancel"))


@having("generation")
def test_generation(house, visit):
    result = visit.result_of("generation")
    assert result["told"] == result["id"]
    assert result["model"] == house.slug("generation")


@pytest.mark.parametrize("client", SDKS, ids=str)
def test_nothing_of_the_upstream_is_said(house, client):
    skip_without(client)
    assert CANARY.lower() not in house.visit(client).said.lower()
