"""From bytes to an observation: whatever an API sends, it is read, bounded, and can be kept."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse.attribution.client.answer import answer_of
from darkhorse.attribution.client.asking import Ask, Message, ask, body_of
from darkhorse.attribution.client.ending import Ending
from darkhorse.attribution.client.reply import parse
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.observing import observation_of

KEY = "sk-000000"
DIALECTS = ("chat", "completions", "responses", "messages")
FIELDS = st.sampled_from(
    (
        *("id", "object", "model", "provider", "choices", "message", "delta", "content", "text"),
        *("usage", "prompt_tokens", "finish_reason", "native_finish_reason", "logprobs", "token"),
        *("tool_calls", "function", "reasoning", "error", "output", "type", "stop_reason", KEY),
        *("tokens", "response", "x_groq", "index"),
    )
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(KEY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=5),
    max_leaves=25,
)


def seen_in(body, *, dialect="chat", content_type="application/json", asked=None):
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\n\r\n".encode()
    raw = head + body
    answer = answer_of(dialect, parse(raw, ((0.1, raw),), 0.2))
    asked = asked or ask("Hi?", limit=3)
    sent = body_of(dialect, "mule", asked)
    return observation_of("some/1", asked, sent, answer, key=KEY, at=5)


def can_be_kept(seen):
    line = msgspec.json.encode(seen)
    assert msgspec.json.decode(line, type=Observation) == seen
    assert KEY not in line.decode()


@given(st.dictionaries(FIELDS, JSON, max_size=8), st.sampled_from(DIALECTS))
def test_any_json_is_an_observation(told, dialect):
    seen = seen_in(json.dumps(told).encode(), dialect=dialect)
    can_be_kept(seen)
    assert seen.probe == "some/1"


@settings(max_examples=40)
@given(st.lists(st.dictionaries(FIELDS, JSON, max_size=6), max_size=4), st.sampled_from(DIALECTS))
def test_any_stream_is_an_observation(told, dialect):
    body = "".join(f"data: {json.dumps(each)}\n\n" for each in told).encode()
    can_be_kept(seen_in(body, dialect=dialect, content_type="text/event-stream"))


def test_a_stream_tells_pieces_counts_and_forms():
    chunks = (
        {"id": "c-1", "model": "m", "choices": [{"delta": {"role": "assistant", "content": ""}}]},
        {
            "id": "c-1",
            "choices": [{"delta": {"content": "One"}, "logprobs": {"content": [{"token": "One"}]}}],
        },
        {"id": "c-1", "choices": [{"delta": {"content": " two"}, "finish_reason": "stop"}]},
        {"id": "c-1", "choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 2}},
    )
    body = "".join(f"data: {json.dumps(each)}\n\n" for each in chunks) + "data: [DONE]\n\n"
    seen = seen_in(body.encode(), content_type="text/event-stream", asked=ask("Hi?", stream=True))
    assert (seen.text, seen.pieces, seen.tokens) == ("One two", ("One", " two"), ("One",))
    assert (seen.id, seen.model, seen.finish) == ("c-1", "m", "stop")
    assert (seen.prompt_tokens, seen.completion_tokens) == (4, 2)
    assert ("choices[].delta.role", "assistant") in seen.values
    assert not any("One" in value for _, value in seen.values)
    assert seen.asked == {"stream": True, "stream_options": {"include_usage": True}}


def test_a_null_is_a_form_too():
    message = {"role": "assistant", "content": "Hi", "refusal": None, "reasoning": None}
    seen = seen_in(json.dumps({"choices": [{"message": message}]}).encode())
    assert ("choices[].message.refusal", "null") in seen.values
    assert ("choices[].message.reasoning", "null") in seen.values


def test_anthropics_counts_come_in_two_halves():
    events = (
        {"type": "message_start", "message": {"id": "msg_1", "usage": {"input_tokens": 9}}},
        {"type": "content_block_delta", "delta": {"text": "Hi"}},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"output_tokens": 2},
        },
    )
    body = "".join(f"event: x\ndata: {json.dumps(each)}\n\n" for each in events).encode()
    seen = seen_in(body, dialect="messages", content_type="text/event-stream")
    assert (seen.id, seen.text, seen.finish) == ("msg_1", "Hi", "end_turn")
    assert (seen.prompt_tokens, seen.completion_tokens) == (9, 2)


def test_every_turn_that_was_sent_is_told():
    asked = Ask(
        messages=(Message(text="a"), Message(role="assistant", text="b"), Message(text="c")),
        system="s",
    )
    seen = seen_in(b"{}", asked=asked)
    assert seen.prompt == (
        Turn("system", "s"),
        Turn("user", "a"),
        Turn("assistant", "b"),
        Turn("user", "c"),
    )
    assert not seen.is_plain
    assert seen_in(b"{}", asked=asked, dialect="completions").prompt == (
        Turn("user", "s\na\nb\nc"),
    )


def test_values_are_bounded():
    wide = {f"field{n}": n for n in range(5000)}
    deep = json.loads("[" * 500 + "]" * 500)
    seen = seen_in(json.dumps({**wide, "deep": deep, "long": "x" * 999}).encode())
    assert len(seen.values) == 400
    assert all(len(value) <= 400 for _, value in seen.values)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        CHUNKED + b"4\r\nbody\r\n0\r\n\r\n",
        CHUNKED + b"0\r\n\r\n",
        CHUNKED + b"5\r\nab\r\n0\r\n\r\n0\r\n\r\n",
    ],
)
def test_an_answer_ends_where_it_says(raw):
    """However its bytes are cut on their way; never before."""
    for size in (1, 3, 7, len(raw)):
        ending = Ending()
        pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
        assert [ending.is_reached(piece) for piece in pieces][-1]


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody",
        b"HTTP/1.1 200 OK\r\n\r\nuntil it closes",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        CHUNKED + b"4\r\nbody\r\n",
        CHUNKED + b"10\r\n0123456789",
    ],
)
def test_an_answer_that_has_not_ended_is_waited_for(raw):
    assert not Ending().is_reached(raw)
