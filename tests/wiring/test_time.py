"""The clock of a process is never behind what this data directory has seen."""

import sqlite3
import time

import pytest

from darkhorse.storage.ledger.facts import FACTS_FILE
from darkhorse.wiring.state import STATE_FILE
from darkhorse.wiring.time import newest_us, steady_clock

HOUR = 3_600_000_000


def note(path, table, *moments):
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (at_us INTEGER)")
        connection.executemany(f"INSERT INTO {table} VALUES (?)", [(at,) for at in moments])
    connection.close()


def test_an_empty_directory_has_seen_nothing(tmp_path):
    assert newest_us(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("moved", "asked"), [(5, 7), (7, 5), (7, None), (None, 7)])
def test_the_newest_of_moves_and_generations_counts(tmp_path, moved, asked):
    if moved:
        note(tmp_path / STATE_FILE, "launch_move", 1, moved, 2)
    if asked:
        note(tmp_path / FACTS_FILE, "generation", 1, asked, 2)
    assert newest_us(tmp_path) == 7


def test_what_has_no_rows_no_tables_or_is_no_database_says_nothing(tmp_path):
    note(tmp_path / STATE_FILE, "launch_move")
    assert newest_us(tmp_path) == 0
    note(tmp_path / FACTS_FILE, "something_else", 9)
    assert newest_us(tmp_path) == 0
    (tmp_path / FACTS_FILE).write_bytes(b"no database, but long enough to look at" * 50)
    note(tmp_path / STATE_FILE, "launch_move", 3)
    assert newest_us(tmp_path) == 3


def test_a_machine_that_woke_in_the_past_goes_on_from_there(tmp_path):
    seen = time.time_ns() // 1000 + 5 * HOUR
    note(tmp_path / STATE_FILE, "launch_move", seen)
    clock = steady_clock(tmp_path)
    assert seen <= clock.now_us() < seen + HOUR
    assert clock.doubts
