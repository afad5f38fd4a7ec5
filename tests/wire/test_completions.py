"""Completions: a prompt in, a text out, on both sides."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.errors import InvalidRequest, Unavailable
from darkhorse.cloak.mint import mint
from darkhorse.wire.chunks import Usage
from darkhorse.wire.dialects import CLIENTS, ENGINES
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest
from wire.dialect_kit import JSON, SOME, mutated
from wire.round_trip_kit import answers, essence, new_answer, read_events, streamed, whole

CLIENT, ENGINE = CLIENTS["completions"], ENGINES["completions"]
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.floats(0, 2),
        "top_p": st.floats(0, 1),
        "seed": st.integers(-(2**53), 2**53),
        "stop": st.lists(SOME, min_size=1, max_size=4),
    },
)


def body(**fields):
    return json.dumps({"model": "m", "prompt": "Once"} | fields).encode()


def asked(messages, kind, **parameters):
    raw = {name: msgspec.Raw(json.dumps(value).encode()) for name, value in parameters.items()}
    request = EngineRequest(
        messages=msgspec.Raw(json.dumps(messages).encode()),
        stream=True,
        max_tokens=7,
        parameters=raw,
        kind=kind,
    )
    return ENGINE.render(request, "engine-9", limit_name="max_tokens")


@given(st.text(max_size=20), PARAMETERS)
def test_a_prompt_is_read_as_it_was_written(prompt, parameters):
    read = CLIENT.parse(asked([{"role": "user", "content": prompt}], "text", **parameters))
    assert json.loads(bytes(read.messages)) == [{"role": "user", "content": prompt}]
    assert (read.kind, read.model, read.stream, read.max_tokens) == ("text", "engine-9", True, 7)
    assert read.text_bytes == (len(prompt.encode()),)
    found = {name: json.loads(bytes(value)) for name, value in read.parameters.items()}
    assert found == parameters


@given(answers(calls=False), st.lists(st.integers(0, 10**6), max_size=8), st.integers(1, 4))
def test_a_streamed_answer_is_read_as_it_was_written(chunks, cuts, batch):
    data = streamed(CLIENT, "completions", chunks, batch)
    assert essence(read_events(ENGINE, data, cuts)) == essence(chunks)


@given(answers(calls=False))
def test_a_whole_answer_is_read_as_it_was_written(chunks):
    assert essence([ENGINE.whole(whole(CLIENT, "completions", chunks))]) == essence(chunks)


def test_usage_comes_last_and_by_itself():
    last = mint(finish="stop", usage=Usage(3, 4))
    events = streamed(CLIENT, "completions", [mint(text="a"), last]).split(b"\n\n")
    chunks = [json.loads(each[6:]) for each in events if each.startswith(b"data: {")]
    assert [[c["text"] for c in chunk["choices"]] for chunk in chunks] == [["a"], [""], []]
    assert {chunk["object"] for chunk in chunks} == {"text_completion"}
    assert chunks[-1]["usage"]["total_tokens"] == 7


def test_a_stream_that_broke_ends_with_the_error_in_a_chunk():
    answer = new_answer(CLIENT, "completions", stream=True)
    found = json.loads(answer.fault(Unavailable())[6:])
    assert found["error"]["code"] == 503
    assert found["choices"][0]["finish_reason"] == "error"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"prompt": None}, "$.prompt"),
        ({"prompt": ["a", "b"]}, "one text"),
        ({"prompt": [1, 2]}, "token ids"),
        ({"prompt": [[1, 2]]}, "token ids"),
        ({"prompt": []}, "must hold a text"),
        ({"n": 2}, "$.n"),
        ({"best_of": 3}, "$.best_of"),
        ({"echo": True}, "`echo`"),
        ({"suffix": "end"}, "`suffix`"),
        ({"logprobs": 0}, "`logprobs`"),
        ({"max_tokens": 0}, "$.max_tokens"),
    ],
)
def test_a_refusal_names_what_is_wrong(fields, words):
    with pytest.raises(InvalidRequest) as caught:
        CLIENT.parse(body(**fields))
    assert words in caught.value.message


def test_what_changes_nothing_is_taken():
    harmless = {"n": 1, "best_of": 1, "echo": False, "suffix": None, "logprobs": None}
    read = CLIENT.parse(body(prompt=["Once"], **harmless))
    assert json.loads(bytes(read.messages)) == [{"role": "user", "content": "Once"}]


def test_a_conversation_goes_as_a_transcript():
    turns = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {"role": "assistant", "content": "Yes?"},
        {"role": "user", "content": "Go"},
    ]
    found = json.loads(asked(turns, "chat", stop="END"))
    start = "Be brief.\n\nUser: Hi\n\nAssistant: Yes?"
    assert found["prompt"] == f"{start}\n\nUser: Go\n\nAssistant:"
    assert found["stop"] == ["END", "\nUser:"]
    assert json.loads(asked(turns[:3], "chat"))["prompt"] == start


def test_a_picture_cannot_be_said():
    part = {"type": "image_url", "image_url": {"url": "https://example.org/a"}}
    with pytest.raises(UpstreamFault) as caught:
        asked([{"role": "user", "content": [part]}], "chat")
    assert caught.value.status == 400


FULL = {"model": "m", "prompt": ["a"], "stop": ["x"], "n": 1, "provider": {"order": ["x"]}}
CHUNK = {
    "id": "cmpl-1",
    "model": "engine-9",
    "choices": [{"index": 0, "text": "a", "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "completion_tokens_details": {}},
}
STRANGE = st.binary(max_size=100) | JSON.map(lambda value: json.dumps(value).encode())


@given(STRANGE | mutated(FULL))
def test_any_body_is_a_request_or_a_clear_refusal(data):
    try:
        assert CLIENT.parse(data).kind == "text"
    except InvalidRequest as e:
        assert e.message.endswith(".")  # noqa: PT017 (either outcome is right)


@given(STRANGE | mutated(CHUNK))
def test_any_answer_is_a_chunk_or_a_fault(data):
    for read in (ENGINE.whole, ENGINE.reader().event):
        try:
            read(data)
        except UpstreamFault as e:
            assert e.kind in ("garbage", "error_event", "context")  # noqa: PT017


@pytest.mark.parametrize("words", ["not json", '{"choices": []}', '{"choices": [{"index": 0}]}'])
def test_no_text_is_no_answer(words):
    with pytest.raises(UpstreamFault) as caught:
        ENGINE.whole(words.encode())
    assert caught.value.kind == "garbage"
