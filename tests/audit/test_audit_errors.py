"""The audit finds errors that are worded, shaped or numbered as somebody's."""

import re

import pytest

from darkhorse.attribution.forms.wordings import who_says
from darkhorse.audit.attacks.bad_requests import BAD
from darkhorse.audit.attacks.context import ContextLimit
from darkhorse.audit.attacks.errors import Errors
from darkhorse.audit.tells import Wanted, distinctive
from darkhorse.base import errors as ours
from live.stage import Relay

from .tamper_kit import MODEL, assert_leaks, body_of, findings, leaking, raw_door, unchanged

CONTEXT = 4000
LISTINGS = ("ok", "error-mid", "status-500?body=json", "status-529")
TIGHT = ("ok?vocabulary=words&window=vllm&context=3000", "ok?vocabulary=words&context=9000")
ROOMY = "ok?vocabulary=words&window=vllm&context=20000"
"""Engines that count in their own tokens, up to four for a public one; CONTEXT is public."""


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    listings = {name: [(scripted.url, name)] for name in (*LISTINGS, *TIGHT, ROOMY)}
    data = tmp_path_factory.mktemp("errors")
    relay = Relay(data, listings, context=CONTEXT, max_output=2000).start()
    yield relay
    relay.close()


@pytest.fixture
def raw(scripted):
    return raw_door(scripted.url, "ok")


def refusal(body, status=0, reason="", *, of=400):
    """A change of every JSON error of status `of`; `body` is given the message, or stands."""

    def change(_asked, answer):
        error = answer.json.get("error") if isinstance(answer.json, dict) else None
        if answer.status == of and error:
            said = body(error["message"]) if callable(body) else body
            answer.say(said, status, reason)

    return change


def message(text):
    """The neutral shape around other words."""
    told = {"code": 400, "message": text, "metadata": {"error_type": "invalid_request"}}
    return refusal({"error": told})


def vllm(text):
    return {"object": "error", "message": text, "type": "BadRequestError", "param": None}


def openai(text):
    return {"error": {"message": text, "type": "invalid_request_error", "param": None, "code": 400}}


WORDS = (
    message("litellm.BadRequestError: OpenAIException - expected an object."),
    message("The model `x` does not exist or you do not have access to it."),
    message("[json.exception.parse_error.101] parse error at line 1, column 2"),
    message("Failed to deserialize the JSON body into the target type: messages[0]: bad"),
    message("Input should be a valid string"),
    message("messages: at least one message is required"),
    message("Invalid JSON payload received. Unknown name"),
    refusal({"detail": [{"type": "missing", "loc": ["body"], "msg": "Field required"}]}),
    refusal(vllm),
)
TRACES = (
    message("in /srv/engine/serving: nothing there"),
    message("create failed at serving.py:88"),
    message('it said {"error": "no"}'),
    message("See https://docs.example.com/errors for more."),
    message("no answer from 10.0.4.17:8001"),
    message("EngineGoneError: nothing there"),
    message("the key sk-abcdef0123456789 was refused"),
)
SHAPES = (
    refusal(openai),
    refusal("something is wrong"),
    refusal(lambda text: {"error": text}),
    refusal(lambda text: {"error": {"code": "1210", "message": text}}),
)


@pytest.mark.parametrize("change", WORDS)
def test_words_of_somebody(relay, raw, change):
    assert_leaks(findings(Errors(), relay, raw, change), "error-bodies/wording")


@pytest.mark.parametrize("change", TRACES)
def test_insides_that_show(relay, raw, change):
    assert_leaks(findings(Errors(), relay, raw, change), "error-bodies/trace")


@pytest.mark.parametrize("change", SHAPES)
def test_shapes_of_somebody(relay, raw, change):
    found = findings(Errors(), relay, raw, change)
    assert leaking(found) <= {"error-bodies/shape", "error-bodies/wording"}
    assert "error-bodies/shape" in found


def test_fields_beside_the_error(relay, raw):
    def change(_asked, answer):
        if answer.status >= 400 and isinstance(answer.json, dict):
            answer.say({**answer.json, "request_id": "0217634"})

    assert_leaks(findings(Errors(), relay, raw, change), "error-bodies/shape")


@pytest.mark.parametrize("name", [MODEL, MODEL.lower(), MODEL.replace("-", " ")])
def test_the_model_s_name_however_it_is_written(relay, raw, name):
    found = findings(Errors(), relay, raw, message(f"{name} did not take this."))
    assert_leaks(found, "error-bodies/names")


def test_a_word_that_only_the_endpoint_said(relay, raw):
    """The scripted engine's errors tell of its scenarios."""
    found = findings(Errors(), relay, raw, message("status-200-error is not known."))
    assert_leaks(found, "error-bodies/names")


def test_words_that_every_such_api_has_are_nobody_s():
    texts = [
        "response_format.type, tool_choice, max_completion_tokens, application/json: state-of-"
    ]
    texts += ["the-art and/or percent-encoded messages of 2026-11-22T19:00:00Z in HTTP/1.1"]
    assert distinctive(texts) == set()
    named = (
        "gpt-4o fp_44709d6fcb CANARYMAKER chatcmpl-123 zai-org/GLM-5 llama_cpp vllm-0.24.0 MiniMax"
    )
    assert distinctive([named]) == set(named.split())


def test_names_are_found_however_they_are_written():
    wanted = Wanted(["GLM-5", "Zhipu AI", "Meta", "o3"])
    said = ("glm5", "GLM 5", "this is glm_5.", "ZHIPU-AI", "by Meta's", "zhipu  ai")
    assert [text for text in said if not wanted.find(text)] == []
    kept = ("metadata", "GLM-50", "glm-5x", "a zhipu air", "the o3")
    assert [text for text in kept if wanted.find(text)] == []


def test_it_needs_no_raw_door(relay):
    assert_leaks(findings(Errors(), relay, None, WORDS[0]), "error-bodies/wording")
    assert leaking(findings(Errors(), relay, None, unchanged)) == set()


@pytest.mark.parametrize(
    ("of", "status", "name"),
    [
        (400, 422, "status-codes/unlike"),
        (401, 403, "status-codes/unlike"),
        (404, 500, "status-codes/unlike"),
        (400, 503, "status-codes/unlike"),
        (400, 451, "status-codes/unknown"),
        (400, 529, "status-codes/unknown"),
        (400, 200, "status-codes/error-in-200"),
    ],
)
def test_statuses_of_somebody(relay, raw, of, status, name):
    def change(_asked, answer):
        answer.status = status if answer.status == of else answer.status

    found = findings(Errors(), relay, raw, change)
    assert name in leaking(found)
    assert {each.partition("/")[0] for each in leaking(found)} == {"status-codes"}


def in_stream(error, *, done=True):
    """A gateway that says 200 first, and then what went wrong."""

    def change(asked, answer):
        if answer.status >= 400 and body_of(asked).get("stream") is True:
            event = f"data: {error}\n\n" + "data: [DONE]\n\n" * done
            answer.say(event, 200, "OK", "text/event-stream")

    return change


LAST = (
    '{"id":"gen-1-a","object":"chat.completion.chunk","created":1,"model":"m","provider":"Stealth",'
    '"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],'
    '"error":{"code":502,"message":"MESSAGE","metadata":{"error_type":"provider_unavailable"}}}'
)


@pytest.mark.parametrize(
    ("error", "what"),
    [
        ('{"error":{"message":"litellm.APIError: x","code":500}}', "wording"),
        ('{"error":{"message":"It failed.","type":"server_error","code":500}}', "shape"),
        ('{"error":"It failed."}', "shape"),
        (LAST.replace("MESSAGE", f"{MODEL} failed."), "names"),
        (LAST.replace("MESSAGE", "serving.py:88"), "trace"),
        (LAST.replace("MESSAGE", "It failed."), "grammar"),
    ],
)
def test_errors_inside_streams(relay, raw, error, what):
    found = findings(Errors(), relay, raw, in_stream(error))
    name = f"stream-errors/{what}"
    assert name in leaking(found)
    assert found[name].exhibits[0].answered


def test_a_neutral_error_inside_a_stream_is_none(relay, raw):
    change = in_stream(LAST.replace("MESSAGE", "It failed."), done=False)
    found = findings(Errors(), relay, raw, change)
    assert found["stream-errors"].verdict == "closed"


@pytest.mark.parametrize("listing", range(len(LISTINGS)))
def test_the_relay_is_silent_whatever_breaks_behind_it(relay, raw, listing):
    found = findings(Errors(), relay, raw, listing=listing)
    assert leaking(found) == set()
    assert found["error-bodies"].verdict == found["status-codes"].verdict == "closed"
    assert found["stream-errors"].verdict in ("closed", "untested")  # by chance it is at rest


def test_there_are_enough_wrong_requests():
    refused = [bad for bad in BAD if 200 not in bad.statuses]
    assert len(refused) >= 40
    assert len({bad.name for bad in BAD}) == len(BAD)


# --- the context ---


def overflow(text, status=400, body=None):
    """A change of what is said of a prompt that is too long."""

    def change(_asked, answer):
        error = answer.json.get("error") if isinstance(answer.json, dict) else None
        if answer.status == 400 and error and "context" in error["metadata"]["error_type"]:
            error["message"] = text
            answer.say(body or {"error": error}, status)

    return change


WINDOW = "This model's maximum context length is 202752 tokens. However, you requested 203000."


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (overflow(WINDOW), {"figures", "wording"}),
        (overflow("The prompt is too long: 131072 tokens are the most."), {"figures"}),
        (overflow("prompt is too long: 4001 tokens > 4000 maximum"), {"wording"}),
        (overflow("The prompt is too long.", 422), {"status"}),
        (overflow("", 400, vllm("too long")), {"shape", "wording"}),
        (overflow("", 200, {"choices": []}), {"border"}),
    ],
)
def test_the_window_of_somebody(relay, raw, change, names):
    found = findings(ContextLimit(), relay, raw, change)
    assert_leaks(found, *(f"context-limit/{name}" for name in names))


def test_a_prompt_that_the_listing_should_take(relay, raw):
    """The window behind it is smaller than the one in the catalogue."""

    def change(asked, answer):
        if answer.status == 200 and len(asked) > 4 * CONTEXT - 500 and asked.isascii():
            told = {"code": 400, "message": "Too long.", "metadata": {}}
            told["metadata"]["error_type"] = "context_length_exceeded"
            answer.say({"error": told}, 400, "Bad Request")

    assert_leaks(findings(ContextLimit(), relay, raw, change), "context-limit/border")


@pytest.mark.parametrize(("at", "border"), [(0, {"context-limit/border"}), (1, set())])
def test_a_window_that_is_tighter_than_the_listing_s(relay, scripted, at, border):
    """The words are ours, and yet the border is the engine's: for all texts, or for dense ones."""
    raw, listing = raw_door(scripted.url, TIGHT[at]), len(LISTINGS) + at
    found = findings(ContextLimit(), relay, raw, listing=listing)
    assert leaking(found) == border
    assert found["context-limit/dense"].verdict == "reduced"


def test_a_window_with_room_for_whatever_is_sent(relay, scripted):
    raw = raw_door(scripted.url, ROOMY)
    found = findings(ContextLimit(), relay, raw, listing=len(LISTINGS) + len(TIGHT))
    assert leaking(found) == set()
    assert "20000" in found["context-limit"].raw
    assert "vLLM" in found["context-limit"].raw


def test_the_relay_keeps_its_own_limit(relay, raw):
    found = findings(ContextLimit(), relay, raw)
    assert {each.verdict for each in found.values()} == {"closed"}
    assert str(CONTEXT) in found["context-limit"].public


# --- the wordings ---

SAID = {
    "OpenAI": "Incorrect API key provided: sk-1234. You can find your key on the dashboard.",
    "Azure": "The response was filtered due to the prompt triggering a policy.",
    "Anthropic": "prompt is too long: 210000 tokens > 200000 maximum",
    "Google": "The input token count (1200000) exceeds the maximum number of tokens allowed.",
    "Amazon": "Malformed input request: #: required key [max_tokens] not found",
    "xAI": "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
    "DeepSeek": "Authentication Fails, Your api key: ****abcd is invalid",
    "Mistral": "Expected last role User or Tool for serving but got assistant",
    "Cohere": "too many tokens: total number of tokens in the prompt cannot exceed 4081",
    "Moonshot": "Invalid request: Your request exceeded model token limit: 131072",
    "Zhipu": "Prompt exceeds max length",
    "Alibaba": "Range of input length should be [1, 129024]",
    "MiniMax": "invalid params, context window exceeds limit (2013)",
    "ByteDance": "The parameter `messages` specified in the request are not valid",
    "Groq": "'messages' : minimum number of items is 1",
    "vLLM": "temperature must be non-negative, got -1.0.",
    "SGLang": "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
    "llama.cpp": "the request exceeds the available context size, try increasing it",
    "Ollama": 'model "x" not found, try pulling it first',
    "TGI": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096",
    "LiteLLM": "litellm.RateLimitError: AnthropicException - overloaded",
    "new-api": "no channel is available (request id: 20261122193314123456789)",
    "Envoy": "upstream connect error or disconnect/reset before headers",
    "nginx": "<hr><center>nginx/1.27.0</center>",
    "Cloudflare": "error code: 1015",
    "FastAPI": '{"detail":"Not Found"}',
    "Pydantic": "Input should be a valid list",
    "Express": "Cannot POST /v1/chat",
    "Go": "json: cannot unmarshal string into Go value of type int",
    "serde": 'invalid type: string "hot", expected f32 at line 1 column 20',
}


@pytest.mark.parametrize("who", SAID)
def test_a_wording_is_known_as_somebody_s(who):
    assert who in {each.who for each in who_says(SAID[who])}


def test_no_wording_is_ours():
    """Neither as they are by default, nor as the relay said them above."""
    messages = [getattr(ours, name) for name in ours.__all__]
    defaults = [each.default_message for each in messages if hasattr(each, "default_message")]
    assert len(defaults) > 20
    assert not [text for text in defaults if any(who_says(text))]
    assert not any(who_says(re.sub(r"\s+", " ", ours.PrivacyRestricted.default_message)))
