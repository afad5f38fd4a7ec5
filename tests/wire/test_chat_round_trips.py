"""Chat completions: what our clients' side writes, our engines' side reads, and the other way."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.wire.dialects import CLIENTS, ENGINES
from darkhorse.wire.request import EngineRequest
from wire.round_trip_kit import answers, essence, read_events, streamed, whole

CLIENT, ENGINE = CLIENTS["chat"], ENGINES["chat"]
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.floats(0, 2),
        "top_k": st.integers(0, 100),
        "seed": st.integers(-(2**53), 2**53),
        "stop": st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=4),
        "parallel_tool_calls": st.booleans(),
        "tool_choice": st.sampled_from(["auto", "none", "required"]),
        "response_format": st.just({"type": "json_object"}),
        "reasoning": st.just({"effort": "low"}),
    },
)


@given(answers(), st.lists(st.integers(0, 10**6), max_size=8), st.integers(1, 4))
def test_a_streamed_answer_is_read_as_it_was_written(chunks, cuts, batch):
    data = streamed(CLIENT, "chat", chunks, batch)
    assert essence(read_events(ENGINE, data, cuts)) == essence(chunks)


@given(answers())
def test_a_whole_answer_is_read_as_it_was_written(chunks):
    assert essence([ENGINE.whole(whole(CLIENT, "chat", chunks))]) == essence(chunks)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), min_size=1, max_size=4),
    PARAMETERS,
    st.booleans(),
    st.none() | st.integers(1, 10**6),
)
def test_a_request_is_read_as_it_was_written(texts, parameters, stream, max_tokens):
    messages = msgspec.Raw(
        json.dumps([{"role": "user", "content": text} for text in texts]).encode()
    )
    raw = {name: msgspec.Raw(json.dumps(value).encode()) for name, value in parameters.items()}
    sent = EngineRequest(messages=messages, stream=stream, max_tokens=max_tokens, parameters=raw)
    read = CLIENT.parse(ENGINE.render(sent, "x/y"))
    assert (read.model, read.stream, read.max_tokens) == ("x/y", stream, max_tokens)
    assert msgspec.json.decode(read.messages) == msgspec.json.decode(messages)
    found = {name: msgspec.json.decode(value) for name, value in read.parameters.items()}
    assert found == parameters
