"""Notes of the operator in the state: kept by launch, changed, deleted, and gone with a draft."""

import itertools

import pytest
from msgspec import structs

from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.launches import file
from darkhorse.launches.desk import Desk, Reason
from darkhorse.storage.notes import Note, is_link
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.storage.state.migrations import open_state
from darkhorse.storage.state.notes import SqlNoteStore

LAUNCH = """\
[public]
slug = "stealth/{name}"
title = "A horse"
context = 1000
max_output = 500
[private]
maker = "Example Lab"
model = "Example-5"
[[private.endpoint]]
name = "east"
url = "http://127.0.0.1:1/v1"
"""


@pytest.fixture
def engine(tmp_path):
    engine = open_state(tmp_path / "state.sqlite", SystemClock())
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine):
    numbers = itertools.count(1)
    return SqlNoteStore(engine, lambda: f"note-{next(numbers)}")


@pytest.fixture
def desk(engine):
    numbers = itertools.count(1)
    return Desk(SqlLaunchStore(engine), SystemClock(), lambda: f"lch-{next(numbers)}")


@pytest.fixture
def pony(desk):
    return make(desk, "pony")


def make(desk, name):
    return desk.create(file.parse(LAUNCH.format(name=name), "a test"), Reason("ann", "made"))


def note(at_us=5, **more):
    return Note(**{"at_us": at_us, "text": "They like it.", **more})


def test_a_note_comes_back_as_it_went(store, pony):
    whole = note(text="a\nb\x1b[31m\0é", link="https://a.example/?q=1", source="A forum")
    kept = store.add(pony.id, whole)
    assert kept == structs.replace(whole, id="note-1")
    assert store.notes(pony.id) == [kept]


def test_newest_said_first_and_each_launch_by_itself(store, desk, pony):
    mule = make(desk, "mule")
    for at_us in (3, 9, 1):
        store.add(pony.id, note(at_us))
    store.add(mule.id, note(7))
    assert [each.at_us for each in store.notes(pony.id)] == [9, 3, 1]
    assert [each.at_us for each in store.notes(mule.id)] == [7]


def test_one_is_changed_and_no_other(store, pony):
    first, second = store.add(pony.id, note(1)), store.add(pony.id, note(2))
    new = structs.replace(first, text="They do not.", at_us=8)
    assert store.change(pony.id, new)
    assert store.notes(pony.id) == [new, second]


def test_one_is_deleted_for_good(store, pony):
    first, second = store.add(pony.id, note(1)), store.add(pony.id, note(2))
    assert store.delete(pony.id, first.id)
    assert not store.delete(pony.id, first.id)
    assert not store.change(pony.id, first)
    assert store.notes(pony.id) == [second]


def test_that_of_another_launch_is_out_of_reach(store, desk, pony):
    mule = make(desk, "mule")
    kept = store.add(pony.id, note())
    assert not store.delete(mule.id, kept.id)
    assert not store.change(mule.id, structs.replace(kept, text="x"))
    assert store.notes(pony.id) == [kept]


def test_there_is_a_most(store, pony, monkeypatch):
    monkeypatch.setattr("darkhorse.storage.state.notes.MOST", 2)
    for at_us in range(2):
        store.add(pony.id, note(at_us))
    with pytest.raises(ConfigError, match="2 notes at most; delete one first"):
        store.add(pony.id, note())
    assert len(store.notes(pony.id)) == 2


def test_a_draft_takes_its_notes_with_it(store, desk, pony):
    store.add(pony.id, note())
    desk.discard(pony)
    assert store.notes(pony.id) == []
    with pytest.raises(ConfigError, match="no such launch any more"):
        store.add(pony.id, note())


@pytest.mark.parametrize(
    "text", ["https://a.example", "http://a.example/x?y=1#z", "HTTPS://a.example/ä"]
)
def test_a_link(text):
    assert is_link(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "a.example", "javascript:alert(1)", "data:text/html,x", "//a.example", "https://"),
        *("ftp://a.example", " https://a.example", "https://a.example\n", "https:///x"),
        *("https://a.example/\u2028x", "https://a .example", "java\tscript:https://a.example"),
    ],
)
def test_no_link(text):
    assert not is_link(text)
