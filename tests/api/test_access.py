"""Every route needs a key, except those that say they need none."""

import pytest
from msgspec import Struct, structs
from operations_kit import KEYS, KINDS, Store, ask, key_ring

from darkhorse.accounts.keys import hash_key
from darkhorse.api.operation import Operation
from darkhorse.base.secret import Secret


async def inside(_):
    return {"said": "inside"}


def reach(kind=None, **access):
    route = Operation(
        id="x", method="GET", path="/x", summary="x", tag="x", handler=inside, **access
    )
    return ask([route], "GET", "/x", key=kind)


def test_a_route_whose_access_nobody_thought_of_wants_a_key():
    assert reach().status == 401
    for kind in KINDS:
        assert reach(kind).json == {"said": "inside"}


def test_what_is_the_operators():
    assert reach(access="management").status == 401
    assert reach("developer", access="management").status == 403
    assert reach("management", access="management").json == {"said": "inside"}


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_what_anyone_may_know(kind):
    assert reach(kind, access="open").json == {"said": "inside"}


class Anything(Struct):
    pass


class Versions(Store):
    """Grows as a store does."""

    number = 1

    def version(self):
        return self.number

    def alter(self, key_hash, **fields):
        self.number += 1
        self.change(key_hash, lambda record, _: structs.replace(record, **fields))

    def drop(self, key_hash):
        self.number += 1
        self.delete(key_hash, 0, lambda *_: None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "end",
    [
        lambda store, key: store.drop(key),
        lambda store, key: store.alter(key, disabled=True),
        lambda store, key: store.alter(key, expires_us=1),
    ],
)
def test_a_key_that_is_over_before_its_body_is_there_does_nothing(kind, end):
    done = []

    async def act(_):
        done.append("acted")

    route = Operation(
        id="x",
        method="POST",
        path="/x",
        summary="x",
        tag="x",
        access="key" if kind == "developer" else "management",
        body=Anything,
        handler=act,
    )
    store = Versions()
    ring = key_ring(store)

    def meanwhile():
        end(store, hash_key(Secret(KEYS[kind])))
        ring.load()

    told = ask([route], "POST", "/x", key=kind, body=b"{}", ring=ring)
    assert (told.status, done) == (200, ["acted"])
    told = ask([route], "POST", "/x", key=kind, body=b"{}", ring=ring, meanwhile=meanwhile)
    assert (told.status, done) == (401, ["acted"])
