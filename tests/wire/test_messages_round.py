"""Messages there and back: what we ask an engine we can read, what we answer an engine's reader."""

import json
import re

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.cloak.mint import mint
from darkhorse.wire.chunks import ToolDelta, Usage
from darkhorse.wire.conversation import (
    FunctionCall,
    Message,
    ToolCall,
    decode_messages,
    encode_messages,
)
from darkhorse.wire.dialects import CLIENTS, ENGINES
from darkhorse.wire.request import EngineRequest
from wire.dialect_kit import IDS, OBJECTS, SOME, TEXT, mixed_answers
from wire.round_trip_kit import essence, new_answer, read_events, streamed, whole

CLIENT, ENGINE = CLIENTS["messages"], ENGINES["messages"]
PNG = "data:image/png;base64,iVBORw0KGgo="
PDF = "data:application/pdf;base64,JVBERi0xLjQK"
FILES = st.builds(lambda name: {"type": "file", "file": {"filename": name, "file_data": PDF}}, SOME)
IMAGES = st.sampled_from([PNG, "https://example.org/a.png"]).map(
    lambda url: {"type": "image_url", "image_url": {"url": url}}
)
TEXTS = SOME.map(lambda text: {"type": "text", "text": text})
PARTS = st.lists(TEXTS | IMAGES | FILES, min_size=1, max_size=3)
CALLS = st.builds(
    lambda given, **said: ToolCall(
        said["id"], "function", FunctionCall(said["name"], json.dumps(given))
    ),
    OBJECTS,
    id=IDS,
    name=SOME,
)
SYSTEMS = st.builds(
    Message, role=st.just("system"), content=SOME | st.lists(TEXTS, min_size=1, max_size=3)
)
USERS = st.builds(Message, role=st.just("user"), content=TEXT | PARTS).map(lambda user: [user])


@st.composite
def turns(draw):
    """An assistant's turn, and what its tools gave back."""
    calls = draw(st.none() | st.lists(CALLS, min_size=1, max_size=2))
    said = Message(
        role="assistant",
        content=draw(st.none() | SOME) if calls else draw(SOME),
        reasoning=draw(st.none() | SOME),
        tool_calls=calls,
    )
    results = [
        Message(role="tool", tool_call_id=call.id, content=draw(TEXT | PARTS))
        for call in calls or ()
    ]
    return [said, *results]


CONVERSATIONS = st.tuples(
    st.lists(SYSTEMS, max_size=1), st.lists(USERS | turns(), min_size=1, max_size=5)
).map(lambda pair: [*pair[0], *(message for turn in pair[1] for message in turn)])


def function(name, description, schema, strict):
    told = {"name": name, "description": description, "parameters": schema, "strict": strict}
    return {"type": "function", "function": {k: v for k, v in told.items() if v is not None}}


@st.composite
def parameters(draw):
    share = st.floats(0, 1)
    given = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "temperature": share,
                "top_p": share,
                "top_k": st.integers(0, 99),
                "stop": st.lists(SOME, min_size=1, max_size=5),
                "reasoning": st.builds(dict, max_tokens=st.integers(1, 1000))
                | st.just({"enabled": False}),
                "response_format": OBJECTS.map(
                    lambda schema: {
                        "type": "json_schema",
                        "json_schema": {"name": "answer", "strict": True, "schema": schema},
                    }
                ),
            },
        )
    )
    schemas = OBJECTS.map(lambda inner: {"type": "object", "properties": inner})
    makers = st.builds(function, SOME, st.none() | SOME, schemas, st.sampled_from([None, True]))
    if tools := draw(st.lists(makers, max_size=2)):
        given["tools"] = tools
        named = {"type": "function", "function": {"name": tools[0]["function"]["name"]}}
        choice = draw(st.sampled_from([None, "auto", "none", "required", named]))
        if choice:
            given["tool_choice"] = choice
        if choice not in (None, "none") and draw(st.booleans()):
            given["parallel_tool_calls"] = False
    return given


def raw(parameters):
    return {name: msgspec.Raw(json.dumps(value).encode()) for name, value in parameters.items()}


@given(CONVERSATIONS, parameters(), st.integers(2000, 10**6), st.booleans())
def test_what_an_engine_is_asked_reads_as_what_was_meant(messages, given, limit, stream):
    asked = EngineRequest(
        messages=encode_messages(messages),
        stream=stream,
        max_tokens=limit,
        parameters=raw(given),
    )
    read = CLIENT.parse(ENGINE.render(asked, "engine-9"))
    assert decode_messages(read.messages) == messages
    found = {name: json.loads(bytes(value)) for name, value in read.parameters.items()}
    assert found == given
    assert (read.model, read.stream, read.max_tokens) == ("engine-9", stream, limit)
    assert read.message_count == len(messages)
    kinds = re.findall(r'"type":"(image_url|file)"', bytes(asked.messages).decode())
    assert [part.type for part in read.media] == kinds


def check_order(data):
    """One message, in which one block is open at a time."""
    lines = data.decode().split("\n\n")[:-1]
    events = [json.loads(each.partition("\ndata: ")[2]) for each in lines]
    assert events[0] == {"type": "ping"}
    assert [each.partition("\n")[0] for each in lines] == [
        f"event: {each['type']}" for each in events
    ]
    events = [each for each in events if each["type"] != "ping"]
    assert [each["type"] for each in (events[0], *events[-2:])] == [
        "message_start",
        "message_delta",
        "message_stop",
    ]
    at, is_open = -1, False
    for event in events[1:-2]:
        if event["type"] == "content_block_start":
            assert not is_open
            at, is_open = at + 1, True
        assert is_open
        assert event["index"] == at
        is_open = event["type"] != "content_block_stop"
    assert not is_open


def fair(chunks):
    """An object with nothing in it may be written or left out."""
    found = essence(chunks)
    return found | {"calls": [[*call[:2], call[2] or "{}"] for call in found["calls"]]}


@given(mixed_answers(), st.lists(st.integers(0, 10**6), max_size=8), st.integers(1, 4))
def test_a_streamed_answer_is_read_as_it_was_written(chunks, cuts, batch):
    data = streamed(CLIENT, "messages", chunks, batch)
    check_order(data)
    assert fair(read_events(ENGINE, data, cuts)) == fair(chunks)


@given(mixed_answers())
def test_a_whole_answer_is_read_as_it_was_written(chunks):
    assert fair([ENGINE.whole(whole(CLIENT, "messages", chunks))]) == fair(chunks)


def test_a_second_call_begins_as_soon_as_the_first_is_whole():
    answer = new_answer(CLIENT, "messages", stream=True)
    first = answer.chunks([mint(tools=(ToolDelta(0, "call_a", "f", '{"x": 1}'),))])
    second = answer.chunks([mint(tools=(ToolDelta(1, "call_b", "g", '{"y"'),))])
    assert b"call_a" in first
    assert b"call_b" in second
    assert second.index(b"content_block_stop") < second.index(b"call_b")


def test_arguments_that_are_no_object_go_inside_one():
    call = mint(tools=(ToolDelta(0, "call_a", "f", "[1"),))
    last = mint(finish="tool_calls", usage=Usage(1, 1))
    found = json.loads(whole(CLIENT, "messages", [call, last]))
    assert found["content"][0]["input"] == {"arguments": "[1"}


def test_a_name_in_pieces_is_whole_when_its_block_begins():
    pieces = [
        ToolDelta(0, "call_a", "get_"),
        ToolDelta(0, "", "weather"),
        ToolDelta(0, "", "", "{"),
    ]
    more = [ToolDelta(0, "", "", "}"), ToolDelta(1, "call_b", "st"), ToolDelta(1, "", "op")]
    last = mint(finish="tool_calls", usage=Usage(1, 1))
    answer = new_answer(CLIENT, "messages", stream=True)
    sent = [answer.chunks([mint(tools=(piece,))]) for piece in pieces]
    assert b"content_block_start" not in sent[1]
    assert b"get_weather" in sent[2]
    rest = [answer.chunks([mint(tools=(piece,))]) for piece in more]
    data = b"".join([*sent, *rest, answer.chunks([last]), answer.done()])
    calls = essence(read_events(ENGINE, data, []))["calls"]
    assert calls == [["call_a", "get_weather", "{}"], ["call_b", "stop", ""]]
