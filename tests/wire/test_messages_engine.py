"""Engines that speak Messages: what they are sent, and what they send, read leniently."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.errors import DarkhorseError, InvalidRequest, RateLimited, Unavailable
from darkhorse.wire.dialects import CLIENTS, ENGINES
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest
from wire.dialect_kit import JSON, mutated

ENGINE = ENGINES["messages"]
CLIENT = CLIENTS["messages"]


def asked(messages, limit=None, **parameters):
    raw = {name: msgspec.Raw(json.dumps(value).encode()) for name, value in parameters.items()}
    request = EngineRequest(
        messages=msgspec.Raw(json.dumps(messages).encode()),
        stream=True,
        max_tokens=limit,
        parameters=raw,
    )
    return json.loads(ENGINE.render(request, "engine-9", extra={"speed": "fast"}))


HI = [{"role": "user", "content": "hi"}]


def test_nothing_goes_out_that_the_api_does_not_know():
    words = {"temperature": 1.5, "seed": 1, "min_p": 0.1, "frequency_penalty": 1.0}
    found = asked(HI, **words, response_format={"type": "json_object"}, stop="x")
    assert found == {
        "model": "engine-9",
        "max_tokens": 32_000,
        "stream": True,
        "messages": HI,
        "temperature": 1.0,
        "stop_sequences": ["x"],
        "speed": "fast",
    }


def test_instructions_stand_in_front():
    system = {"role": "system", "content": "a"}
    later = {"role": "developer", "content": [{"type": "text", "text": "b"}]}
    assert asked([system, *HI])["system"] == "a"
    found = asked([system, *HI, later])
    assert [block["text"] for block in found["system"]] == ["a", "b"]
    assert found["messages"] == HI


def test_results_of_one_turn_stand_together_under_ids_it_takes():
    calls = [{"id": f"functions.f:{n}", "function": {"name": "f"}} for n in range(2)]
    results = [{"role": "tool", "tool_call_id": c["id"], "content": "r"} for c in calls]
    found = asked([*HI, {"role": "assistant", "tool_calls": calls}, *results, *HI])["messages"]
    assert [each["role"] for each in found] == ["user", "assistant", "user", "user"]
    assert [block["id"] for block in found[1]["content"]] == ["functions_f_0", "functions_f_1"]
    assert [block["tool_use_id"] for block in found[2]["content"]] == [
        "functions_f_0",
        "functions_f_1",
    ]


@pytest.mark.parametrize(
    ("reasoning", "limit", "expected"),
    [
        ({"effort": "high"}, 10_000, {"type": "enabled", "budget_tokens": 8000}),
        ({"enabled": True}, 10_000, {"type": "enabled", "budget_tokens": 5000}),
        ({"effort": "minimal"}, 4000, {"type": "enabled", "budget_tokens": 1024}),
        ({"max_tokens": 9000}, 5000, {"type": "enabled", "budget_tokens": 4999}),
        ({"effort": "none"}, 5000, {"type": "disabled"}),
        ({"enabled": False}, 5000, {"type": "disabled"}),
    ],
)
def test_an_effort_is_a_share_of_the_limit(reasoning, limit, expected):
    assert asked(HI, limit, reasoning=reasoning)["thinking"] == expected


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "input_audio", "input_audio": {"data": "x", "format": "wav"}}],
        [{"type": "video_url", "video_url": {"url": "https://example.org/v"}}],
    ],
)
def test_what_cannot_be_said_is_the_requests_fault(content):
    with pytest.raises(UpstreamFault) as caught:
        asked([{"role": "user", "content": content}])
    assert (caught.value.kind, caught.value.status) == ("status", 400)


STREAM = [
    {
        "type": "message_start",
        "message": {
            "id": "msg_1",
            "model": "engine-9",
            "usage": {"input_tokens": 5, "cache_read_input_tokens": 2},
        },
    },
    {"type": "ping"},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "a"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "b"}},
    {"type": "content_block_stop", "index": 0},
    {
        "type": "content_block_start",
        "index": 1,
        "content_block": {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"x": 1}},
    },
    {"type": "a new kind of event"},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use"},
        "usage": {"output_tokens": 3, "output_tokens_details": {"thinking_tokens": 1}},
    },
    {"type": "message_stop"},
]


def read(events, reader=None):
    reader = reader or ENGINE.reader()
    found = [reader.event(json.dumps(each).encode()) for each in events]
    return reader, [chunk for chunk in found if chunk]


def test_a_stream_of_anthropics_shape_is_read():
    reader, chunks = read(STREAM)
    assert reader.done
    assert "".join(chunk.text for chunk in chunks) == "ab"
    assert [(t.name, t.arguments) for c in chunks for t in c.tools] == [("f", '{"x": 1}')]
    last = chunks[-1]
    assert (last.finish, last.native_finish) == ("tool_calls", "tool_use")
    assert last.usage
    assert (last.usage.prompt, last.usage.cached) == (7, 2)
    assert (last.usage.completion, last.usage.reasoning) == (3, 1)
    assert (chunks[0].upstream_id, chunks[0].upstream_model) == ("msg_1", "engine-9")


@pytest.mark.parametrize("kind", ["server_tool_use", "mcp_tool_use", "a_new_kind"])
def test_arguments_of_tools_that_run_over_there_are_no_calls(kind):
    """The same delta tells the arguments of a call that is ours."""
    piece = {"type": "input_json_delta", "partial_json": '{"q":1}'}
    block = {"type": kind, "id": "srvtoolu_1", "name": "web_search", "input": {}}
    events = [
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": piece},
        {"type": "content_block_start", "index": 1, "content_block": block | {"type": "tool_use"}},
        {"type": "content_block_delta", "index": 1, "delta": piece},
        {"type": "content_block_delta", "index": 2, "delta": piece},
    ]
    _, chunks = read(events)
    found = [(tool.index, tool.name, tool.arguments) for chunk in chunks for tool in chunk.tools]
    assert found == [(1, "web_search", ""), (1, "", '{"q":1}')]


def test_a_stream_without_a_stop_reason_was_cut():
    reader, _ = read(STREAM[:4])
    with pytest.raises(UpstreamFault) as caught:
        reader.close()
    assert caught.value.kind == "cut"


@pytest.mark.parametrize(
    ("kind", "status"),
    [("overloaded_error", 529), ("rate_limit_error", 429), ("invalid_request_error", 400)],
)
def test_an_errors_type_stands_for_its_status(kind, status):
    error = {"type": "error", "error": {"type": kind, "message": "m"}}
    for act in (lambda: read([error]), lambda: ENGINE.whole(json.dumps(error).encode())):
        with pytest.raises(UpstreamFault) as caught:
            act()
        assert (caught.value.kind, caught.value.status) == ("error_event", status)


def test_a_prompt_that_is_too_long_is_known_by_its_words():
    said = {"type": "invalid_request_error", "message": "prompt is too long: 9 tokens > 8 maximum"}
    with pytest.raises(UpstreamFault) as caught:
        read([{"type": "error", "error": said}])
    assert caught.value.kind == "context"


WHOLE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "engine-9",
    "content": [
        {"type": "thinking", "thinking": "h", "signature": "s"},
        {"type": "text", "text": "t", "citations": [{"type": "page_location"}]},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}},
    ],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 1, "output_tokens": 2},
}


@given(st.binary(max_size=200) | JSON.map(lambda v: json.dumps(v).encode()) | mutated(WHOLE))
def test_any_whole_answer_is_a_chunk_or_a_fault(data):
    try:
        assert ENGINE.whole(data).finish
    except UpstreamFault as e:
        assert e.kind in ("garbage", "error_event", "context")  # noqa: PT017


@given(st.data())
def test_any_event_is_a_chunk_or_a_fault(data):
    reader = ENGINE.reader()
    for event in STREAM:
        try:
            reader.event(data.draw(st.binary(max_size=50) | mutated(event)))
        except UpstreamFault as e:
            assert e.kind in ("garbage", "error_event", "context")  # noqa: PT017


ASKED = {
    "messages": [
        {"role": "system", "content": "s"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "t"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
                {"type": "file", "file": {"filename": "n", "file_data": "data:text/x;base64,AA"}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "i", "function": {"name": "f", "arguments": "[1"}}],
        },
        {"role": "tool", "tool_call_id": "i", "content": "r"},
    ],
    "parameters": {
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "response_format": {"type": "json_schema", "json_schema": {"schema": {}}},
        "reasoning": {"effort": "low"},
        "stop": ["x"],
        "temperature": 1,
    },
}


@given(mutated(ASKED))
def test_any_request_is_a_body_or_a_fault(data):
    given = json.loads(data)
    parameters = given.get("parameters")
    if not isinstance(parameters, dict):
        return
    try:
        found = asked(given.get("messages"), **parameters)
    except UpstreamFault as e:
        assert e.status == 400  # noqa: PT017
    else:
        assert found["model"] == "engine-9"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (InvalidRequest("x"), "invalid_request_error"),
        (RateLimited(), "rate_limit_error"),
        (Unavailable(), "overloaded_error"),
        (DarkhorseError(), "api_error"),
    ],
)
def test_an_error_in_anthropics_words(error, kind):
    found = json.loads(CLIENT.error(error, "req-1"))
    assert found == {
        "type": "error",
        "error": {"type": kind, "message": error.message, "error_type": error.error_type},
        "request_id": "req-1",
    }
