"""Whatever a client may send, an upstream asks it of its engine or raises an UpstreamFault."""

import asyncio
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from darkhorse.base.errors import InvalidRequest
from darkhorse.base.secret import Secret
from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.quirks import Quirks
from darkhorse.upstream.emulation.by_schema import BySchema
from darkhorse.upstream.fitting import Fitted, rendered
from darkhorse.upstream.http import HttpUpstream
from darkhorse.wire.dialects import CLIENTS
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest
from wire.dialect_kit import JSON, mutated

NOWHERE = "http://127.0.0.1:1/v1"
ENGINES = ("chat", "completions", "responses", "messages")
QUIRKS = (
    Quirks(call_ids="short", reasoning_back="reasoning"),
    Quirks(tools="schema", schemas="gbnf", thinking="open", prefill="continue"),
    Quirks(tools="schema", call_ids="functions", reasoning="template"),
)
SCHEMA = {"type": "object", "properties": {"a": {"enum": [1]}, "b": {"$ref": "#"}}}
FUNCTION = {"name": "f", "description": "d", "parameters": SCHEMA}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
NAMED = {"type": "function", "function": {"name": "f"}}
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
BODIES = {
    "chat": {
        "model": "m",
        "messages": [
            {"role": "system", "content": "s", "name": "n"},
            {"role": "user", "content": [{"type": "text", "text": "t"}, IMAGE]},
            {
                "role": "assistant",
                "content": None,
                "reasoning": "r",
                "reasoning_details": [{"type": "reasoning.text", "text": "r"}],
                "tool_calls": [CALL],
            },
            {"role": "tool", "tool_call_id": "c", "content": "x"},
            {"role": "assistant", "content": "so"},
        ],
        "tools": [{"type": "function", "function": FUNCTION}],
        "tool_choice": NAMED,
        "parallel_tool_calls": True,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "n", "strict": True, "schema": SCHEMA},
        },
        "reasoning": {"effort": "low"},
        "stop": ["x"],
        "temperature": 1,
    },
    "messages": {
        "model": "m",
        "max_tokens": 9,
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "t"}]},
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {"a": 1}}],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "c", "content": []}],
            },
        ],
        "tools": [{"name": "f", "input_schema": SCHEMA}],
        "tool_choice": {"type": "tool", "name": "f"},
        "output_format": {"type": "json_schema", "schema": SCHEMA},
    },
    "responses": {
        "model": "m",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "t"}]},
            {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "r"}]},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "x"},
        ],
        "tools": [{"type": "function", "name": "f", "parameters": SCHEMA}],
        "tool_choice": {"type": "function", "name": "f"},
        "text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}},
        "reasoning": {"effort": "low"},
    },
}


@st.composite
def overfull(draw, value):
    """`value` with one number too large for JSON somewhere inside, in a place of its own."""
    inside = value = copy.deepcopy(value)
    while True:
        deeper = [each for each in _values(inside) if isinstance(each, dict | list) and each]
        if isinstance(inside, dict) and (not deeper or draw(st.booleans())):
            inside["zz"] = float("inf")
            return json.dumps(value).encode()
        inside = draw(st.sampled_from(deeper)) if deeper else value


def _values(inside):
    return list(inside.values()) if isinstance(inside, dict) else list(inside)


def spoiled(value):
    """Numbers that Python writes and JSON does not know are written as JSON can."""
    return (overfull(value) | mutated(value)).map(
        lambda data: data.replace(b"Infinity", b"1e999").replace(b"NaN", b"0")
    )


def ask(request, engine, quirks):
    """The fault that comes of it; the engine is not there, so there is always one."""
    upstream = HttpUpstream(
        url=Secret(NOWHERE),
        model="engine-9",
        key=Secret(""),
        settings=UpstreamSettings(),
        dialect=engine,
        quirks=rendered(quirks),
    )
    whole = BySchema(Fitted(upstream, quirks), quirks)

    async def run():
        async for _ in whole.answer(request):
            pass

    with pytest.raises(UpstreamFault) as caught:
        asyncio.run(run())
    return caught.value


@pytest.mark.parametrize("dialect", BODIES)
def test_a_sound_request_reaches_the_wire(dialect):
    read = CLIENTS[dialect].parse(json.dumps(BODIES[dialect]).encode())
    asked = EngineRequest(
        messages=read.messages, stream=True, max_tokens=9, parameters=read.parameters
    )
    for quirks in QUIRKS:
        assert ask(asked, "responses", quirks).kind == "connect"


@pytest.mark.parametrize("dialect", BODIES)
@given(data=st.data())
def test_any_request_is_asked_or_a_fault(dialect, data):
    try:
        read = CLIENTS[dialect].parse(data.draw(spoiled(BODIES[dialect])))
    except InvalidRequest:
        return
    asked = EngineRequest(
        messages=read.messages, stream=True, max_tokens=9, parameters=read.parameters
    )
    fault = ask(asked, data.draw(st.sampled_from(ENGINES)), data.draw(st.sampled_from(QUIRKS)))
    assert (fault.kind, fault.status) in (("connect", 0), ("status", 400))


PARAMETERS = ("tools", "tool_choice", "response_format", "reasoning", "stop", "temperature")
RAW = JSON.map(lambda value: json.dumps(value).replace("Infinity", "1e999").replace("NaN", "0"))


@given(
    st.dictionaries(st.sampled_from(PARAMETERS), RAW),
    st.sampled_from(ENGINES),
    st.sampled_from(QUIRKS),
)
def test_any_parameters_are_told_or_a_fault(parameters, engine, quirks):
    """Even those that nobody has looked at before."""
    asked = EngineRequest(
        messages=Raw(b'[{"role":"user","content":"hi"}]'),
        stream=True,
        max_tokens=None,
        parameters={name: Raw(value.encode()) for name, value in parameters.items()},
    )
    fault = ask(asked, engine, quirks)
    assert (fault.kind, fault.status) in (("connect", 0), ("status", 400))


READ_BY_ALL = '{"role":"user","content":"a","reasoning":"b","zz":1e999}'
NOT_READ_FOR_CHAT = (
    '{"role":"user","content":"a","name":3}',
    '{"role":"user","content":"a","tool_call_id":1e999}',
)


@pytest.mark.parametrize(
    ("message", "engines"),
    [(READ_BY_ALL, ENGINES), *((each, ENGINES[1:]) for each in NOT_READ_FOR_CHAT)],
)
def test_a_message_that_is_first_looked_into_here(message, engines):
    asked = EngineRequest(messages=Raw(f"[{message}]".encode()), stream=True, max_tokens=None)
    for engine in engines:
        for quirks in QUIRKS:
            fault = ask(asked, engine, quirks)
            assert (fault.kind, fault.status) == ("status", 400)
