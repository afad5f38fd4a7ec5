"""An erasure takes rows, counts and bytes away, wherever the chore is."""

import sqlite3
from contextlib import closing

import pytest
from traits_kit import tables_of

from darkhorse.analytics.describing import describer
from darkhorse.storage.erasures import Subject
from darkhorse.storage.ledger.forget.absent import places_of
from darkhorse.storage.ledger.traits.describing import Describing
from darkhorse.storage.ledger.traits.file import open_traits
from darkhorse.wiring.traits import open_describing
from forget.forget_kit import SUBJECTS, Ledger, canary, key_of, name_of, start_of

KINDS = ("prompt", "app")
LEFT = [(who, turn) for who in SUBJECTS for turn in range(3) if (who, turn) != ("ben", 0)]


@pytest.fixture
def ledgers(tmp_path):
    made = [Ledger(tmp_path / "ours"), Ledger(tmp_path / "theirs")]
    yield made
    for each in made:
        each.close()


@pytest.fixture
def chores():
    """Opened by tests, and open while the erasure runs, as in a keeper."""
    made = []
    yield made
    for each in made:
        each.close()


def describing(ledger, chores):
    chore = open_describing(ledger.layout, ledger.clock)
    chores.append(chore)
    return chore


def describe(chore):
    while chore.step():
        pass


def bytes_of(ledger):
    files = ledger.data.glob("traits.sqlite*")
    return b"".join(path.read_bytes() for path in files if not path.name.endswith("-shm"))


def words_of(subject):
    names = [name_of(subject, turn) for turn in range(3)]
    hashes = [start_of(subject, 0, 1).person, start_of(subject, 0, 1).session, key_of(subject)]
    return [*(canary(subject, kind) for kind in KINDS), *names, *hashes]


def test_no_byte_of_it_stays_and_the_others_are_as_if_it_had_never_been(ledgers, chores):
    ours, theirs = ledgers
    for ledger, subjects in ((ours, ("ann", "ben", "cyd")), (theirs, ("ann", "cyd"))):
        ledger.write(subjects)
        ledger.keep()
        describe(describing(ledger, chores))
    kept = bytes_of(ours)
    for word in words_of("ben"):
        assert word.encode() in kept, word
    ours.order(Subject(keys=(key_of("ben"),)))
    ours.run()
    kept = bytes_of(ours)
    for word in words_of("ben"):
        assert word.encode() not in kept, word
    assert places_of(ours.data, canary("ben", "prompt")) == []
    assert tables_of(ours.layout.traits) == tables_of(theirs.layout.traits)
    describe(chores[0])
    assert tables_of(ours.layout.traits) == tables_of(theirs.layout.traits)


def test_what_was_not_described_yet_never_is(ledgers, chores):
    """Its file was opened, and the chore stood still until all was over."""
    ours, theirs = ledgers
    chore = describing(ours, chores)
    ours.write()
    ours.keep()
    ours.order(Subject(people=(start_of("ann", 0, 1).person,)))
    ours.run()
    describe(chore)
    theirs.write(("ben", "cyd"))
    theirs.keep()
    describe(describing(theirs, chores))
    assert tables_of(ours.layout.traits) == tables_of(theirs.layout.traits)
    assert canary("ann", "app").encode() not in bytes_of(ours)


def test_a_journal_file_that_stayed_brings_nothing_back(ledgers, chores):
    """The chore stands in it. It was packed, and could not be removed."""
    ours, _ = ledgers
    ours.write()
    chore = Describing(ours.layout, ours.clock, describer(), batch=2)
    chores.append(chore)
    chore.step()
    path = next(ours.layout.journal.glob("*.dhj"))
    kept = path.read_bytes()
    ours.keep()
    ours.order(Subject(generations=(name_of("ben", 0),)))
    ours.run()
    path.write_bytes(kept)
    describe(chore)
    names = {row["id"] for row in tables_of(ours.layout.traits)[0]}
    assert names == {name_of(*each) for each in LEFT}


def test_a_file_of_another_shape_holds_nothing_any_more(ledgers, chores):
    ours, _ = ledgers
    ours.write()
    ours.keep()
    describe(describing(ours, chores))
    with closing(sqlite3.connect(ours.layout.traits)) as connection, connection:
        connection.execute("UPDATE shape SET number = 99")
    ours.order(Subject(keys=(key_of("ben"),)))
    ours.run()
    assert canary("ben", "prompt").encode() not in bytes_of(ours)
    chore = Describing(ours.layout, ours.clock, describer())
    chores.append(chore)
    describe(chore)
    assert len(tables_of(ours.layout.traits)[0]) == 6


def test_what_is_to_be_forgotten_outlives_another_version(ledgers, chores):
    ours, _ = ledgers
    chore = describing(ours, chores)
    ours.write()
    ours.keep()
    ours.order(Subject(generations=(name_of("ben", 0),)))
    ours.run()
    chore.close()
    open_traits(ours.layout.traits, 77).dispose()
    with closing(sqlite3.connect(ours.layout.traits)) as connection:
        assert connection.execute("SELECT count(*) FROM forgotten").fetchone() == (1,)
