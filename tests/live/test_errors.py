"""Every way a request can fail, against one running relay: status, kind, words, headers.

One helper holds the shape of all of them. Whatever was tried, the relay goes on, and the ledger
has each admitted generation once, with its end.
"""

import json
import re
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from darkhorse.storage.ledger.frame import END, START
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.read import frames

from .stage import CANARY, Relay, Reply, chat_body, eventually

LIMIT = 65_536  # bytes of a body
CONTEXT = 2_000  # public tokens
SETTINGS = f"""
[server]
max_body_bytes = {LIMIT}
body_timeout_s = 0.5
[upstream]
first_token_s = 0.5
idle_s = 0.5
total_s = 1.5
cooldown_s = 0.5
max_answer_bytes = 2_000_000
"""

Send = Callable[[Relay], Reply]


@dataclass(frozen=True)
class Case:
    """What is sent, and what must come back. `says` is a regular expression."""

    name: str
    send: Send
    status: int
    kind: str = "invalid_request"
    says: str = ""
    stream: bool = False  # the status is told inside a stream


def raw(name: str, body: bytes, says: str, status: int = 400) -> Case:
    return Case(name, lambda relay: relay.post(body), status, says=says)


def asking(says: str, status: int = 400, kind: str = "invalid_request", **fields) -> Case:
    name = ", ".join(f"{key}={str(value)[:60]}" for key, value in fields.items())
    body = chat_body(**({"model": "ok"} | fields))
    return Case(f"{name} ({len(body)} B)", lambda r: r.post(body), status, kind, says)


def unsupported(says: str, **fields) -> Case:
    return asking(says, 404, "not_found", **fields)


def too_long(says: str, messages: list[dict]) -> Case:
    return asking(says, kind="context_length_exceeded", messages=messages)


def without(field: str) -> bytes:
    fields = json.loads(chat_body("ok"))
    del fields[field]
    return json.dumps(fields).encode()


def said(content: object, **fields) -> list[dict]:
    return [{"role": "user", "content": content, **fields}]


def nested(field: str, depth: int = 20_000) -> bytes:
    deep = b"[" * depth + b"]" * depth
    return chat_body("ok")[:-1] + b', "%b": %b}' % (field.encode(), deep)


WHOLE = chat_body("ok")
JSON = (
    raw("no body", b"", "not complete JSON"),
    raw("open brace", b"{", "not complete JSON"),
    raw("cut short", WHOLE[:-1], "not complete JSON"),
    raw("half a surrogate pair", WHOLE.replace(b"hi", rb"\ud83c"), "JSON"),
    raw("null", b"null", "Expected `object`, got `null`"),
    raw("a list", b"[]", "Expected `object`, got `array`"),
    raw("a string", b'"hi"', "Expected `object`, got `str`"),
    raw("NaN", b"NaN", "malformed"),
    raw("single quotes", b"{'model': 'ok'}", "malformed"),
    raw("trailing comma", WHOLE[:-1] + b",}", "malformed"),
    raw("two objects", WHOLE + WHOLE, "trailing characters"),
    raw("a form", b"model=ok&messages=hi", "malformed"),
    raw("a BOM", b"\xef\xbb\xbf" + WHOLE, "malformed"),
    raw("UTF-16", WHOLE.decode().encode("utf-16"), "UTF-8|malformed"),
    raw("a raw NUL", WHOLE.replace(b"hi", b"h\0i"), "malformed"),
    raw("a raw newline", WHOLE.replace(b"hi", b"h\ni"), "malformed"),
    raw("no UTF-8 in a text", WHOLE.replace(b"hi", b"h\xffi"), r"not valid UTF-8 \(byte \d+\)"),
    raw("no UTF-8 in a field nobody reads", WHOLE[:-1] + b', "x": "\xc3("}', "not valid UTF-8"),
    raw("deep in a field nobody reads", nested("x"), "nested too deeply"),
    raw("deep in the tools", nested("tools"), "nested too deeply"),
    raw("deep in the messages", nested("messages"), "nested too deeply"),
    raw("no model", without("model"), "missing required field `model`"),
    raw("no messages", without("messages"), "missing required field `messages`"),
    raw("an infinite temperature", WHOLE[:-1] + b', "temperature": 1e999}', "out of range"),
)

FIELDS = (
    asking(r"Expected `str \| null`.*\$\.model", model=7),
    asking(r"missing required field `model`", model=None),
    asking(r"at least one message", messages=[]),
    asking(r"Expected `array`.*\$\.messages", messages="hi"),
    asking(r"Expected `array`.*\$\.messages", messages={"role": "user"}),
    asking(r"Expected `array`, got `null`.*\$\.messages", messages=None),
    asking(r"Expected `object`.*\$\.messages\[0\]", messages=["hi"]),
    asking(r"required field `role`.*\$\.messages\[0\]", messages=[{"content": "hi"}]),
    asking(r"king.*\$\.messages\[1\]\.role", messages=[*said("hi"), {"role": "king"}]),
    asking(r"\$\.messages\[0\]\.content", messages=said(7)),
    asking(r"\$\.messages\[0\]\.content\[0\]", messages=said(["hi"])),
    asking(r"`type`.*\$\.messages\[0\]\.content\[0\]", messages=said([{"text": "hi"}])),
    asking(r"needs `text`.*\$\.messages\[0\]\.content", messages=said([{"type": "text"}])),
    asking(r"\$\.messages\[0\]\.content\[0\]\.text", messages=said([{"type": "text", "text": 1}])),
    asking(r"\$\.messages\[0\]\.tool_calls", messages=said("hi", tool_calls="none")),
    asking(r"\$\.stream", stream="yes"),
    asking(r"\$\.stream", stream=1),
    asking(r"<= 1.*\$\.n", n=2),
    asking(r">= 1.*\$\.n", n=0),
    asking(r">= 1.*\$\.max_tokens", max_tokens=0),
    asking(r"\$\.max_tokens", max_tokens="many"),
    asking(r"\$\.max_tokens", max_tokens=1.5),
    asking(r">= 1.*\$\.max_completion_tokens", max_completion_tokens=-1),
    asking(r"\$\.temperature", temperature="hot"),
    asking(r"<= 2.*\$\.temperature", temperature=2.1),
    asking(r">= 0.*\$\.temperature", temperature=-0.1),
    asking(r"<= 1.*\$\.top_p", top_p=1.01),
    asking(r">= 0.*\$\.top_k", top_k=-1),
    asking(r"<= 1.*\$\.min_p", min_p=2),
    asking(r"<= 2.*\$\.frequency_penalty", frequency_penalty=3),
    asking(r">= -2.*\$\.presence_penalty", presence_penalty=-3),
    asking(r"> 0.*\$\.repetition_penalty", repetition_penalty=0),
    asking(r"\$\.seed", seed=1.5),
    asking(r"\$\.stop\[0\]", stop=[1]),
    asking(r"length <= 4.*\$\.stop", stop=["a"] * 5),
    asking(r"\$\.tools", tools={"type": "function"}),
    asking(r"\$\.parallel_tool_calls", parallel_tool_calls="no"),
    unsupported("does not take `tools`", tools=[{"type": "function", "function": {"name": "f"}}]),
    unsupported("text only.*`file`", messages=said([{"type": "file", "file": {"file_id": "x"}}])),
    asking("object `image_url`", messages=said([{"type": "image_url"}])),
    asking("`smell` is no type of part", messages=said([{"type": "smell"}])),
    asking("No model of that name", model="nobody"),
    asking("No model of that name", model=""),
    asking("No model of that name", model="OK"),
    asking("No model of that name", model="../../etc/passwd\0"),
)


def post(*lines: str, body: bytes = WHOLE, length: bool = True, key: bool = True) -> Send:
    """A request from its lines, so that any of them may be wrong."""

    def send(relay: Relay) -> Reply:
        head = ["POST /api/v1/chat/completions HTTP/1.1", *lines]
        head += [f"authorization: Bearer {relay.key}"] if key else []
        head += [f"content-length: {len(body)}"] if length else []
        return relay.request(*head, body=body)

    return send


def chunked(body: bytes, size: int = 1000) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def too_large(name: str, send: Send) -> Case:
    return Case(name, send, 413, "payload_too_large", f"limit of {LIMIT} bytes")


def with_key(relay: Relay, value: str) -> Reply:
    return post(f"authorization: {value}", key=False)(relay)


def unauthorized(name: str, *lines: str) -> Case:
    return Case(name, post(*lines, key=False), 401, "authentication", "Authorization: Bearer")


CHUNKS = "transfer-encoding: chunked"
BIG = chat_body("ok", x="a" * LIMIT)
FRONT = (
    unauthorized("no key"),
    unauthorized("an unknown key", "authorization: Bearer sk-dh-nobody"),
    unauthorized("another scheme", "authorization: Basic c2stZGg6eA=="),
    unauthorized("a scheme alone", "authorization: Bearer"),
    unauthorized("an empty header", "authorization: "),
    unauthorized("a key of odd bytes", "authorization: Bearer \xff\xfe"),
    unauthorized("a key in another header", "x-api-key: sk-dh-nobody"),
    Case("no scheme", lambda r: with_key(r, r.key), 401, "authentication"),
    Case("two keys", lambda r: with_key(r, f"Bearer {r.key}, Bearer x"), 401, "authentication"),
    Case(
        "the other kind of scheme", lambda r: with_key(r, f"Token {r.key}"), 401, "authentication"
    ),
    Case("compressed", post("content-encoding: gzip"), 415, says="uncompressed"),
    too_large("a byte too many", post(body=WHOLE + b" " * (LIMIT + 1 - len(WHOLE)))),
    too_large("declared too large", post(body=BIG)),
    too_large("declared far too large", post(body=b"a" * (LIMIT * 40))),
    too_large("declared and never sent", post("content-length: 99999999", length=False)),
    too_large("asked first", post("expect: 100-continue", body=BIG)),
    too_large("chunked", post(CHUNKS, body=chunked(BIG), length=False)),
    too_large("one big chunk", post(CHUNKS, body=chunked(BIG, 10**9), length=False)),
    too_large("far too many chunks", post(CHUNKS, body=chunked(BIG * 5), length=False)),
    Case("stalls", post("content-length: 999", length=False), 408, "timeout", "in time"),
    Case("stalls in a chunk", post(CHUNKS, body=b"ff\r\n{", length=False), 408, "timeout"),
    too_long("2001 tokens.* 2000", said("x" * 4 * (CONTEXT - 3))),
    too_long("2000 tokens.* 2000", said("x" * 4 * (CONTEXT - 4))),
    too_long("2000 tokens.* 2000", said("x" * (4 * (CONTEXT - 5) + 1))),
    too_long("2000 tokens.* 2000", said("") * (CONTEXT // 4)),
)

KINDS = {
    400: ("invalid_request", "could not take this request"),
    429: ("rate_limit_exceeded", "busy"),
    502: ("provider_unavailable", "did not give a usable answer"),
    503: ("provider_overloaded", "not available just now"),
    504: ("timeout", "took too long"),
}
BY_STATUS = {
    400: (400, 406, 409, 411, 413, 415, 417, 422, 424, 426, 431),
    429: (425, 429),
    502: (100, 103, 201, 204, 301, 302, 304, 307, 418, 500, 501, 502, 507, 520),
    503: (401, 402, 403, 404, 405, 407, 410, 451, 503, 529),
    504: (408, 504, 522, 524),
}
BROKEN = {
    502: (
        *("cut-headers", "cut-first", "cut-between", "garbage"),
        *("garbage?where=all", "not-json", "json-array", "html-200", "bad-utf8", "truncated-json"),
        *("choices-empty", "wrong-types", "wrong-types?case=content-number", "status-200-error"),
        *("error-first", "huge-event", "endless", "huge-headers", "bad-chunk-size", "gzip-lie"),
        *("bad-status-line", "double-content-length", "status-500?body=html", "deep-nesting"),
    ),
    504: ("hang", "hang-headers", "hang-mid", "ok?first_ms=3000"),
    503: ("refused-port", "refuse", "reset", "error-first?code=401", "error-first?code=529"),
    429: ("error-first?code=429", "status-429?retry_after=-1"),
    400: ("status-200-error?code=400", "status-400?body=text", "status-413?body=html"),
}
BREAKING = {  # after some of the answer; where the pauses matter, they are long
    502: ("cut-mid-event", "cut-between", "cut-chunked", "error-mid?delta_ms=50"),
    504: ("hang-mid", "slow?deltas=100"),
    503: ("error-mid?code=401&delta_ms=50",),
    429: ("error-mid?code=429&delta_ms=50",),
    400: ("error-mid?code=400&delta_ms=50", "error-mid?code=422&delta_ms=50"),
}


def upstream(model: str, status: int, *, stream: bool, begun: bool = False) -> Case:
    way = "mid-stream" if begun else "streamed" if stream else "unstreamed"
    fields = {"stream": True} if stream else {}
    name = f"{model} {way}"
    return Case(name, lambda relay: relay.chat(model, **fields), status, *KINDS[status], begun)


def each(table: dict[int, tuple[str, ...]], **how: bool) -> list[Case]:
    return [upstream(model, told, **how) for told, models in table.items() for model in models]


NAMES = {told: tuple(f"status-{code}" for code in codes) for told, codes in BY_STATUS.items()}
UPSTREAM = (
    *each(NAMES, stream=False),
    *each(NAMES, stream=True),
    *each(BROKEN, stream=False),
    *each(BREAKING, stream=True, begun=True),
)
CASES = {case.name: case for case in (*JSON, *FIELDS, *FRONT, *UPSTREAM)}
MODELS = {case.name.split()[0] for case in UPSTREAM} | {"ok"}


@pytest.fixture(scope="module")
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture(scope="module")
def relay(scripted, closed_port, tmp_path_factory):
    listings = {model: [(scripted.url, model)] for model in MODELS}
    listings["refused-port"] = [(f"http://127.0.0.1:{closed_port}/v1", "x")]
    data = tmp_path_factory.mktemp("errors")
    relay = Relay(data, listings, SETTINGS, context=CONTEXT, max_output=500).start()
    yield relay
    relay.close()


def assert_error(reply: Reply, case: Case) -> None:
    """The one shape of every failure."""
    assert CANARY not in reply.raw.decode()
    if case.stream:
        assert reply.status == 200
        assert reply.events[-1] != "[DONE]"
        assert reply.chunks[-1]["choices"][0]["finish_reason"] == "error"
        error = reply.chunks[-1]["error"]
    else:
        assert reply.status == case.status
        assert reply.headers["content-type"] == "application/json"
        quoted = reply.headers["x-request-id"]
        assert quoted == reply.headers.get("x-generation-id", quoted)
        assert set(reply.json) == {"error"}
        error = reply.json["error"]
        assert_hints(reply, error)
    assert type(error["code"]) is int
    assert error["code"] == case.status
    assert error["metadata"] == {"error_type": case.kind}
    assert re.search(case.says, error["message"])


def assert_hints(reply: Reply, error: dict) -> None:
    """When to come back, where that helps; and never for what will fail again."""
    assert ("retry-after" in reply.headers) == (error["code"] in (429, 503))
    availability = error.get("availability")
    if error["code"] in (429, 503):
        assert availability["retryable"] is True
        assert availability["retry_after"] == int(reply.headers["retry-after"]) >= 1
    elif availability:
        assert availability["retryable"] is False
        assert "retry_after" not in availability


def test_the_table_is_long():
    assert len(CASES) == len((*JSON, *FIELDS, *FRONT, *UPSTREAM)) > 180


@pytest.mark.parametrize("name", CASES)
def test_error(relay, name):
    case = CASES[name]
    assert_error(case.send(relay), case)


@pytest.mark.parametrize(
    ("model", "code", "named"),
    [
        ("nobody", "model_not_found", ["nobody"]),
        ("", "model_not_found", []),
        ("status-503", "temporarily_unavailable", ["status-503"]),
        ("status-429", "capacity_exhausted", ["status-429"]),
    ],
)
def test_availability_says_which_model(relay, model, code, named):
    availability = relay.chat(model).json["error"]["availability"]
    assert availability["code"] == code
    assert availability["requested_models"] == named


def test_a_name_is_not_given_back_at_any_length(relay):
    assert len(relay.chat("x" * 50_000).raw) < 2_000


def test_the_longest_prompt_that_fits_is_answered(relay):
    reply = relay.chat("ok", messages=said("x" * 4 * (CONTEXT - 5)))
    assert reply.json["usage"] | {"total_tokens": CONTEXT} == reply.json["usage"]
    assert reply.json["usage"]["completion_tokens"] == 1
    assert reply.json["choices"][0]["finish_reason"] == "length"


def test_the_longest_body_that_fits_is_answered(relay):
    body = WHOLE + b" " * (LIMIT - len(WHOLE))
    assert relay.post(body).status == 200
    assert post(CHUNKS, body=chunked(body), length=False)(relay).status == 200


def test_a_body_that_asks_first_is_asked_for(relay):
    reply = post("expect: 100-continue")(relay)
    assert reply.raw.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_after_all_of_it_the_relay_goes_on_and_every_record_is_whole(relay):
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda case: case.send(relay), CASES.values()))
    assert relay.chat("ok").status == 200
    admitted = [reply.id for reply in replies if "x-generation-id" in reply.headers]
    assert len(set(admitted)) == len(admitted) == len(UPSTREAM)
    eventually(lambda: all(record.end for record in relay.records().values()))
    seen: dict[int, list[str]] = {START: [], END: []}
    for frame, _ in frames(relay.data / "journal"):
        seen[frame.kind].append(id_of(frame.meta))
    assert len(set(seen[START])) == len(seen[START])
    assert sorted(seen[START]) == sorted(seen[END])
    assert set(admitted) <= set(seen[START])
