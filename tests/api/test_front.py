"""The front: what is no path of ours is our own 404, whatever stands behind it."""

import asyncio
import json

import pytest

from darkhorse.api.app import Api
from darkhorse.api.visits import Visits
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import UnknownRoute
from darkhorse.base.ids import RandomIds
from darkhorse.base.settings import LogSettings


class Door:
    """Notes that it was knocked at, and says so."""

    def __init__(self, name, knocks):
        self._name, self._knocks = name, knocks

    async def __call__(self, scope, *rest):
        self._knocks.append((self._name, scope["path"]))
        send = rest[-1]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"engine"})


class Catalogue(Door):
    """Knows no path."""

    async def __call__(self, scope, *_):
        self._knocks.append((self._name, scope["path"]))
        raise UnknownRoute


class Routes:
    """Of generations: none may begin here."""

    def __init__(self, knocks):
        self._knocks = knocks

    async def generate(self, scope, *_):
        self._knocks.append(("generate", scope["path"]))
        raise ValueError("GLM at 10.0.0.9")

    count = generate


def asked(method, path, kind="http"):
    """Status, JSON body, and which doors were knocked at."""
    knocks, sent = [], []
    visits = Visits(LogSettings(), SystemClock(), RandomIds(), slug_of=str, refused=lambda *_: None)
    app = Api(
        generations=Routes(knocks),
        catalogue=Catalogue("catalogue", knocks),
        operator=Door("operator", knocks),
        pages=Door("pages", knocks),
        visits=visits,
    )

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "method": method, "path": path, "headers": [], "query_string": b""}
    asyncio.run(app(scope, receive, send))
    return sent, knocks


def error_of(sent):
    return sent[0]["status"], json.loads(sent[1]["body"])["error"]["message"]


NOTHING = (404, "Nothing lives at this path.")


@pytest.mark.parametrize("path", ["/tokenize", "/", "/api/generate", "/battles", "/version"])
def test_nothing_is_posted_beside_the_api(path):
    sent, knocks = asked("POST", path)
    assert (error_of(sent), knocks) == (NOTHING, [])


@pytest.mark.parametrize("path", ["/api/version", "/api/tags", "/api/v2/models", "/api/"])
def test_below_the_api_there_are_no_pages(path):
    sent, knocks = asked("GET", path)
    assert (error_of(sent), knocks) == (NOTHING, [])


@pytest.mark.parametrize("path", ["/v1/battles", "/api/v1/battles", "/v1/arena", "/v1/rerank"])
def test_generations_begin_at_their_own_paths_alone(path):
    sent, knocks = asked("POST", path)
    assert error_of(sent) == NOTHING
    assert [door for door, _ in knocks] == ["catalogue"]


@pytest.mark.parametrize("path", ["/health", "/metrics", "/openapi.json"])
def test_the_operators_paths_are_these(path):
    assert asked("GET", path)[1] == [("operator", path)]


@pytest.mark.parametrize("path", ["/version", "/docs", "/props", "/metrics/", "/server_info"])
def test_any_other_is_a_page_or_none(path):
    assert asked("GET", path)[1] == [("pages", path)]


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "HEAD"])
def test_a_hot_route_takes_one_verb(method):
    sent, knocks = asked(method, "/v1/chat/completions")
    assert (error_of(sent), knocks) == ((405, "Use POST here."), [])


def test_an_exception_is_not_told():
    sent, _ = asked("POST", "/v1/chat/completions")
    assert error_of(sent) == (500, "Something went wrong on our side.")


def test_a_websocket_is_closed():
    sent, knocks = asked("GET", "/v1/chat/completions", "websocket")
    assert (sent, knocks) == ([{"type": "websocket.close", "code": 1008}], [])
