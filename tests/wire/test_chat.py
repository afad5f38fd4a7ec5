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
from darkhorse.wire.refusals import refusal
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


TOOL = {"type": "function", "function": {"name": "f"}}
PICTURE = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}


def test_parts_tool_calls_and_tools_are_measured():
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "abcd"}, PICTURE]},
        {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "content": "é"},
    ]
    request = parse(body(messages=messages, tools=[TOOL]))
    assert request.text_bytes == (4, 3, 2, len(json.dumps(TOOL)))
    assert [(part.kind, part.place) for part in request.media] == [
        ("image", "messages[0].content[1]")
    ]


def test_a_number_that_nobody_can_read_is_found_inside_a_part():
    url = {"url": "https://example.org/a.png", "detail": "@"}
    message = {"role": "user", "content": [{"type": "image_url", "image_url": url}]}
    with pytest.raises(InvalidRequest, match=r"out of range.*\$\.messages\[0\]"):
        parse(body(messages=[message]).replace(b'"@"', b"1e999"))


def test_tools_of_a_routers_own_servers_do_not_go_on():
    request = parse(body(tools=[TOOL, {"type": "openrouter:web_search"}]))
    assert msgspec.json.decode(request.parameters["tools"]) == [TOOL]
    assert "tools" not in parse(body(tools=[{"type": "openrouter:web_search"}])).parameters


@pytest.mark.parametrize(
    "tools", [[1], [{}], [{"type": "function"}], [{"type": "function", "function": {"name": ""}}]]
)
def test_a_function_without_a_name_is_refused_with_its_place(tools):
    with pytest.raises(InvalidRequest, match=r"tools\[0\]"):
        parse(body(tools=tools))


@pytest.mark.parametrize(
    ("said", "goes_on", "shown"),
    [
        ({}, None, True),
        ({"reasoning": {}}, None, True),
        ({"reasoning": {"effort": "low"}}, {"effort": "low"}, True),
        ({"reasoning_effort": "low"}, {"effort": "low"}, True),
        ({"reasoning_effort": "low", "reasoning": {"effort": "low"}}, {"effort": "low"}, True),
        ({"reasoning": {"max_tokens": 9, "exclude": True}}, {"max_tokens": 9}, False),
        ({"reasoning": {"enabled": False}}, {"enabled": False}, True),
        ({"include_reasoning": True}, {"enabled": True}, True),
        ({"include_reasoning": False}, None, False),
    ],
)
def test_reasoning_is_one_object_however_it_is_said(said, goes_on, shown):
    request = parse(body(**said))
    sent = request.parameters.get("reasoning")
    assert (sent and msgspec.json.decode(sent), request.shows_reasoning) == (goes_on, shown)


@pytest.mark.parametrize(
    "said",
    [
        {"reasoning": {"effort": "huge"}},
        {"reasoning_effort": "low", "reasoning": {"effort": "high"}},
        {"reasoning": {"max_tokens": -1}},
        {"reasoning": []},
        {"response_format": "json"},
        {"response_format": {"type": 1}},
        {"models": "a"},
        {"provider": {"order": "a"}},
        {"provider": {"data_collection": "maybe"}},
        {"provider": {"max_price": {"prompt": "dear"}}},
        {"provider": {"max_price": {"prompt": "nan"}}},
    ],
)
def test_what_contradicts_itself_or_is_no_such_word_is_refused(said):
    with pytest.raises(InvalidRequest):
        parse(body(**said))


def test_a_plain_text_format_asks_for_nothing():
    assert "response_format" not in parse(body(response_format={"type": "text"})).parameters
    asked = parse(body(response_format={"type": "json_object"}))
    assert "response_format" in asked.parameters


def test_models_are_tried_in_order_and_each_once():
    request = parse(body(model="a", models=["b", "a", "c", "b"]))
    assert (request.model, request.models) == ("a", ("b", "c"))
    request = parse(b'{"messages":[{"role":"user"}],"models":["b","c"]}')
    assert (request.model, request.models) == ("b", ("c",))


def test_a_conversation_has_a_name_from_its_session_or_its_cache():
    assert parse(body(session_id="s", prompt_cache_key="p")).session == "s"
    assert parse(body(prompt_cache_key="p" * 300)).session == "p" * 256


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
    assert refusal(status, body.encode()).kind == "context"
    assert refusal(500, body.encode()).kind == "status"


@pytest.mark.parametrize("body", OVERFLOWS[:3])
def test_an_overflow_told_in_a_stream_is_understood(body):
    with pytest.raises(UpstreamFault) as caught:
        engine.parse_event(body.encode())
    assert caught.value.kind == "context"


def test_other_refusals_are_not_overflows():
    body = b'{"error":{"message":"temperature is out of range"}}'
    assert refusal(400, body).kind == "status"


@pytest.mark.parametrize("usage", [{"prompt_tokens": -1}, {"prompt_tokens": "x"}, [], 5, {"a": {}}])
def test_odd_usage_spoils_no_answer(usage):
    event = {"choices": [{"delta": {"content": "a"}}], "usage": usage}
    assert engine.parse_event(json.dumps(event).encode()).text == "a"


def test_only_choice_zero_is_read():
    choices = [{"index": 1, "delta": {"content": "b"}}, {"index": 0, "delta": {"content": "a"}}]
    assert engine.parse_event(msgspec.json.encode({"choices": choices})).text == "a"
