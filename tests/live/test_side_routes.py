"""Doors an engine has and this house has not: each is answered by us, and tells nothing.

Relay and pages run as they do behind `darkhorse up`: two processes, one front.
"""

import re

import pytest

from .stage import CANARY, Process, Relay

ENGINE = re.compile(
    rf"{CANARY}|llama|ggml|vllm|sglang|uvicorn|starlette|aiohttp|python", re.IGNORECASE
)

PAGE_HEADERS = {"date", "content-length", "content-type", "cache-control", "connection"} | {
    *("content-security-policy", "x-request-id"),
    *("cross-origin-opener-policy", "cross-origin-resource-policy"),
    *("x-content-type-options", "x-frame-options", "referrer-policy"),
}
ERROR_HEADERS = {"date", "content-length", "content-type", "x-request-id", "connection"}

# What engines, gateways and frameworks serve beside their API.
NO_PAGES = (
    *("/props", "/slots", "/tokenize", "/detokenize", "/version", "/docs", "/redoc", "/v1"),
    *("/info", "/model/info", "/get_model_info", "/server_info", "/ping", "/load"),
    *("/api", "/debug", "/admin", "/.env", "/.git/config", "/static/../app.py", "/static/%2e%2e/x"),
    *("/health/", "/metrics/", "//v1/models", "/health/ready", "/v2/models", "/%00", "/%ff"),
)
NO_API = (
    *("/v1/", "/v1/models/", "/v1/props", "/v1/tokenize", "/v1/tools", "/v1/batches"),
    *("/v1/models/gpt-4", "/v1/models/stealth/nobody", "/v1/model/info", "/v1/generations?id=x"),
    *("/v1/models/stealth/nobody/endpoints", "/v1/model/stealth/nobody", "/v1/chat/completions/"),
    *("/v1/docs", "/v1/openapi.yaml", "/v1/v1/models", "/v1/../props", "/v1/%ff%00"),
)
WRONG = (
    *(("GET", "/api/v1/chat/completions"), ("PUT", "/v1/chat/completions")),
    *(("OPTIONS", "/v1/chat/completions"), ("DELETE", "/v1/models"), ("POST", "/v1/models")),
    *(("TRACE", "/v1/models"), ("POST", "/health"), ("DELETE", "/metrics"), ("PATCH", "/health")),
)


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    data = tmp_path_factory.mktemp("side")
    env = {"DARKHORSE_PAGES_SOCKET": str(data / "pages.sock"), "UPSTREAM_KEY": "x"}
    relay = Relay(data, {"ok": [(scripted.url, "ok")]}, env=env)
    argv = ["-m", "darkhorse", "pages", "--data", str(data), "--config", str(relay.config)]
    pages = Process(argv, env, log=data / "pages.log")
    pages.wait_ready()
    relay.start()
    yield relay
    relay.close()
    assert pages.stop() == 0
    assert CANARY not in (data / "pages.log").read_text()


def names_engine(reply):
    """An engine's word outside our own ids, in whose letters any word may turn up."""
    return ENGINE.search(re.sub(r"(gen|req)-[\w-]+", "", reply.raw.decode()))


def assert_ours(reply, status, error_type):
    assert reply.status == status
    assert set(reply.headers) == ERROR_HEADERS | ({"allow"} if status == 405 else set())
    assert set(reply.json) == {"error"}
    error = reply.json["error"]
    assert (error["code"], error["metadata"]["error_type"]) == (status, error_type)
    assert not names_engine(reply)


@pytest.mark.parametrize("path", NO_PAGES)
def test_the_pages_have_one_answer_for_it(relay, path):
    reply = relay.get(path)
    assert reply.status == 404
    assert set(reply.headers) == PAGE_HEADERS
    assert not names_engine(reply)
    assert reply.body == relay.get("/no-such-page").body


@pytest.mark.parametrize("prefix", ["", "/api"])
@pytest.mark.parametrize("path", NO_API)
def test_the_api_has_one_answer_for_it(relay, prefix, path):
    assert_ours(relay.get(prefix + path), 404, "not_found")


@pytest.mark.parametrize("path", ["/tokenize", "/", "/v1/tokenize", "/api/v1/rerank", "/admin"])
def test_nothing_is_posted_there(relay, path):
    reply = relay.post(b'{"content":"hi"}', path=path)
    assert_ours(reply, 404, "not_found")


@pytest.mark.parametrize(("method", "path"), WRONG)
def test_the_wrong_method(relay, method, path):
    assert_ours(relay.request(f"{method} {path} HTTP/1.1"), 405, "invalid_request")


def test_head_has_headers_alone(relay):
    reply = relay.request("HEAD /api/v1/chat/completions HTTP/1.1")
    assert reply.status == 405
    assert reply.body == b""


def test_the_home_page_comes_through(relay):
    reply = relay.get("/")
    assert reply.status == 200
    assert "stealth/listing-0" in reply.body.decode()
    assert CANARY not in reply.raw.decode()


def test_a_card_of_its_own(relay):
    """Where OpenAI's clients retrieve a model."""
    card = relay.get("/v1/models/stealth/listing-0").json
    assert card == relay.get("/v1/models").json["data"][0]
    assert relay.get("/v1/model/stealth/listing-0").json == {"data": card}


def test_health_tells_nothing_but_that(relay):
    assert relay.get("/health").body == b'{"status":"ok"}'


@pytest.mark.parametrize("key", ["", "authorization: Bearer nobody", "authorization: Basic eDp5"])
def test_metrics_want_a_key(relay, key):
    lines = [key] if key else []
    assert_ours(relay.get("/metrics", *lines), 401, "authentication")


def test_metrics_want_a_management_key(relay):
    reply = relay.get("/metrics", f"authorization: Bearer {relay.key}")
    assert_ours(reply, 403, "permission_denied")


@pytest.mark.parametrize(
    "line",
    [
        *("banana", "GET /v1/models HTTP/9.9", "BREW /v1/models HTTP/1.1", "CONNECT x:1 HTTP/1.1"),
        *("GET /v1/\xff HTTP/1.1", "POST /\xe9 HTTP/1.1", "GET /v1/models?x=\xff HTTP/1.1"),
    ],
)
def test_what_is_not_http_gets_the_same_kind_of_answer(relay, line):
    reply = relay.request(line)
    assert (reply.status, reply.json["error"]["code"]) == (400, 400)
    assert reply.json["error"]["metadata"]["error_type"] == "invalid_request"
    assert set(reply.headers) == {"content-type", "content-length", "connection"}
    assert not names_engine(reply)


def test_no_websocket(relay):
    lines = ("connection: upgrade", "upgrade: websocket", "sec-websocket-version: 13")
    assert_ours(relay.get("/v1/chat/completions", *lines), 405, "invalid_request")


@pytest.mark.parametrize(
    "lines",
    [
        [f"x-long: {'a' * 300_000}"],
        [f"x-{at}: {'a' * 50}" for at in range(5000)],
    ],
)
def test_headers_without_end_are_refused(relay, lines):
    reply = relay.get("/v1/models", *lines)
    assert (reply.status, reply.json["error"]["code"]) == (431, 431)


def test_long_headers_within_the_limit_are_taken(relay):
    assert relay.get("/v1/models", f"x-long: {'a' * 30_000}").status == 200
