"""Responses, the answer: what clients are given reads as an engine's, and SDKs accept all of it."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.responses import Response, ResponseStreamEvent
from openrouter import components
from pydantic import TypeAdapter

from darkhorse.base.errors import BadUpstream, RateLimited
from darkhorse.cloak.mint import mint
from darkhorse.wire.chunks import ToolDelta, Usage
from darkhorse.wire.dialect import Head
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.responses import engine
from darkhorse.wire.responses.answer import ResponsesAnswer
from darkhorse.wire.responses.request import parse
from wire.dialect_kit import JSON, mixed_answers, mutated
from wire.round_trip_kit import essence, read_events

PATCH = {"type": "custom", "name": "patch"}
LAST = mint(finish="stop", usage=Usage(3, 5, 1, 250))
OPENAI = TypeAdapter(ResponseStreamEvent)
OPENROUTER = TypeAdapter(components.StreamEvents)


def answer(**fields):
    body = {"model": "m", "input": "hi", "stream": True} | fields
    request = parse(json.dumps(body).encode())
    return ResponsesAnswer(Head(id="gen-1-x", created=7, model="stealth/mule", request=request))


def streamed(rendering, chunks, batch=1):
    batches = [chunks[at : at + batch] for at in range(0, len(chunks), batch)]
    return b"".join([*map(rendering.chunks, batches), rendering.done()])


def events(data):
    """Each event's name beside its data; `[DONE]` is left out."""
    blocks = data.decode().split("\n\n")
    pairs = [block.split("\n", 1) for block in blocks if block.startswith("event: ")]
    found = [(name[7:], json.loads(line[6:])) for name, line in pairs]
    assert all(name == told["type"] for name, told in found)
    return [told for _, told in found]


def names(data):
    return [told["type"].removeprefix("response.") for told in events(data)]


@given(mixed_answers(), st.integers(1, 4), st.lists(st.integers(0, 10**6), max_size=5))
def test_a_stream_reads_as_it_was_meant(chunks, batch, cuts):
    found = read_events(engine.ENGINE, streamed(answer(), chunks, batch), cuts)
    assert essence(found) == essence(chunks)


@given(mixed_answers(), st.sampled_from([None, {"summary": "auto"}]))
def test_a_whole_answer_reads_as_it_was_meant(chunks, reasoning):
    found = engine.parse_whole(answer(reasoning=reasoning).whole(chunks))
    assert essence([found]) == essence(chunks)


@given(mixed_answers())
def test_the_last_event_holds_the_whole_answer(chunks):
    *_, last = events(streamed(answer(), chunks, 2))
    assert last["response"] == json.loads(answer().whole(chunks))


@given(mixed_answers(), st.sampled_from([None, {"effort": "low", "summary": "auto"}]))
def test_sdks_accept_every_event(chunks, reasoning):
    told = events(streamed(answer(tools=[PATCH], reasoning=reasoning), chunks))
    assert [each["sequence_number"] for each in told] == list(range(len(told)))
    for each in told:
        OPENAI.validate_python(each)
        OPENROUTER.validate_python(each)


@given(mixed_answers())
def test_sdks_accept_a_whole_answer(chunks):
    data = json.loads(answer().whole(chunks))
    Response.model_validate(data)
    components.OpenResponsesResult.model_validate(data)


@given(mixed_answers())
def test_the_same_item_has_the_same_place_everywhere(chunks):
    told = events(streamed(answer(), chunks))
    output = told[-1]["response"]["output"]
    ids = [item["id"] for item in output]
    assert len(set(ids)) == len(ids)
    done = [each for each in told if each["type"] == "response.output_item.done"]
    assert {each["output_index"]: each["item"] for each in done} == dict(enumerate(output))
    for each in told:
        if "item_id" in each:
            assert ids[each["output_index"]] == each["item_id"]


def test_a_text_is_told_step_by_step():
    out = answer().chunks([mint(text="a")]) + answer().chunks([])
    assert names(out)[:5] == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
    ]


def test_thoughts_are_shown_as_what_was_asked_for_or_not_at_all():
    chunks = [mint(reasoning="hm"), mint(text="a"), LAST]
    assert "reasoning_text.delta" in names(answer().chunks(chunks))
    summary = answer(reasoning={"summary": "detailed"}).chunks(chunks)
    assert "reasoning_summary_text.delta" in names(summary)
    assert "reasoning_text.delta" not in names(summary)
    assert events(summary)[-1]["response"]["output"][0]["summary"][0]["text"] == "hm"
    hidden = events(answer(reasoning={"exclude": True}).chunks(chunks))[-1]["response"]
    assert [item["type"] for item in hidden["output"]] == ["message"]
    assert hidden["usage"]["output_tokens_details"]["reasoning_tokens"] == 1


def test_a_refusal_is_a_part_beside_the_text():
    chunks = [mint(text="a"), mint(refusal="no"), LAST]
    found = json.loads(answer().whole(chunks))["output"]
    assert [part["type"] for part in found[0]["content"]] == ["output_text", "refusal"]
    read = read_events(engine.ENGINE, answer().chunks(chunks), [100])
    assert "".join(chunk.refusal for chunk in read) == "no"


@pytest.mark.parametrize(
    ("finish", "reason"), [("length", "max_output_tokens"), ("content_filter", "content_filter")]
)
def test_a_cut_answer_is_incomplete(finish, reason):
    chunks = [mint(reasoning="hm"), mint(text="a"), mint(finish=finish, usage=Usage(1, 1))]
    told = events(answer().chunks(chunks))[-1]
    assert told["type"] == "response.incomplete"
    assert told["response"]["incomplete_details"] == {"reason": reason}
    assert [item["status"] for item in told["response"]["output"]] == ["completed", "incomplete"]


def test_a_custom_tools_call_is_its_text():
    deltas = [
        ToolDelta(0, "call_1", "patch"),
        ToolDelta(0, arguments='{"input": "a\\n'),
        ToolDelta(0, arguments='b"}'),
    ]
    chunks = [*(mint(tools=(delta,)) for delta in deltas), LAST]
    told = events(answer(tools=[PATCH]).chunks(chunks))
    item = told[-1]["response"]["output"][0]
    assert (item["type"], item["call_id"], item["name"]) == ("custom_tool_call", "call_1", "patch")
    assert item["input"] == "a\nb"
    done = [each for each in told if each["type"] == "response.custom_tool_call_input.done"]
    assert [each["input"] for each in done] == ["a\nb"]


@pytest.mark.parametrize("arguments", ["", "{", '{"input": 5}', "[]"])
def test_a_custom_tools_call_that_is_no_such_thing_is_left_as_it_came(arguments):
    chunks = [mint(tools=(ToolDelta(0, "call_1", "patch", arguments),)), LAST]
    assert json.loads(answer(tools=[PATCH]).whole(chunks))["output"][0]["input"] == arguments


def test_a_response_says_what_was_asked():
    tool = {"type": "function", "name": "f", "parameters": {"type": "object"}}
    asked = {
        "instructions": "be kind",
        "tools": [tool, {"type": "web_search"}],
        "tool_choice": {"type": "function", "name": "f"},
        "temperature": 0.5,
        "max_output_tokens": 9,
        "metadata": {"a": "b"},
        "store": True,
        "reasoning": {"effort": "low"},
    }
    found = json.loads(answer(**asked).whole([mint(text="a"), LAST]))
    same = ("instructions", "tool_choice", "temperature", "max_output_tokens", "metadata")
    assert {name: found[name] for name in same} == {name: asked[name] for name in same}
    assert found["tools"] == [{**tool, "description": None, "strict": False}]
    assert found["reasoning"] == {"effort": "low", "summary": None}
    assert found["store"] is False
    assert found["id"] == "gen-1-x"


def test_what_is_big_or_odd_is_not_sent_back():
    odd = {"metadata": {"a": 5}, "prompt_cache_key": "k", "reasoning": {"summary": 5}}
    found = json.loads(answer(instructions="x" * 70_000, **odd).whole([LAST]))
    assert (found["instructions"], found["metadata"]) == (None, {})
    assert found["reasoning"] == {"effort": None, "summary": None}


@pytest.mark.parametrize("before", [[], [mint(text="a")]])
def test_a_broken_stream_ends_with_response_failed(before):
    rendering = answer()
    out = (rendering.chunks(before) if before else b"") + rendering.fault(RateLimited())
    told = events(out)
    assert told[0]["type"] == "response.created"
    assert [each["type"] for each in told[-2:]] == ["error", "response.failed"]
    assert told[-2]["message"] == RateLimited.default_message
    assert told[-1]["response"]["error"] == {
        "code": "rate_limit_exceeded",
        "message": RateLimited.default_message,
    }
    for each in told:
        OPENAI.validate_python(each)
        OPENROUTER.validate_python(each)
    with pytest.raises(UpstreamFault) as caught:
        read_events(engine.ENGINE, out, [50])
    assert (caught.value.kind, caught.value.status) == ("error_event", 429)


def test_a_fault_of_ours_is_a_server_error():
    told = events(answer().fault(BadUpstream()))
    assert told[-1]["response"]["error"]["code"] == "server_error"
    assert told[-1]["response"]["error_type"] == "provider_unavailable"


COMPLETED = {
    "type": "response.completed",
    "response": {
        "id": "resp_1",
        "model": "native",
        "status": "completed",
        "output": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
            {"type": "message", "content": [{"type": "output_text", "text": "hi"}]},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "web_search_call", "id": "w"},
        ],
        "usage": {
            "input_tokens": 1,
            "output_tokens": 2,
            "input_tokens_details": {"cached_tokens": 1},
        },
    },
}


def added(at, item):
    return {"type": "response.output_item.added", "output_index": at, "item": item}


def done(at, item):
    return {"type": "response.output_item.done", "output_index": at, "item": item}


CALL = COMPLETED["response"]["output"][2]
DELTA = {"type": "response.function_call_arguments.delta", "output_index": 2, "delta": "{}"}
THOUGHTS = [
    {"type": f"response.{name}.delta", "output_index": 0, "delta": "hm"}
    for name in ("reasoning_summary_text", "reasoning_text")
]


@pytest.mark.parametrize(
    "before",
    [
        [],
        [added(2, {**CALL, "arguments": ""})],
        [added(2, {**CALL, "arguments": ""}), DELTA, done(2, CALL)],
        [DELTA, done(2, CALL)],
        [done(2, CALL)],
        THOUGHTS,
        [done(1, COMPLETED["response"]["output"][1])],
        [{"type": "response.output_text.delta", "output_index": 1, "delta": "hi"}],
        [{"type": "response.unheard_of"}],
    ],
)
def test_an_engine_may_leave_out_any_step(before):
    reader = engine.Events()
    found = [reader.event(json.dumps(each).encode()) for each in [*before, COMPLETED]]
    assert reader.done
    assert essence([chunk for chunk in found if chunk]) == {
        "text": "hi",
        "reasoning": "hm",
        "calls": [["c", "f", "{}"]],
        "finish": ["tool_calls"],
        "usage": [(1, 2, 0)],
    }
    assert (found[-1].upstream_id, found[-1].upstream_model) == ("resp_1", "native")


def test_a_stream_without_its_end_was_cut():
    reader = engine.Events()
    assert reader.event(b"[DONE]") is None
    with pytest.raises(UpstreamFault) as caught:
        reader.close()
    assert caught.value.kind == "cut"


@pytest.mark.parametrize(
    ("error", "kind", "status"),
    [
        ({"code": "rate_limit_exceeded", "message": "x"}, "error_event", 429),
        ({"code": "context_length_exceeded", "message": "x"}, "context", 0),
        ({"code": 503, "message": "x"}, "error_event", 503),
        ({"code": "server_error", "message": "x"}, "error_event", 0),
        ("x", "error_event", 0),
    ],
)
@pytest.mark.parametrize("shape", ["failed", "error", "whole"])
def test_an_engines_error_is_a_fault(error, kind, status, shape):
    response = {"id": "r", "status": "failed", "output": [], "error": error}
    told = {
        "failed": {"type": "response.failed", "response": response},
        "error": {"type": "error", "error": error},
        "whole": response,
    }[shape]
    read = engine.parse_whole if shape == "whole" else engine.Events().event
    with pytest.raises(UpstreamFault) as caught:
        read(json.dumps(told).encode())
    assert (caught.value.kind, caught.value.status) == (kind, status)


def test_a_flat_error_event_is_a_fault():
    flat = {"type": "error", "code": "rate_limit_exceeded", "message": "x", "param": None}
    with pytest.raises(UpstreamFault) as caught:
        engine.Events().event(json.dumps(flat).encode())
    assert caught.value.status == 429


def _read(reader, data):
    try:
        reader(data)
    except UpstreamFault as e:
        assert e.kind in ("garbage", "error_event", "context")  # noqa: PT017 (either is right)


@given(mutated(COMPLETED), mutated(COMPLETED["response"]))
def test_a_strange_answer_is_read_or_a_fault(event, whole):
    _read(engine.Events().event, event)
    _read(engine.parse_whole, whole)


@given(JSON, st.binary(max_size=100))
def test_any_bytes_are_read_or_a_fault(value, data):
    for each in (msgspec.json.encode(value) if value == value else b"NaN", data):  # noqa: PLR0124
        _read(engine.Events().event, each)
        _read(engine.parse_whole, each)
