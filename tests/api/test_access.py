"""Every route needs a key, except an explicit list."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from darkhorse.accounts.keys import KeyRing, hash_key, mint_key
from darkhorse.api.metrics import Metrics
from darkhorse.api.routes import MANAGEMENT, OPEN, _guarded, catalogue_app, operator_app
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import Forbidden, Unauthorized
from darkhorse.catalog.catalogue import Catalogue
from darkhorse.storage.ports import KeyRecord

KINDS = ("developer", "management")
KEYS = {kind: mint_key(kind, lambda count: bytes(range(count))) for kind in KINDS}


class Store:
    def version(self):
        return 1

    def keys(self):
        return [
            KeyRecord(hash=hash_key(key), kind=kind, label="", created_us=1)
            for kind, key in KEYS.items()
        ]


@pytest.fixture
def ring():
    ring = KeyRing(Store(), SystemClock())
    ring.load()
    return ring


async def _answer(_):
    return Response("inside")


def ask(path, ring, kind=None):
    headers = [(b"authorization", f"Bearer {KEYS[kind].reveal()}".encode())] if kind else []
    request = Request({"type": "http", "method": "GET", "path": path, "headers": headers})
    return asyncio.run(_guarded(path, _answer, ring)(request)).body


def routes(ring):
    catalogue = catalogue_app(lambda: Catalogue(()), ring, SystemClock())
    operator = operator_app(Metrics(SystemClock()), ring, lambda: None)
    return [
        each.path for app in (catalogue, operator) for each in app.routes if type(each) is Route
    ]


def test_the_lists_name_routes_that_exist(ring):
    assert set(routes(ring)) >= OPEN | MANAGEMENT
    assert not OPEN & MANAGEMENT


def test_what_is_on_no_list_wants_a_key(ring):
    for kind in KINDS:
        assert ask("/forgotten", ring, kind) == b"inside"
    with pytest.raises(Unauthorized):
        ask("/forgotten", ring)


@pytest.mark.parametrize("path", sorted(MANAGEMENT))
def test_what_is_the_operators(ring, path):
    assert ask(path, ring, "management") == b"inside"
    with pytest.raises(Forbidden):
        ask(path, ring, "developer")
    with pytest.raises(Unauthorized):
        ask(path, ring)


@pytest.mark.parametrize("path", sorted(OPEN))
def test_what_anyone_may_know(ring, path):
    assert ask(path, ring) == b"inside"
