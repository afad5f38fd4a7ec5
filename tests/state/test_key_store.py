from decimal import Decimal

import pytest

from darkhorse.base.clock import SystemClock
from darkhorse.catalog.limits import Limits
from darkhorse.storage.ports import KeyRecord
from darkhorse.storage.state.keys import SqlKeyStore
from darkhorse.storage.state.migrations import open_state


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.sqlite"


@pytest.fixture
def store(path):
    store = SqlKeyStore(open_state(path, SystemClock()))
    yield store
    store.close()


def key(letter, created_us=1, **more):
    return KeyRecord(hash=letter * 64, kind="developer", label="a", created_us=created_us, **more)


def test_keys_come_back_as_they_went_oldest_first(store):
    young, old = key("a", 2, disabled=True), key("b", 1)
    store.add(young)
    store.add(old)
    assert store.keys() == [old, young]


def test_the_version_grows_with_each_change_and_only_then(store):
    versions = [store.version()]
    for letter in "abc":
        store.add(key(letter))
        versions.append(store.version())
    store.add(key("a"))
    store.keys()
    assert versions == sorted(set(versions))
    assert store.version() == versions[-1]


def test_adding_a_known_key_does_not_enable_it_again(store):
    store.add(key("a", disabled=True))
    store.add(key("a"))
    assert store.keys() == [key("a", disabled=True)]


LIMITS = Limits(
    requests_per_minute=20,
    requests_per_day=10**12,
    tokens_per_minute=200_000,
    concurrent=4,
    spend_usd=Decimal("12.500001"),
)


def test_expiry_and_limits_come_back_exactly(store):
    record = key("a", expires_us=7, limits=LIMITS)
    store.add(record)
    assert store.keys() == [record]
    assert str(store.keys()[0].limits.spend_usd) == "12.500001"


def test_a_change_replaces_all_but_the_hash_and_tells_of_it(store, path):
    store.add(key("a"))
    store.add(key("b"))
    before = store.version()
    changed = KeyRecord(
        hash="a" * 64,
        kind="management",
        label="other",
        created_us=0,
        disabled=True,
        expires_us=9,
        limits=LIMITS,
    )
    assert store.change("a" * 64, lambda *_: changed) == changed
    assert store.keys() == [changed, key("b")]
    assert store.version() > before
    store.change("a" * 64, lambda *_: key("a"))
    other = SqlKeyStore(open_state(path, SystemClock()))
    assert other.keys() == [key("a"), key("b")]
    other.close()


def test_a_key_that_is_not_there_cannot_be_changed(store):
    store.add(key("a"))
    before = store.version()
    with pytest.raises(KeyError):
        store.change("b" * 64, lambda *_: key("b"))
    assert (store.keys(), store.version()) == ([key("a")], before)


def test_another_opener_sees_it(store, path):
    store.add(key("a"))
    other = SqlKeyStore(open_state(path, SystemClock()))
    assert (other.keys(), other.version()) == (store.keys(), store.version())
    other.close()
    other.close()
