"""What engines' refusals mean to us; and an answer that is said twice is one."""

import json

import pytest

from darkhorse.wire.dialects import ENGINES
from darkhorse.wire.refusals import refusal

TOO_LONG = [
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
    "the request exceeds the available context size: exceed_context_size_error",
    "prompt is too long: 210000 tokens > 200000 maximum",
    "Input is too long for requested model.",
    "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).",
    "too many tokens: size limit exceeded by 11326 tokens.",
]


def body(message: str) -> bytes:
    return json.dumps({"error": {"message": message, "code": 400}}).encode()


@pytest.mark.parametrize("message", TOO_LONG)
@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_prompt_that_is_too_long_is_known_by_any_engines_words(message, status):
    assert refusal(status, body(message)).kind == "context"
    assert refusal(500, body(message)).kind == "status"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"code":"x","error":"Incorrect API key provided: sk-1."}',
        b'[{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}]',
        b'{"error":{"message":"Invalid API key","code":400}}',
    ],
)
def test_a_bad_key_is_one_under_whatever_status(raw):
    assert (refusal(400, raw).kind, refusal(400, raw).status) == ("status", 401)
    assert refusal(422, raw).status == 422


def test_a_client_cannot_say_that_our_key_is_bad():
    """Engines repeat what they could not read, inside a string."""
    said = '{"message": "Invalid API key"} "API key not valid'
    for raw in (body(f"cannot read: {said}"), body(repr({"input": said})), body(f"x {said}"[2:])):
        assert refusal(400, raw).status == 400, raw


def test_an_answer_said_again_at_its_end_is_said_once():
    """MiniMax ends a stream with the whole of it, under a second finish."""

    def event(finish, **choice):
        return json.dumps({"choices": [{"index": 0, "finish_reason": finish, **choice}]}).encode()

    def text(*events):
        reader = ENGINES["chat"].reader()
        return "".join(chunk.text for each in events if (chunk := reader.event(each)))

    pieces = (event(None, delta={"content": "a "}), event("stop", delta={"content": "b"}))
    assert text(*pieces, event("stop", message={"content": "a b"}), b"[DONE]") == "a b"
    assert text(*pieces, event(None, delta={"content": "c d"})) == "a bc d"
    assert (
        text(event("stop", delta={"content": "a"}), event("stop", delta={"content": "bc"})) == "abc"
    )
