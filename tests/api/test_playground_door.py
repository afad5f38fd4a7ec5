"""The playground's door: who is let in, as whom, and what of it reaches the API."""

import asyncio
import json
import random

import pytest

from api.test_front import Catalogue, Door
from darkhorse.accounts.keys import mint_key
from darkhorse.api.app import Api
from darkhorse.api.playground import let_in
from darkhorse.api.visits import Visits
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import Forbidden, Unauthorized, UnknownRoute, WrongMethod
from darkhorse.base.ids import RandomIds
from darkhorse.base.settings import LogSettings

HOST = b"play.example"
CHAT = "/playground/v1/chat/completions"
SAME = (b"sec-fetch-site", b"same-origin")
ORIGIN = (b"origin", b"http://play.example")
COOKIE = (b"cookie", b"a=b; darkhorse_key=sk-dh-1; c=d")


def scope(*headers, path=CHAT, method="POST"):
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", HOST), *headers],
    }


@pytest.mark.parametrize("headers", [(SAME,), (ORIGIN,), (SAME, ORIGIN)])
def test_a_page_of_ours_asks_as_its_key(headers):
    inner = let_in(
        scope(
            *headers,
            COOKIE,
            (b"authorization", b"Bearer sk-dh-m-stolen"),
            (b"x-api-key", b"sk-dh-m-stolen"),
            (b"referer", b"http://play.example/playground"),
            (b"x-title", b"Somebody"),
            (b"x-session-id", b"one"),
        )
    )
    assert inner["path"] == "/api/v1/chat/completions"
    assert [value for name, value in inner["headers"] if name == b"authorization"] == [
        b"Bearer sk-dh-1"
    ]
    names = [name for name, _ in inner["headers"]]
    assert not {b"cookie", b"x-api-key", b"referer"} & set(names)
    assert (b"x-title", b"Darkhorse playground") in inner["headers"]
    assert names.count(b"x-title") == 1
    assert (b"x-session-id", b"one") in inner["headers"]


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((b"origin", b"null"),),
        ((b"origin", b"http://evil.example"),),
        ((b"origin", b""),),
        ((b"sec-fetch-site", b"same-site"),),
        ((b"sec-fetch-site", b"cross-site"), ORIGIN),
        ((b"sec-fetch-site", b"none"), ORIGIN),
        (SAME, (b"origin", b"http://evil.example")),
    ],
)
def test_nobody_else_is_let_in(headers):
    with pytest.raises(Forbidden):
        let_in(scope(*headers, COOKIE))


@pytest.mark.parametrize(
    "cookies", [(), ((b"cookie", b"darkhorse_key="),), ((b"cookie", b"darkhorse_key=a b"),)]
)
def test_without_a_key_it_says_what_to_do(cookies):
    with pytest.raises(Unauthorized, match="enter one on the playground"):
        let_in(scope(SAME, *cookies))


def test_a_management_key_stays_outside():
    key = mint_key("management", random.Random(1).randbytes).reveal().encode()
    with pytest.raises(Unauthorized, match="management"):
        let_in(scope(SAME, (b"cookie", b"darkhorse_key=" + key)))


TLS = (b"x-forwarded-proto", b"https")
HOSTS = (b"cookie", b"darkhorse_key=planted; __Host-darkhorse_key=sk-dh-1")


def test_over_https_only_a_cookie_that_nobody_else_can_plant_counts():
    inner = let_in(scope(SAME, TLS, HOSTS))
    assert (b"authorization", b"Bearer sk-dh-1") in inner["headers"]
    with pytest.raises(Unauthorized):
        let_in(scope(SAME, TLS, COOKIE))


@pytest.mark.parametrize(
    "cookies",
    [
        ((b"cookie", b"darkhorse_key=planted; darkhorse_key=sk-dh-1"),),
        ((b"cookie", b"darkhorse_key=sk-dh-1"), (b"cookie", b"darkhorse_key=planted")),
    ],
)
def test_of_two_keys_one_was_planted(cookies):
    with pytest.raises(Unauthorized):
        let_in(scope(SAME, *cookies))


@pytest.mark.parametrize(
    "path",
    ["/playground/v1/messages", "/playground/v1/keys", "/playground/v1/", "/playground/v1/x"],
)
def test_the_rest_of_the_api_has_no_door(path):
    with pytest.raises(UnknownRoute):
        let_in(scope(SAME, COOKIE, path=path))


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "PUT"])
def test_a_door_takes_one_verb(method):
    with pytest.raises(WrongMethod):
        let_in(scope(SAME, COOKIE, (b"access-control-request-method", b"POST"), method=method))


@pytest.mark.parametrize("path", ["/api/v1/chat/completions", "/playground", "/v1/models"])
def test_any_other_path_is_left_alone(path):
    given = scope(COOKIE, path=path)
    assert let_in(given) is given


class Generations:
    """Notes what it is asked, and by what headers."""

    def __init__(self):
        self.asked = []

    async def generate(self, scope, receive, send, dialect):
        self.asked.append((scope["path"], dict(scope["headers"]), dialect))
        headers = [(b"cache-control", b"no-cache")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


def answered(given):
    """What is sent, and what the hot route was asked."""
    sent, generations = [], Generations()
    api = Api(
        generations=generations,
        catalogue=Catalogue("catalogue", []),
        operator=Door("operator", []),
        pages=Door("pages", []),
        visits=Visits(
            LogSettings(), SystemClock(), RandomIds(), slug_of=str, refused=lambda *_: None
        ),
    )

    async def receive():
        return {"type": "http.request", "body": b"{}"}

    async def send(message):
        sent.append(message)

    asyncio.run(api(given, receive, send))
    return sent, generations.asked


def test_behind_it_stands_the_hot_route():
    sent, ((path, headers, dialect),) = answered(scope(SAME, ORIGIN, COOKIE))
    assert (path, dialect) == ("/api/v1/chat/completions", "chat")
    assert headers[b"authorization"] == b"Bearer sk-dh-1"
    assert not [name for name, _ in sent[0]["headers"] if name.startswith(b"access-control")]


def test_a_refusal_has_the_chat_dialects_shape_and_opens_nothing():
    sent, asked = answered(scope((b"origin", b"http://evil.example"), COOKIE))
    assert (sent[0]["status"], asked) == (403, [])
    assert "playground" in json.loads(sent[1]["body"])["error"]["message"]
    assert not [name for name, _ in sent[0]["headers"] if name.startswith(b"access-control")]


@pytest.mark.parametrize("headers", [(SAME, COOKIE), (SAME,)])
def test_no_cache_may_hold_what_a_cookie_opened(headers):
    sent, _ = answered(scope(*headers))
    told = sent[0]["headers"]
    assert [value for name, value in told if name == b"cache-control"] == [b"no-store"]
    assert (b"x-content-type-options", b"nosniff") in told


def test_the_api_itself_is_as_it_was():
    sent, _ = answered(scope(path="/api/v1/chat/completions"))
    assert sent[0]["headers"] == [(b"cache-control", b"no-cache")]
