"""Words that every dialect has, or has under a name of its own, mean the same in each."""

import json

import pytest

from darkhorse.wire.dialects import CLIENTS

BODIES = {
    "chat": {"messages": [{"role": "user", "content": "hi"}], "user": "ann"},
    "completions": {"prompt": "hi", "user": "ann"},
    "embeddings": {"input": "hi", "user": "ann"},
    "messages": {
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 9,
        "metadata": {"user_id": "ann"},
    },
    "responses": {"input": "hi", "user": "ann"},
}


def parse(dialect, **fields):
    return CLIENTS[dialect].parse(json.dumps({"model": "m", **BODIES[dialect], **fields}).encode())


@pytest.mark.parametrize("dialect", BODIES)
def test_for_whom_it_is(dialect):
    assert set(BODIES) == set(CLIENTS)
    assert parse(dialect).user == "ann"


@pytest.mark.parametrize("dialect", BODIES)
def test_who_else_may_answer_and_how(dialect):
    found = parse(dialect, models=["m", "n"], provider={"zdr": True})
    assert (found.model, found.models) == ("m", ("n",))
    assert found.provider.denies_logging


@pytest.mark.parametrize("dialect", [name for name in BODIES if name != "embeddings"])
def test_which_conversation_it_is(dialect):
    assert parse(dialect, session_id="talk").session == "talk"
    assert parse(dialect, stream=True).stream
    assert not parse(dialect, stream=False).stream
