"""Two change keys at once, in two processes or two threads: neither undoes the other."""

import secrets
import subprocess
import sys
import threading
from decimal import Decimal

import pytest
from limits_kit import HeldClock
from msgspec import structs

from darkhorse.accounts.desk import KeyDesk, LastManagementKey
from darkhorse.catalog.limits import Limits
from darkhorse.wiring.keys import open_key_store


@pytest.fixture
def store(tmp_path):
    store = open_key_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def desk(store):
    return KeyDesk(store, HeldClock(), secrets.token_bytes)


def both(*changes):
    """Each in a thread; returns what they raised."""
    raised, ready = [], threading.Barrier(len(changes))

    def run(change):
        ready.wait()
        try:
            change()
        except LastManagementKey as e:
            raised.append(e)

    threads = [threading.Thread(target=run, args=(change,)) for change in changes]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return raised


CHANGES = {
    "label": (
        lambda desk, key: desk.update(key, label="renamed"),
        lambda record: record.label == "renamed",
    ),
    "disabled": (lambda desk, key: desk.disable(key), lambda record: record.disabled),
    "expires": (lambda desk, key: desk.expire(key, 5), lambda record: record.expires_us == 5),
    "a minute": (
        lambda desk, key: desk.limit(key, lambda old: structs.replace(old, requests_per_minute=3)),
        lambda record: record.limits.requests_per_minute == 3,
    ),
    "spend": (
        lambda desk, key: desk.update(
            key, limits=lambda old: structs.replace(old, spend_usd=Decimal(7))
        ),
        lambda record: record.limits.spend_usd == 7,
    ),
}


def test_every_change_that_is_made_stays(desk):
    for _ in range(10):
        _, record = desk.create("developer", label="x", limits=Limits(concurrent=2))
        both(*(lambda make=make, key=record.hash: make(desk, key) for make, _ in CHANGES.values()))
        left = desk.get(record.hash)
        assert [name for name, (_, is_there) in CHANGES.items() if not is_there(left)] == []
        assert left.limits.concurrent == 2


ENDS = {
    "delete": lambda desk, key: desk.delete(key),
    "disable": lambda desk, key: desk.disable(key),
    "update": lambda desk, key: desk.update(key, disabled=True),
    "expire": lambda desk, key: desk.expire(key, 5),
}


@pytest.mark.parametrize("end", ENDS)
def test_of_two_last_management_keys_one_stays(desk, end):
    for _ in range(8):
        (one, two) = (desk.create("management")[1].hash for _ in range(2))
        raised = both(lambda one=one: ENDS[end](desk, one), lambda two=two: ENDS[end](desk, two))
        assert len(raised) == 1
        for each in desk.all():
            desk.delete(each.hash, force=True)


def test_a_change_waits_for_one_in_another_process(store, desk, tmp_path):
    """The command sees what was written while it waited: it would have been the last key."""
    one, two = (desk.create("management", label=name)[1].hash for name in ("one", "two"))
    command = [sys.executable, "-m", "darkhorse", "key", "delete", two[:12], "--data", tmp_path]
    started = []

    def alter(record, _):
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        with pytest.raises(subprocess.TimeoutExpired):
            started[0].wait(2)
        return structs.replace(record, disabled=True)

    store.change(one, alter)
    _, told = started[0].communicate(timeout=30)
    assert (started[0].returncode, "No other management key" in told) == (1, True)
    assert [each.label for each in desk.all() if not each.disabled] == ["two"]


def test_what_is_raised_in_between_changes_nothing(store, desk):
    _, record = desk.create("developer", label="x")
    before = store.version()
    for attempt in (store.change, lambda key, alter: store.delete(key, 1, alter)):
        with pytest.raises(ZeroDivisionError):
            attempt(record.hash, lambda *_: 1 // 0)
    assert (desk.all(), store.version()) == ([record], before)


def test_a_change_is_given_the_others(store, desk):
    records = [desk.create("developer", label=name)[1] for name in "abc"]
    seen = []

    def alter(record, others):
        seen.append((record, sorted(each.label for each in others)))
        return record

    store.change(records[1].hash, alter)
    assert seen == [(records[1], ["a", "c"])]
