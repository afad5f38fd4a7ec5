"""The house answers by itself what is no request of a model: golden bytes, whoever stands behind.

Three houses: in front of an upstream, of another one whose every answer is an error, and of none.
Whatever is asked of them that no model has to answer, they say the same, to the byte and in the
same order; and a good answer has the same headers in the same order, too.
"""

import contextlib
import re
import socket
from http import HTTPStatus

import pytest

from .stage import CANARY, Relay, Scripted, chat_body

LIMIT = 4096
SETTINGS = f"[server]\nmax_body_bytes = {LIMIT}\nbody_timeout_s = 0.5\n"
HOUSES = ("one", "another", "none")
_CHANCE = (
    (re.compile(rb"(?m)^date: .*\r$"), b"date: -\r"),
    (re.compile(rb"\b(req|gen)-[\w-]+"), rb"\1-"),
)


def line(text: str) -> bytes:
    return text.encode() + b"\r\nhost: x\r\nconnection: close\r\n"


def get(path: str, method: str = "GET") -> bytes:
    return line(f"{method} {path} HTTP/1.1") + b"\r\n"


CHAT = "/api/v1/chat/completions"
WHOLE = chat_body("ok")
GARBAGE = b"\x16\x03\x01\x00\x05hello"


def post(body: bytes, *more: str, key: str = "KEY", version: str = "1.1") -> bytes:
    lines = (f"authorization: Bearer {key}", *more, f"content-length: {len(body)}")
    head = "".join(f"{each}\r\n" for each in lines).encode()
    return line(f"POST {CHAT} HTTP/{version}") + head + b"\r\n" + body


def error(status: int, kind: str, message: str, *more: str, plain: bool = False) -> bytes:
    """Our error as a hot route and the front write it; `more` are headers behind the id."""
    body = (
        f'{{"error":{{"code":{status},"message":"{message}",'
        f'"metadata":{{"error_type":"{kind}"}}}}}}'
    )
    length, json = f"content-length: {len(body)}", "content-type: application/json"
    own = [json, length] if plain else ["date: -", length, json, "x-request-id: req-"]
    return _reply(status, *own, *more, body=body)


def routed(status: int, kind: str, message: str, *more: str) -> bytes:
    """The same from one of the other routes, which have their length at the end."""
    said = error(status, kind, message).decode().partition("\r\n\r\n")
    lines = said[0].split("\r\n")
    length = lines.pop(2)
    return _reply(status, *lines[1:4], *more, length, body=said[2])


def _reply(status: int, *headers: str, body: str) -> bytes:
    first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"
    ordered = [each for each in headers if not each.startswith("connection:")]
    return "\r\n".join([first, *ordered, "connection: close", "", body]).encode()


NO_HTTP = error(400, "invalid_request", "This is not a valid HTTP request.", plain=True)
NOTHING = error(404, "not_found", "Nothing lives at this path.")
NO_ROUTE = routed(404, "not_found", "Nothing lives at this path.")
WRONG_METHOD = ("invalid_request", "This path does not take that method.")
USE_POST = error(405, "invalid_request", "Use POST here.", "allow: POST")
ASKS_FIRST = b"origin: https://a.example\r\naccess-control-request-method: POST\r\n\r\n"
MAY_CALL = (
    b"HTTP/1.1 204 No Content\r\ndate: -\r\n"
    b"access-control-allow-methods: GET, POST, PATCH, DELETE\r\n"
    b"access-control-allow-headers: authorization, content-type, x-api-key\r\n"
    b"access-control-max-age: 86400\r\naccess-control-allow-origin: *\r\n"
    b"access-control-expose-headers: deprecation, retry-after, sunset, x-generation-id, "
    b"x-request-id, x-ratelimit-limit, x-ratelimit-limit-tokens, x-ratelimit-remaining, "
    b"x-ratelimit-remaining-tokens, x-ratelimit-reset, x-ratelimit-reset-tokens\r\n"
    b"connection: close\r\n\r\n"
)
GOLDEN: dict[str, tuple[bytes, bytes]] = {
    "unknown route": (get("/api/v1/nothing"), NO_ROUTE),
    "unknown path": (get("/nothing", "POST"), NOTHING),
    "engine: tokenize": (get("/tokenize", "POST"), NOTHING),
    "engine: tokenize of the API": (get("/v1/tokenize", "POST"), NO_ROUTE),
    "engine: model info": (get("/v1/model/info"), NO_ROUTE),
    "engine: version": (get("/api/version"), NOTHING),
    "up and out": (get("/api/v1/../../etc/passwd"), NO_ROUTE),
    "odd escapes": (get("/api/v1/%zz%00"), NO_ROUTE),
    "a verb of a hot route": (get(CHAT), USE_POST),
    "options without a page": (get(CHAT, "OPTIONS"), USE_POST),
    "options of all": (get("*", "OPTIONS"), NOTHING),
    "a verb of a route": (get("/api/v1/models", "DELETE"),
                          routed(405, *WRONG_METHOD, "allow: GET, HEAD")),
    "trace": (get("/api/v1/models", "TRACE"), routed(405, *WRONG_METHOD, "allow: GET, HEAD")),
    "an unheard verb": (get("/api/v1/models", "BREW"), NO_HTTP),
    "connect": (get("x:1", "CONNECT"), NO_HTTP),
    "HTTP/2 at once": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", NO_HTTP),
    "HTTP/3.0": (line("GET /api/v1/models HTTP/3.0") + b"\r\n", NO_HTTP),
    "no HTTP": (b"HELLO\r\n\r\n", NO_HTTP),
    "TLS": (GARBAGE, NO_HTTP),
    "no header": (b"GET /api/v1/models HTTP/1.1\r\nfoo bar\r\n\r\n", NO_HTTP),
    "a line without end": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n", NO_HTTP),
    "half a head": (b"GET /api/v1/mod", b""),
    "two lengths": (post(b"", "content-length: 3"), NO_HTTP),
    "a length and chunks": (post(b"{}", "transfer-encoding: chunked"), NO_HTTP),
    "trailing garbage": (post(WHOLE, key="no").replace(b"connection: close\r\n", b"") + GARBAGE,
                         NO_HTTP),
    "no JSON": (post(b"{"), error(400, "invalid_request",
        "The body is not complete JSON, or holds half a surrogate pair.")),
    "no list": (post(b"[]"), error(400, "invalid_request", "Expected `object`, got `array`.")),
    "a body without end": (post(b"x" * LIMIT * 9), error(413, "payload_too_large",
        f"The request body is over the limit of {LIMIT} bytes.")),
    "half a body": (post(WHOLE)[:-5],
                    error(408, "timeout", "The request body did not arrive in time.")),
    "packed": (post(WHOLE, "content-encoding: br"), error(415, "invalid_request",
        "Send the body uncompressed, without Content-Encoding.")),
    "no such key": (post(WHOLE, key="sk-no"), error(401, "authentication",
        "No valid key. Send it as `Authorization: Bearer <key>`.")),
    "HTTP/1.0": (post(b"{", version="1.0"), error(400, "invalid_request",
        "The body is not complete JSON, or holds half a surrogate pair.")),
    "a page asks first": (get(CHAT, "OPTIONS")[:-2] + ASKS_FIRST, MAY_CALL),
}  # fmt: skip
IDS = ["x-generation-id: gen-", "x-request-id: gen-"]
HEADS = {
    False: ["HTTP/1.1 200 OK", "date: -", "content-length: -", "content-type: application/json",
            *IDS, "connection: close"],
    True: ["HTTP/1.1 200 OK", "date: -", "content-type: text/event-stream",
           "cache-control: no-cache", "x-accel-buffering: no", *IDS, "connection: close",
           "transfer-encoding: chunked"],
}  # fmt: skip


@pytest.fixture(scope="module")
def houses(scripted, tmp_path_factory):
    other = Scripted("SECONDMAKER")
    behind = {
        "one": {"ok": [(scripted.url, "ok")], "reasoning": [(scripted.url, "reasoning")]},
        "another": {"ok": [(other.url, "huge-headers?kb=8")], "down": [(other.url, "status-500")]},
        "none": {},
    }
    started = {
        name: Relay(tmp_path_factory.mktemp(name), behind[name], SETTINGS).start()
        for name in HOUSES
    }
    yield started
    for each in started.values():
        each.close()
    other.stop()


def sent(relay: Relay, request: bytes) -> bytes:
    """All that comes back, but for the moment and the id."""
    with socket.create_connection(("127.0.0.1", relay.port), timeout=30) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request.replace(b"Bearer KEY", b"Bearer " + relay.key.encode()))
        pieces = []
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                pieces.append(piece)
    raw = b"".join(pieces)
    for pattern, instead in _CHANCE:
        raw = pattern.sub(instead, raw)
    return raw


@pytest.mark.parametrize("house", HOUSES)
@pytest.mark.parametrize("name", GOLDEN)
def test_the_house_answers_by_itself(houses, house, name):
    request, answer = GOLDEN[name]
    assert sent(houses[house], request) == answer


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("house", ["one", "another"])
def test_a_good_answer_has_our_headers_in_our_order(houses, house, stream):
    for model in ("ok", "reasoning") if house == "one" else ("ok",):
        raw = sent(houses[house], post(chat_body(model, stream=stream)))
        head = re.sub(rb"content-length: \d+", b"content-length: -", raw).partition(b"\r\n\r\n")[0]
        assert head.decode().split("\r\n") == HEADS[stream]


def test_a_fault_behind_has_our_headers_in_our_order(houses):
    raw = sent(houses["another"], post(chat_body("down")))
    head = raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert [each.partition(":")[0] for each in head] == [
        *("HTTP/1.1 502 Bad Gateway", "date", "content-length", "content-type", "x-request-id"),
        *("x-generation-id", "connection"),
    ]


def test_a_name_nobody_has_is_answered_alike(houses):
    answers = {sent(house, post(chat_body("nobody"))) for house in houses.values()}
    assert len(answers) == 1
    assert CANARY.encode() not in answers.pop()
