"""Whatever the upstream says, and however it breaks, no byte a client can receive names it.

Each scenario of the scripted upstream is played four ways. What comes back is held against golden
lists: headers, JSON paths, values, and the grammar of a stream.
"""

import itertools
import json
import re
import typing
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest
from msgspec import structs

from darkhorse.upstream.scripted import SCENARIOS
from darkhorse.upstream.scripted.registry import STATUS_FAMILY

from .stage import CANARY, Relay, Reply, eventually

SETTINGS = """
[upstream]
first_token_s = 0.6
idle_s = 0.6
total_s = 5
cooldown_s = 0.5
max_answer_bytes = 2_000_000
[log]
format = "json"
requests = "all"
"""
OURS = {"time", "request_id", "generation", "ms", "first_token_ms", "key"}  # in the log, by chance

STATUSES = (
    *(100, 101, 103, 200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402),
    *(403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422),
    *(424, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 520, 521, 522),
    *(523, 524, 525, 529, 530, 598, 599),
)
WAYS = tuple(itertools.product((False, True), (None, 20)))  # streamed or not, max_tokens

# Numbers and words of the scripted engine that are canaries too.
NUMBERS = re.compile(rb"(?<!\d)(?:70001|70003|70009|140004|1111111111)(?!\d)")
WORDS = (CANARY.lower().encode(), b"upstream_key", b"chatcmpl", b"traceback", b"9-ultra", b"http:")

SAID = {"date", "content-type", "connection", "x-generation-id", "x-request-id"}
HEADERS = {
    "stream": SAID | {"cache-control", "x-accel-buffering", "transfer-encoding"},
    "whole": SAID | {"content-length"},
    "error": SAID | {"content-length"},
    "busy": SAID | {"content-length", "retry-after"},
}

USAGE = {
    "usage",
    *("usage.prompt_tokens", "usage.completion_tokens", "usage.total_tokens"),
    *("usage.cost", "usage.is_byok", "usage.prompt_tokens_details"),
    *("usage.prompt_tokens_details.cached_tokens", "usage.completion_tokens_details"),
    "usage.completion_tokens_details.reasoning_tokens",
}
ENVELOPE = {"id", "object", "created", "model", "provider", "choices"}
CHOICE = {"choices[].index", "choices[].finish_reason", "choices[].native_finish_reason"}
ERROR = {"error", "error.code", "error.message", "error.metadata", "error.metadata.error_type"}
AVAILABILITY = {f"error.availability.{name}" for name in ("code", "retryable", "requested_models")}


def _message(part: str) -> set[str]:
    """The paths of a delta or a message, all that it may have."""
    top = ("role", "content", "refusal", "reasoning", "reasoning_details", "tool_calls")
    detail = ("type", "text", "format", "index")
    call = ("id", "type", "function", "function.name", "function.arguments")
    return {
        f"choices[].{part}",
        *(f"choices[].{part}.{name}" for name in top),
        *(f"choices[].{part}.reasoning_details[].{name}" for name in detail),
        *(f"choices[].{part}.tool_calls[].{name}" for name in call),
    }


CHUNK = ENVELOPE | CHOICE | USAGE | ERROR | _message("delta") | {"choices[].logprobs"}
CHUNK |= {"choices[].delta.tool_calls[].index"}
WHOLE = ENVELOPE | CHOICE | USAGE | _message("message") | {"choices[].logprobs"}
WHOLE |= {"system_fingerprint"}
REFUSAL = ERROR | AVAILABILITY | {"error.availability", "error.availability.retry_after"}

MESSAGES = {
    400: ("invalid_request", "The model could not take this request as it is."),
    429: ("rate_limit_exceeded", "The model is busy; try again shortly."),
    502: ("provider_unavailable", "The model did not give a usable answer."),
    503: ("provider_overloaded", "The model is not available just now."),
    504: ("timeout", "The model took too long to answer."),
}
FINISHES = {"stop", "length", "tool_calls", "content_filter"}
STREAM = re.compile(r"(?:data: \{[^\r\n]*\}\n\n|: processing\n\n)*(?:data: \[DONE\]\n\n)?")
GENERATION = re.compile(r"gen-\d+-[0-9A-Za-z]{20}")
CALL = re.compile(r"call_[0-9A-Za-z]{20}")


def variants() -> list[str]:
    """Every scenario, with each value of each parameter that has a list of them."""
    names = [f"status-{code}" for code in STATUSES]
    for name, scenario in SCENARIOS.scenarios.items():
        stem = "status-500" if name == STATUS_FAMILY else name
        names += [stem] if name != STATUS_FAMILY else []
        for field in structs.fields(scenario.own):
            if typing.get_origin(field.type) is typing.Literal:
                values = [each for each in typing.get_args(field.type) if each != field.default]
                names += [f"{stem}?{field.name}={value}" for value in values]
    return names


SCENES = variants()


def paths(value: object, at: str = "") -> set[str]:
    """Where in a JSON value there are keys: `choices[].delta.content`."""
    if isinstance(value, list):
        return set().union(*(paths(item, f"{at}[]") for item in value))
    if not isinstance(value, dict):
        return set()
    here = {f"{at}.{key}".removeprefix(".") for key in value}
    return here.union(
        *(paths(item, f"{at}.{key}".removeprefix(".")) for key, item in value.items())
    )


class Played:
    """What came of every scenario, and the relay that played them."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        jobs = [(scene, *way) for scene in SCENES for way in WAYS]
        with ThreadPoolExecutor(16) as pool:
            self.replies = dict(zip(jobs, pool.map(self._play, jobs), strict=True))

    def _play(self, job: tuple[str, bool, int | None]) -> Reply:
        scene, stream, limit = job
        fields = {"stream": True} if stream else {}
        return self.relay.chat(scene, **fields, **({"max_tokens": limit} if limit else {}))

    def of(self, scene: str) -> list[Reply]:
        return [self.replies[scene, *way] for way in WAYS]

    def slug(self, scene: str) -> str:
        return f"stealth/listing-{SCENES.index(scene)}"


@pytest.fixture(scope="module")
def played(scripted, tmp_path_factory):
    listings = {scene: [(scripted.url, scene)] for scene in SCENES}
    relay = Relay(tmp_path_factory.mktemp("canaries"), listings, SETTINGS).start()
    yield Played(relay)
    relay.close()


@pytest.mark.parametrize("scene", SCENES)
def test_nothing_of_the_upstream_comes_out(played, scripted, scene):
    for reply in played.of(scene):
        assert_silent(reply.raw)
        assert str(scripted.port).encode() not in reply.body
        assert_headers(reply)
        if is_stream(reply):
            assert_stream(reply, played.slug(scene))
        elif reply.status == 200:
            assert_whole(reply, played.slug(scene))
        else:
            assert_refusal(reply, scene)


def is_stream(reply: Reply) -> bool:
    return reply.headers["content-type"] == "text/event-stream"


def assert_silent(raw: bytes) -> None:
    low = raw.lower()
    assert not [word for word in WORDS if word in low]
    assert not NUMBERS.search(raw)


def assert_headers(reply: Reply) -> None:
    """The status line and the headers, by golden lists; none twice."""
    lines = reply.raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    status = HTTPStatus(reply.status)
    assert lines[0] == f"HTTP/1.1 {status.value} {status.phrase}"
    kind = "busy" if status in (429, 503) else "error" if status >= 400 else "whole"
    kind = "stream" if is_stream(reply) else kind
    assert sorted(reply.headers) == sorted(HEADERS[kind])
    assert len(lines) - 1 == len(reply.headers)
    assert reply.headers["content-type"] in ("text/event-stream", "application/json")
    assert GENERATION.fullmatch(reply.id)


def assert_envelope(answer: dict, reply: Reply, slug: str) -> None:
    assert answer["id"] == reply.id
    assert answer["model"] == slug
    assert answer["provider"] == "Stealth"
    assert answer["created"] == int(reply.id.split("-")[1])
    for choice in answer["choices"]:
        assert choice["index"] == 0
        assert choice.get("logprobs") is None
        assert choice.get("native_finish_reason") in (None, choice["finish_reason"])
        assert_said(choice.get("delta") or choice.get("message") or {})
    if "usage" in answer:
        assert_usage(answer["usage"])


def assert_said(part: dict) -> None:
    assert part.get("role", "assistant") == "assistant"
    for detail in part.get("reasoning_details", ()):
        assert (detail["type"], detail["format"]) == ("reasoning.text", "unknown")
    for call in part.get("tool_calls", ()):
        assert "id" not in call or CALL.fullmatch(call["id"])
        assert call.get("type", "function") == "function"


def assert_usage(usage: dict) -> None:
    assert usage["prompt_tokens"] == 5  # one message's frame, and one token for "hi"
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert (usage["cost"], usage["is_byok"]) == (0, False)
    assert usage["prompt_tokens_details"] == {"cached_tokens": 0}


def assert_whole(reply: Reply, slug: str) -> None:
    answer = reply.json
    assert ENVELOPE | {"system_fingerprint", "usage"} <= paths(answer) <= WHOLE
    assert answer["object"] == "chat.completion"
    assert answer["system_fingerprint"] == ""
    assert len(answer["choices"]) == 1
    assert answer["choices"][0]["finish_reason"] in FINISHES
    assert_envelope(answer, reply, slug)


def assert_stream(reply: Reply, slug: str) -> None:
    """The strict grammar, then how it ends: well, with usage and `[DONE]`, or with an error."""
    assert reply.raw.endswith(b"0\r\n\r\n")  # in HTTP's terms it always ends well
    assert STREAM.fullmatch(reply.body.decode())
    for chunk in reply.chunks:
        assert ENVELOPE <= paths(chunk) <= CHUNK
        assert chunk["object"] == "chat.completion.chunk"
        assert_envelope(chunk, reply, slug)
    roles = [bool(c["choices"] and "role" in c["choices"][0]["delta"]) for c in reply.chunks]
    assert roles == [True] + [False] * (len(roles) - 1)
    *said, last = reply.chunks
    if reply.events[-1] == "[DONE]":
        assert last["choices"] == []
        assert "usage" in last
        finishes = [chunk["choices"][0]["finish_reason"] for chunk in said]
        assert finishes[-1] in FINISHES
        assert set(finishes[:-1]) <= {None}
        assert not [chunk for chunk in reply.chunks if "error" in chunk]
    else:
        assert said, "an error before the first token has a status of its own"
        assert_broken_off(said, last)


def assert_broken_off(said: list[dict], last: dict) -> None:
    assert paths(last) >= ERROR
    assert last["choices"] == [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]
    assert_words(last["error"])
    assert not [chunk for chunk in said if "error" in chunk or "usage" in chunk]
    assert {chunk["choices"][0]["finish_reason"] for chunk in said} == {None}


def assert_words(error: dict) -> None:
    assert type(error["code"]) is int
    assert (error["metadata"]["error_type"], error["message"]) == MESSAGES[error["code"]]


def assert_refusal(reply: Reply, scene: str) -> None:
    assert reply.status >= 400
    assert ERROR <= paths(reply.json) <= REFUSAL
    error = reply.json["error"]
    assert error["code"] == reply.status
    assert_words(error)
    if availability := error.get("availability"):
        assert availability["requested_models"] == [scene]
        assert availability["retry_after"] == int(reply.headers["retry-after"]) > 0


@pytest.mark.parametrize("scene", ["ok", "tools", "reasoning", "crlf", "error-mid", "status-401"])
def test_the_ledger_does_know_the_upstream(played, scene):
    """Else the test above would look for what was never there.

    One of several requests at a time may find its endpoint at rest, and make no attempt.
    """
    ends = [played.relay.record(reply.id).end for reply in played.of(scene)]
    attempts = [structs.asdict(attempt) for end in ends for attempt in end.attempts]
    assert attempts
    assert all(CANARY in json.dumps(attempt) for attempt in attempts)


def test_metrics_name_listings_only(played):
    reply = played.relay.get("/metrics", f"authorization: Bearer {played.relay.management_key}")
    assert reply.status == 200
    assert_silent(reply.raw)
    listings = set(re.findall(r'listing="([^"]*)"', reply.body.decode()))
    assert listings == {played.slug(scene) for scene in SCENES}
    labels = set(re.findall(r'(\w+)="', reply.body.decode()))
    assert labels == {"listing", "outcome", "error_type", "direction", "state", "version", "le"}


def test_the_log_names_nobody(played, scripted):
    """A line for each request, and whatever else the relay had to say."""
    ids = {reply.id for reply in played.replies.values()}
    eventually(lambda: ids <= set(re.findall(GENERATION, played.relay.log.read_text())))
    lines = played.relay.log.read_text().splitlines()
    for line in lines:
        said = json.loads(line).items()
        rest = json.dumps({name: value for name, value in said if name not in OURS})
        assert_silent(rest.encode())
        assert not re.search(rf":{scripted.port}|UPSTREAM_KEY|Traceback", rest, re.IGNORECASE)
    requests = [json.loads(line) for line in lines if '"event":"request"' in line]
    assert ids <= {line["request_id"] for line in requests}
    assert {line["outcome"] for line in requests} == {"done", "failed"}


def test_the_catalogue_names_no_endpoint(played):
    for path in ("/api/v1/models", "/v1/models/stealth/listing-0/endpoints", "/v1/models/count"):
        reply = played.relay.get(path)
        assert reply.status == 200
        assert_silent(reply.raw)
        assert set(reply.headers) == SAID - {"x-generation-id"} | {"content-length"}
