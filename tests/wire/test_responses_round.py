"""Responses, both ends of a request: what an engine is sent reads as what was asked.

It holds for what both can say: a conversation as chat completions have it is written in items for
an engine, read as a client's, and is the same.
"""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from darkhorse.wire.conversation import decode_messages
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest
from darkhorse.wire.responses import engine
from darkhorse.wire.responses.request import parse

TEXT = st.text(max_size=20)
NAME = st.text("abcdefgh_", min_size=1, max_size=8)
IMAGE = "data:image/png;base64,iVBORw0KGgo="
CALLS = st.lists(
    st.builds(
        lambda name, text, id_: {
            "id": id_,
            "type": "function",
            "function": {"name": name, "arguments": text},
        },
        NAME,
        TEXT,
        NAME,
    ),
    min_size=1,
    max_size=3,
)
PARTS = st.lists(
    TEXT.map(lambda text: {"type": "text", "text": text})
    | st.just({"type": "image_url", "image_url": {"url": IMAGE, "detail": "high"}})
    | st.just({"type": "file", "file": {"file_data": "https://example.org/a", "filename": "a"}}),
    min_size=1,
    max_size=3,
)


def _assistant(content, reasoning, calls):
    message = {"role": "assistant"}
    if content is not None or not calls:
        message["content"] = content or ""
    if reasoning:
        message["reasoning"] = reasoning
    return message | ({"tool_calls": calls} if calls else {})


ASSISTANT = st.builds(_assistant, st.none() | TEXT, TEXT, st.just([]) | CALLS)
OTHERS = st.builds(
    lambda role, content: {"role": role, "content": content},
    st.sampled_from(["user", "system", "developer"]),
    TEXT | PARTS,
) | st.builds(
    lambda content, id_: {"role": "tool", "content": content, "tool_call_id": id_}, TEXT, NAME
)
TALK = st.lists(st.tuples(OTHERS, st.none() | ASSISTANT), min_size=1, max_size=4).map(
    lambda pairs: [message for pair in pairs for message in pair if message]
)


def _functions(names):
    parameters = {"type": "object", "properties": {}}
    return [
        {"type": "function", "function": {"name": name, "parameters": parameters, "strict": False}}
        for name in names
    ]


SCHEMA = {"name": "n", "schema": {"type": "object"}, "strict": True}
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.floats(0, 2),
        "top_p": st.floats(0, 1),
        "seed": st.integers(0, 2**31),
        "stop": st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4),
        "tools": st.lists(NAME, min_size=1, max_size=3).map(_functions),
        "response_format": st.just({"type": "json_object"})
        | st.just({"type": "json_schema", "json_schema": SCHEMA}),
        "reasoning": st.fixed_dictionaries({"effort": st.sampled_from(["low", "high"])}),
    },
)


@given(TALK, SETTINGS, st.none() | st.integers(1, 10_000), st.booleans())
def test_what_an_engine_is_asked_reads_as_what_was_asked(talk, settings, limit, stream):
    if "tools" in settings:
        named = settings["tools"][0]["function"]["name"]
        settings["tool_choice"] = {"type": "function", "function": {"name": named}}
    asked = EngineRequest(
        messages=Raw(msgspec.json.encode(talk)),
        stream=stream,
        max_tokens=limit,
        parameters={name: Raw(msgspec.json.encode(value)) for name, value in settings.items()},
    )
    found = parse(engine.render(asked, "real-name"))
    assert decode_messages(found.messages) == decode_messages(asked.messages)
    read = {name: msgspec.json.decode(value) for name, value in found.parameters.items()}
    assert read == settings
    assert (found.model, found.max_tokens, found.stream) == ("real-name", limit, stream)


def test_an_engine_is_told_what_other_dialects_call_otherwise():
    details = [{"type": "reasoning.text", "text": "hm"}]
    talk = [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "refusal": "no", "reasoning_details": details},
        {"role": "assistant", "content": "a", "reasoning_content": "so"},
    ]
    asked = EngineRequest(
        messages=Raw(msgspec.json.encode(talk)),
        stream=False,
        max_tokens=None,
        parameters={"reasoning_effort": Raw(b'"low"')},
    )
    sent = json.loads(engine.render(asked, "m", extra={"store": True}))
    assert sent["reasoning"] == {"summary": "auto", "effort": "low"}
    thoughts = [item["content"] for item in sent["input"] if item["type"] == "reasoning"]
    assert thoughts == [[{"type": "reasoning_text", "text": text}] for text in ("hm", "so")]
    assert sent["input"][2]["content"] == [{"type": "refusal", "refusal": "no"}]
    assert sent["store"] is True


@pytest.mark.parametrize(
    ("messages", "parameters"),
    [
        (b'[{"role":"user","content":"a","name":1e999}]', {}),
        (b'[{"role":"user","content":"a","tool_call_id":3}]', {}),
        (b"[]", {"tools": b'[{"type":"function","function":{"name":"f","parameters":"x"}}]'}),
        (b"[]", {"tool_choice": b'{"zz":1e999}'}),
        (b"[]", {"response_format": b'{"zz":1e999}'}),
        (b"[]", {"reasoning": b"3"}),
    ],
)
def test_what_cannot_be_said_is_the_requests_fault(messages, parameters):
    asked = EngineRequest(
        messages=Raw(messages),
        stream=True,
        max_tokens=None,
        parameters={name: Raw(value) for name, value in parameters.items()},
    )
    with pytest.raises(UpstreamFault) as caught:
        engine.render(asked, "m")
    assert (caught.value.kind, caught.value.status) == ("status", 400)
