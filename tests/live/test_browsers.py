"""What a browser lets a page of another origin do with us."""

import pytest

from .stage import Relay, chat_body

ORIGIN = "origin: https://chat.example"
CHAT = "/api/v1/chat/completions"


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    listings = {"ok": [(scripted.url, "ok")]}
    relay = Relay(tmp_path_factory.mktemp("browsers"), listings).start()
    yield relay
    relay.close()


def crossed(headers: dict[str, str]) -> set[str]:
    return {name for name in headers if name.startswith("access-control-")}


@pytest.mark.parametrize("path", [CHAT, "/v1/responses", "/api/v1/keys/abc", "/api/v1/models"])
def test_a_browser_that_asks_is_let_in(relay, path):
    names = "authorization, content-type, x-stainless-os, x-title"
    reply = relay.request(
        f"OPTIONS {path} HTTP/1.1",
        ORIGIN,
        "access-control-request-method: POST",
        f"access-control-request-headers: {names}",
    )
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["access-control-allow-headers"] == names
    assert "POST" in reply.headers["access-control-allow-methods"]


def test_what_is_no_list_of_names_is_not_given_back(relay):
    reply = relay.request(
        f"OPTIONS {CHAT} HTTP/1.1",
        ORIGIN,
        "access-control-request-method: POST",
        "access-control-request-headers: a;b=c",
    )
    assert reply.headers["access-control-allow-headers"].startswith("authorization")


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_may_be_read_by_a_page(relay, stream):
    reply = relay.post(chat_body("ok", stream=stream), ORIGIN)
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "x-generation-id" in reply.headers["access-control-expose-headers"]


def test_an_error_and_the_catalogue_too(relay):
    for reply in (relay.post(b"{", ORIGIN), relay.get("/api/v1/models", ORIGIN)):
        assert reply.headers["access-control-allow-origin"] == "*"


def test_nobody_else_gets_these_headers(relay):
    assert not crossed(relay.post(chat_body("ok")).headers)
    assert not crossed(relay.get("/metrics", ORIGIN).headers)
    assert relay.request(f"OPTIONS {CHAT} HTTP/1.1", ORIGIN).status == 405
