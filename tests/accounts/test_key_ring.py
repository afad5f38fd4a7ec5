import asyncio
import hashlib
import re
import secrets
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits_kit import HeldClock

from darkhorse.accounts.keys import KeyRing, hash_key, mint_key
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import Forbidden, Unauthorized
from darkhorse.base.secret import Secret
from darkhorse.storage.follow import follow
from darkhorse.storage.ports import KeyRecord


class Shelf:
    """A KeyStore in memory."""

    def __init__(self):
        self.records = []
        self.reads = 0
        self.broken = False

    def version(self):
        if self.broken:
            raise OSError("the disk is gone")
        return len(self.records)

    def keys(self):
        self.reads += 1
        return list(self.records)

    def add(self, record):
        self.records.append(record)


def new_key(shelf, kind="developer", **more):
    key = mint_key(kind, secrets.token_bytes)
    shelf.add(KeyRecord(hash=hash_key(key), kind=kind, label="test", created_us=0, **more))
    return key.reveal()


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def clock():
    return HeldClock()


@pytest.fixture
def ring(shelf, clock):
    return KeyRing(shelf, clock)


@pytest.mark.parametrize(("kind", "prefix"), [("developer", "sk-dh-"), ("management", "sk-dh-m-")])
def test_a_key_is_a_prefix_and_48_letters_all_from_the_randomness_given(kind, prefix):
    first, again = (mint_key(kind, lambda n: bytes(range(n))) for _ in range(2))
    other = mint_key(kind, lambda n: bytes(range(1, n + 1)))
    assert re.fullmatch(prefix + "[A-Za-z0-9]{48}", first.reveal())
    assert first == again != other
    assert first.reveal() not in repr(first)


@given(st.binary(min_size=36, max_size=36))
def test_every_randomness_gives_a_full_key(raw):
    assert re.fullmatch("sk-dh-[A-Za-z0-9]{48}", mint_key("developer", lambda _: raw).reveal())


def test_the_hash_is_sha256_of_the_whole_key():
    assert hash_key(Secret("sk-dh-abc")) == hashlib.sha256(b"sk-dh-abc").hexdigest()


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "BEARER {}", "  Bearer   {}  "])
def test_a_known_key_is_let_in(shelf, ring, form):
    key = new_key(shelf)
    ring.load()
    assert ring.authenticate(form.format(key)) == shelf.records[0]


@pytest.mark.parametrize(
    "form",
    [None, "", " ", "Bearer", "Bearer ", "{}", "Basic {}", "Bearer {}x", "Bearer x {}", "Bearer{}"],
)
def test_anything_else_is_not(shelf, ring, form):
    key = new_key(shelf)
    ring.load()
    with pytest.raises(Unauthorized):
        ring.authenticate(form and form.format(key))


@given(st.text())
def test_no_header_whatever_breaks_it(header):
    shelf = Shelf()
    new_key(shelf)
    ring = KeyRing(shelf, SystemClock())
    ring.load()
    for value in (header, f"Bearer {header}", f"Bearer \ud800{header}"):
        with pytest.raises(Unauthorized):
            ring.authenticate(value)


def test_the_hash_of_a_key_is_no_key(shelf, ring):
    new_key(shelf)
    ring.load()
    with pytest.raises(Unauthorized):
        ring.authenticate(f"Bearer {shelf.records[0].hash}")


def test_a_disabled_key_is_not_let_in(shelf, ring):
    key = new_key(shelf, disabled=True)
    ring.load()
    with pytest.raises(Unauthorized, match=r"This key is disabled; ask .*"):
        ring.authenticate(f"Bearer {key}")


def test_a_key_works_until_the_moment_it_expires(shelf, ring, clock):
    at_us = 1_795_341_600_000_000  # 2026-11-22 10:00 UTC
    key = new_key(shelf, expires_us=at_us)
    ring.load()
    clock.wall_us = at_us - 1
    assert ring.authenticate(f"Bearer {key}").expires_us == at_us
    clock.wall_us = at_us
    with pytest.raises(Unauthorized, match="This key expired on 2026-11-22 at 10:00 UTC; ask"):
        ring.authenticate(f"Bearer {key}")


def test_a_wrong_key_is_told_nothing_of_others(shelf, ring):
    new_key(shelf, disabled=True)
    new_key(shelf, expires_us=1)
    ring.load()
    with pytest.raises(Unauthorized) as caught:
        ring.authenticate("Bearer sk-dh-wrong")
    assert caught.value.message == Unauthorized.default_message


def test_only_a_management_key_manages(shelf, ring):
    developer, manager = new_key(shelf), new_key(shelf, "management")
    ring.load()
    ring.require_management(ring.authenticate(f"Bearer {manager}"))
    with pytest.raises(Forbidden):
        ring.require_management(ring.authenticate(f"Bearer {developer}"))


def test_the_store_is_read_only_when_it_changed(shelf, ring):
    new_key(shelf)
    for _ in range(3):
        ring.load()
    assert shelf.reads == 1


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 the condition belongs to others
            await asyncio.sleep(0.001)


def knows(ring, key):
    try:
        ring.authenticate(f"Bearer {key}")
    except Unauthorized:
        return False
    return True


def test_a_new_key_works_soon_also_after_the_store_was_away(shelf, ring, caplog):
    async def scene():
        old = new_key(shelf)
        ring.load()
        following = asyncio.create_task(follow(ring.load, "Keys", every_s=0.001))
        second = new_key(shelf)
        await until(lambda: knows(ring, second))
        shelf.broken = True
        await until(lambda: caplog.records)
        assert knows(ring, old)
        third = new_key(shelf)
        shelf.broken = False
        await until(lambda: knows(ring, third))
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            await following

    asyncio.run(scene())
    assert len(caplog.records) == 1  # once, not once a second


def test_the_loop_goes_on_while_the_store_hangs(shelf, ring):
    hanging, release = threading.Event(), threading.Event()

    def hang():
        hanging.set()
        release.wait(20)
        return 0

    shelf.version = hang

    async def scene():
        following = asyncio.create_task(follow(ring.load, "Keys", every_s=0.001))
        await until(hanging.is_set)  # this very loop turns while the store does not answer
        release.set()
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            await following

    asyncio.run(scene())
