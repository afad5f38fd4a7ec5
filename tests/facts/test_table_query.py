"""Lists of generations: what a plain filter of all rows says, wherever the rows are just now."""

import contextlib
import tempfile
from pathlib import Path

import pytest
from facts_kit import LISTINGS
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from table_kit import DAY_US, HOUR_US, NOON, Rows

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger.facts import FACTS_FILE
from darkhorse.storage.ledger.table.query import Filters, GenerationsList

KEYS = ("aa" * 32, "bb" * 32, "cc" * 32)
APPS = ({"app_url": "https://one.example"}, {"app_url": "", "app_title": ""})


def add(rows, number):
    rows.generate(
        number,
        seconds_ago=4000 * (1 + number % 9),
        key=KEYS[number % 3],
        **APPS[number % 2],
    )


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """60 generations: most in the table, in several files, 12 in SQLite, one of them running."""
    rows = Rows(tmp_path_factory.mktemp("data"))
    for number in range(60):
        add(rows, number)
        if number in (15, 30, 47):
            rows.fold()
            rows.seal_all()
    rows.fold()
    rows.change("UPDATE generation SET outcome = NULL, finish = NULL WHERE id = 'gen-59'")
    yield rows
    rows.close()


def fits(row, filters):
    return (
        (filters.since_us is None or row.at_us >= filters.since_us)
        and (filters.until_us is None or row.at_us < filters.until_us)
        and all(
            getattr(filters, name) in (None, getattr(row, name))
            for name in ("listing", "key", "app", "finish", "outcome")
        )
        and (row.outcome is not None or not filters.ended)
    )


def maybe(*values):
    return st.sampled_from([None, None, *values])


FILTERS = st.builds(
    Filters,
    since_us=maybe(NOON - 7 * HOUR_US, NOON - 3 * HOUR_US, NOON),
    until_us=maybe(NOON - 7 * HOUR_US, NOON - 2 * HOUR_US, 0),
    listing=maybe(*LISTINGS, "no/such"),
    key=maybe(*KEYS),
    app=maybe(app_of("https://one.example", "").id, 5),
    finish=maybe("stop", "length"),
    outcome=maybe("done", "failed"),
    ended=st.booleans(),
)


@given(filters=FILTERS, limit=st.integers(1, 70))
@settings(max_examples=60, deadline=None)
def test_it_is_what_a_plain_filter_says(full, filters, limit):
    everything = list(full.list.rows(Filters()))
    assert len(everything) == 60
    fitting = [row for row in everything if fits(row, filters)]
    assert list(full.list.rows(filters, page=7)) == fitting
    assert list(full.list.newest(filters, limit)) == fitting[::-1][:limit]
    assert list(full.list.newest(filters, limit, page=7)) == fitting[::-1][:limit]


def test_rows_say_all_of_it(full):
    [sealed] = [row for row in full.list.rows(Filters()) if row.id == "gen-4"]
    assert (sealed.listing, sealed.dialect, sealed.endpoint) == (LISTINGS[0], "chat", "second")
    assert (sealed.prompt_tokens, sealed.completion_tokens, sealed.reasoning_tokens) == (24, 34, 5)
    assert (sealed.first_token_us, sealed.duration_us, sealed.attempts) == (12_500, 99_500, 2)
    assert (sealed.outcome, sealed.finish, sealed.status) == ("done", "stop", 200)
    assert (sealed.start_seq, sealed.end_seq) == (9, 10)
    running = [row for row in full.list.newest(Filters(), 60) if row.outcome is None]
    assert [row.id for row in running] == ["gen-59"]


def test_where_there_is_nothing_there_is_no_row(tmp_path):
    reader = GenerationsList(tmp_path / FACTS_FILE, tmp_path / "table")
    assert [*reader.newest(Filters()), *reader.rows(Filters())] == []
    reader.close()
    assert list(tmp_path.iterdir()) == []


@given(steps=st.lists(st.sampled_from(["seal", "compact", "add", "die"]), max_size=12))
@settings(max_examples=10, deadline=None)
def test_while_it_is_being_read_nothing_is_told_twice_or_left_out(steps):
    """The keeper does a step behind every row that is read; what is new may be in it or not."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Rows(Path(folder))
        for number in range(12):
            add(rows, number)
        rows.fold()
        told, todo = [], list(steps)
        for row in rows.list.rows(Filters(), page=2):
            told.append(row.id)
            if todo:
                take(rows, todo.pop())
        assert len(told) == len(set(told))
        assert {f"gen-{number}" for number in range(12)} <= set(told)
        rows.close()


def take(rows, step):
    match step:
        case "seal":
            rows.seal_all()
        case "compact":
            while rows.compact.step():
                pass
        case "add":
            add(rows, 12 + rows.journal.sequence)
            rows.fold()
        case "die":
            die_half_way(rows)


def die_half_way(rows):
    """Behind the commit to the table, ahead of the one that makes it count."""

    def die(*words):
        if "INSERT INTO place" in words[2]:
            raise KeyboardInterrupt

    event.listen(rows.facts.engine, "before_cursor_execute", die)
    with contextlib.suppress(KeyboardInterrupt):
        rows.seal.step()
    rows.restart()


def test_a_long_list_is_never_in_memory_as_a_whole(full):
    watched = full.list._scan = Watched(full.list._scan)
    told = full.list.newest(Filters(), 60, page=7)
    next(told)
    assert watched.most <= 7
    assert len(list(told)) == 59
    assert watched.most <= 7
    full.list._scan = watched.scan


class Watched:
    """A scan that notes which files it was asked for, and the longest answer."""

    def __init__(self, scan):
        self.scan, self.asked, self.most = scan, [], 0

    def ask(self, query, files, values):
        self.asked += files
        found = self.scan.ask(query, files, values)
        self.most = max(self.most, len(found))
        return found

    def close(self):
        self.scan.close()


def test_files_in_which_no_row_can_be_are_not_opened(rows):
    for days_ago in (3, 2, 1):
        for number in range(4):
            rows.generate(10 * days_ago + number, seconds_ago=days_ago * 86_400)
        rows.fold()
        if days_ago > 1:
            rows.seal_all()
    watched = rows.list._scan = Watched(rows.list._scan)
    assert len(list(rows.list.newest(Filters(), 4))) == 4
    assert watched.asked == []
    assert len(list(rows.list.newest(Filters(until_us=NOON - 60 * HOUR_US), 9))) == 4
    assert [file.day for file in watched.asked] == [NOON // DAY_US - 3]
    assert len(list(rows.list.newest(Filters(), 9))) == 9
    assert len(watched.asked) == 1 + 2
