"""The desk as the API uses it: mistakes told apart, several changes as one."""

import secrets
from decimal import Decimal

import pytest
from limits_kit import HeldClock

from darkhorse.accounts.desk import KeyDesk, LastManagementKey, NoSuchKey
from darkhorse.accounts.keys import KeyRing
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError, Unauthorized
from darkhorse.catalog.limits import Limits
from darkhorse.storage.state.keys import SqlKeyStore
from darkhorse.storage.state.migrations import open_state


@pytest.fixture
def clock():
    return HeldClock()


@pytest.fixture
def store(tmp_path):
    store = SqlKeyStore(open_state(tmp_path / "state.sqlite", SystemClock()))
    yield store
    store.close()


@pytest.fixture
def desk(store, clock):
    return KeyDesk(store, clock, secrets.token_bytes)


def test_a_key_is_found_by_its_whole_hash_only(desk):
    _, record = desk.create("developer", label="mine")
    assert desk.get(record.hash) == record
    for name in ("mine", record.hash[:12], ""):
        with pytest.raises(NoSuchKey):
            desk.get(name)


def test_several_changes_are_one(desk, clock):
    _, record = desk.create("developer", label="mine")
    clock.advance(5)
    limits = Limits(spend_usd=Decimal("2.5"))
    changed = desk.update(record.hash, label="ours", disabled=True, limits=lambda _: limits)
    assert changed == desk.get(record.hash)
    assert (changed.label, changed.disabled, changed.limits) == ("ours", True, limits)
    assert (record.updated_us, changed.updated_us) == (None, clock.now_us())
    assert changed.created_us == record.created_us
    assert desk.update(record.hash, label="").label == ""
    assert desk.update(record.hash, disabled=False).limits == limits


def test_what_makes_no_sense_changes_nothing(desk):
    _, record = desk.create("developer", label="mine")
    wrongs = [{"label": label} for label in ("a\nb", " ", "\u3000", "gpj.\u202eexe", "x" * 201)]
    for wrong in (*wrongs, {"limits": lambda _: Limits(spend_usd=Decimal(-1))}):
        with pytest.raises(ConfigError) as refused:
            desk.update(record.hash, disabled=True, **wrong)
        assert not isinstance(refused.value, NoSuchKey | LastManagementKey)
    assert desk.get(record.hash) == record


def test_the_last_management_key_is_a_conflict(desk):
    _, manager = desk.create("management")
    for attempt in (
        lambda: desk.delete(manager.hash),
        lambda: desk.update(manager.hash, disabled=True),
    ):
        with pytest.raises(LastManagementKey):
            attempt()
    _, other = desk.create("management")
    desk.delete(manager.hash)
    with pytest.raises(LastManagementKey):
        desk.delete(other.hash)
    desk.update(other.hash, label="renamed")


def test_a_deleted_key_is_over_everywhere(desk, store, clock):
    secret, record = desk.create("developer")
    ring = KeyRing(store, clock)
    ring.load()
    header = f"Bearer {secret.reveal()}"
    assert ring.authenticate(header) == record
    desk.delete(record.hash)
    ring.load()
    with pytest.raises(Unauthorized):
        ring.authenticate(header)
    assert desk.all() == []
    for late in (lambda: desk.delete(record.hash), lambda: desk.update(record.hash, label="late")):
        with pytest.raises(NoSuchKey):
            late()
    store.add(record)  # what a start does with the first keys
    assert desk.all() == []
