"""What the reader refuses to pass over."""

import sqlite3
from contextlib import closing

import pytest
from msgspec import structs
from packed_kit import frames_of, journal_file, pack_all

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.index import INDEX_FILE, Gap, open_index
from darkhorse.storage.ledger.packed.reader import Packed

LAST = 12


@pytest.fixture
def layout(tmp_path):
    """Twelve frames, a block of records each."""
    layout = Layout(tmp_path)
    journal_file(layout, 1, frames_of([(b"asked " * 99, b"said " * 99)] * 6))
    pack_all(layout, block_size=1)
    return layout


def lose_places(layout, first, last):
    """The index forgets where these records are."""
    with closing(sqlite3.connect(layout.packed / INDEX_FILE)) as sql, sql:
        sql.execute(
            "DELETE FROM block WHERE stream = 1 AND first BETWEEN ? AND ?",
            (first, last),
        )


def record_gaps(layout, *gaps):
    with closing(open_index(layout.packed)) as index, index.commit():
        for first, last in gaps:
            index.put_gap(Gap(first, last, "a file"))


def sequences(layout):
    with closing(Packed(layout.packed)) as packed:
        return [meta.sequence for meta in packed.metas()]


@pytest.mark.parametrize(("first", "last"), [(1, 2), (5, 8), (11, LAST)])
def test_records_that_the_index_has_lost_are_told(layout, first, last):
    assert sequences(layout) == list(range(1, LAST + 1))
    lose_places(layout, first, last)
    with pytest.raises(ConfigError, match=f"no place for frames {first} to {last}"):
        sequences(layout)


@pytest.mark.parametrize("gaps", [[(5, 8)], [(5, 6), (7, 8)], [(4, 5), (6, 9)]])
def test_a_gap_that_is_known_is_passed_over(layout, gaps):
    lose_places(layout, 5, 8)
    record_gaps(layout, *gaps)
    assert sequences(layout) == [1, 2, 3, 4, 9, 10, 11, 12]


@pytest.mark.parametrize("gaps", [[(5, 7)], [(6, 8)], [(5, 5), (8, 8)], [(1, 4), (9, 9)]])
def test_a_part_of_it_that_is_known_is_not_enough(layout, gaps):
    lose_places(layout, 5, 8)
    record_gaps(layout, *gaps)
    with pytest.raises(ConfigError, match="no place for frames 5 to 8"):
        sequences(layout)


@pytest.mark.parametrize("more", [-1, 1])
def test_a_body_of_another_length_is_told(layout, more):
    with closing(Packed(layout.packed)) as packed:
        meta = packed.meta(3)
        assert len(packed.body(meta)) == meta.size
        with pytest.raises(ConfigError, match="frame 3 has lost a part of its body"):
            packed.body(structs.replace(meta, size=meta.size + more))
