"""Chat completions: what clients send is checked, what engines send is read leniently."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.chat import engine
from darkhorse.wire.chat.request import parse
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
FIELDS = ["messages", "model", "stream", "n", "max_tokens", "stop", "tools", "seed", "temperature"]


def body(**fields):
    whole = {"model": "m", "messages": [{"role": "user", "content": "hi"}]} | fields
    return json.dumps(whole).encode()


def test_the_conversation_passes_untouched():
    raw = b'[ {"role":"user", "content":"h\\u00e9", "cache_control":{"type":"x"}} ]'
    request = parse(b'{"model":"m","messages":' + raw + b',"unknown":[1,{"a":2}]}')
    sent = engine.render(
        EngineRequest(messages=request.messages, stream=True, max_tokens=7), "real-name"
    )
    assert raw in sent
    assert b"unknown" not in sent
    assert json.loads(sent)["model"] == "real-name"


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_text_sizes_are_utf8_lengths(texts):
    messages = [{"role": "user", "content": text} for text in texts]
    data = json.dumps({"model": "m", "messages": messages}).encode()
    assert parse(data).text_bytes == tuple(len(text.encode()) for text in texts)


def test_parts_tool_calls_and_tools_are_measured():
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "abcd"}, {"type": "image_url"}]},
        {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "content": "é"},
    ]
    request = parse(body(messages=messages, tools=[{"a": 1}]))
    assert request.text_bytes == (4, 3, 2, len('{"a": 1}'))
    assert request.media == {"image_url"}


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_fields_are_a_request_or_a_clear_refusal(fields):
    try:
        assert parse(json.dumps(fields).encode()).messages
    except InvalidRequest as e:
        assert e.message.endswith(".")  # noqa: PT017 (either outcome is right)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_clear_refusal(data):
    with pytest.raises(InvalidRequest):
        parse(data)


@given(JSON)
def test_any_event_is_a_chunk_or_a_fault(value):
    for parser in (engine.parse_event, engine.parse_whole):
        try:
            parser(json.dumps(value).encode())
        except UpstreamFault as e:
            assert e.kind in ("garbage", "error_event")  # noqa: PT017


@pytest.mark.parametrize(
    ("native", "ours"),
    [
        ("stop", "stop"),
        ("eos", "stop"),
        ("MAX_TOKENS", "length"),
        ("tool_use", "tool_calls"),
        ("network_error", "error"),
        ("sensitive", "content_filter"),
    ],
)
def test_a_finish_is_told_in_our_words(native, ours):
    chunk = engine.parse_event(json.dumps({"choices": [{"finish_reason": native}]}).encode())
    assert (chunk.finish, chunk.native_finish) == (ours, native)


OVERFLOWS = [
    (
        '{"error":{"code":400,"message":"request (9001 tokens) exceeds the available context size '
        '(8192 tokens), try increasing it","type":"exceed_context_size_error"}}'
    ),
    '{"error":{"message":"This model\'s maximum context length is 4096 tokens.","code":400}}',
    '{"error":{"message":"…","code":"context_length_exceeded"}}',
    '{"object":"error","message":"The input is too long for this model"}',
]


@pytest.mark.parametrize("body", OVERFLOWS)
@pytest.mark.parametrize("status", [400, 413, 422])
def test_an_engine_that_overflows_is_understood(status, body):
    assert engine.refusal(status, body.encode()).kind == "context"
    assert engine.refusal(500, body.encode()).kind == "status"


@pytest.mark.parametrize("body", OVERFLOWS[:3])
def test_an_overflow_told_in_a_stream_is_understood(body):
    with pytest.raises(UpstreamFault) as caught:
        engine.parse_event(body.encode())
    assert caught.value.kind == "context"


def test_other_refusals_are_not_overflows():
    body = b'{"error":{"message":"temperature is out of range"}}'
    assert engine.refusal(400, body).kind == "status"


@pytest.mark.parametrize("usage", [{"prompt_tokens": -1}, {"prompt_tokens": "x"}, [], 5, {"a": {}}])
def test_odd_usage_spoils_no_answer(usage):
    event = {"choices": [{"delta": {"content": "a"}}], "usage": usage}
    assert engine.parse_event(json.dumps(event).encode()).text == "a"


def test_only_choice_zero_is_read():
    choices = [{"index": 1, "delta": {"content": "b"}}, {"index": 0, "delta": {"content": "a"}}]
    assert engine.parse_event(msgspec.json.encode({"choices": choices})).text == "a"
