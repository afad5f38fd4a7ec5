"""How many pieces one conversation may have, in every dialect: each costs many times its bytes."""

import json

import pytest

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.dialects import CLIENTS

MANY = 20_001
SAID = {"role": "user", "content": "a"}
TEXT = {"type": "text", "text": "a"}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def chat(messages):
    return "chat", {"messages": messages}


def messages(given):
    return "messages", {"messages": given, "max_tokens": 9}


def responses(items):
    return "responses", {"input": items}


def parsed(dialect, fields):
    return CLIENTS[dialect].parse(json.dumps({"model": "m", **fields}).encode())


@pytest.mark.parametrize(
    "given",
    [
        chat([SAID] * MANY),
        chat([{"role": "user", "content": [TEXT] * MANY}]),
        chat([{"role": "user", "content": [TEXT] * 10_000}] * 2),
        chat([SAID, {"role": "assistant", "tool_calls": [CALL] * MANY}]),
        messages([SAID] * MANY),
        messages([{"role": "user", "content": [TEXT] * MANY}]),
        responses([SAID] * MANY),
        responses([{"role": "user", "content": [{"type": "input_text", "text": "a"}] * MANY}]),
        responses([{"type": "reasoning", "summary": [TEXT] * MANY}]),
        responses([{"type": "function_call_output", "call_id": "c", "output": [TEXT] * MANY}]),
    ],
)
def test_more_than_so_many_pieces_are_refused(given):
    with pytest.raises(InvalidRequest, match="20000 are the most"):
        parsed(*given)


@pytest.mark.parametrize("dialect", [chat, messages, responses])
def test_as_many_are_taken(dialect):
    assert parsed(*dialect([SAID] * (MANY - 1))).message_count == MANY - 1
