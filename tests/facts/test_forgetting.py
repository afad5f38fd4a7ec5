"""What is forgotten never was: every table is what a fold without it makes."""

import tempfile
from pathlib import Path

import duckdb
import pytest
from facts_kit import LISTINGS, end, start
from hypothesis import given, settings
from hypothesis import strategies as st
from table_kit import HOUR_US, NOON, Rows, as_dicts

from darkhorse.storage.ledger.forgetting import forget
from darkhorse.storage.records import Attempt
from darkhorse.storage.state.engine import writing
from darkhorse.wire.chunks import Usage

GENERATION = st.fixed_dictionaries(
    {
        "hours_ago": st.sampled_from([2, 3, 26]),
        "listing": st.sampled_from(LISTINGS),
        "key": st.sampled_from(["aa" * 32, "bb" * 32]),
        "address": st.sampled_from(["", "ad" * 12]),
        "person": st.sampled_from(["", "p", "q", "r"]),
        "session": st.sampled_from(["", "s", "t"]),
        "app_url": st.sampled_from(["", "https://one.example", "https://two.example/x"]),
        "app_title": st.sampled_from(["", "First", "Second"]),
        "outcome": st.sampled_from(["done", "done", "failed", "cancelled", "interrupted", None]),
        "status": st.sampled_from([200, 400, 502]),
        "streamed": st.booleans(),
        "usage": st.sampled_from([None, Usage(7, 5, 2), Usage(3, 0)]),
        "micro_usd": st.sampled_from([0, 0, 9]),
        "duration_ms": st.sampled_from([3.25, 900.5, 900.5]),
        "first_token_ms": st.sampled_from([None, 2.5]),
        "where": st.sampled_from(["sealed", "sealed", "recent"]),
        "is_forgotten": st.booleans(),
    }
)
_OF_START = ("listing", "key", "address", "person", "session", "app_url", "app_title", "streamed")
_OF_END = ("outcome", "status", "usage", "micro_usd", "duration_ms", "first_token_ms")
_ATTEMPTS = (
    Attempt(endpoint="one", duration_ms=1.5, outcome="timeout"),
    Attempt(endpoint="two", duration_ms=20, outcome="ok"),
)


def pair_of(number, made):
    at_us = NOON - made["hours_ago"] * HOUR_US + number
    begun = start(number, at_us=at_us, **{name: made[name] for name in _OF_START})
    if made["outcome"] is None:
        return begun, None
    attempts = _ATTEMPTS[: number % 3]
    more = {name: made[name] for name in _OF_END}
    return begun, end(number, at_us=at_us, attempts=attempts, **more)


def append(rows, pairs):
    rows.journal.append(*(record for pair in pairs for record in pair if record is not None))
    rows.fold()


def forget_all(rows, pairs):
    with writing(rows.facts.engine).begin() as connection:
        return forget(connection, pairs)


def finish(rows):
    while rows.table.forget_rows():
        pass


def listed(rows):
    """But for the frames' sequences."""
    return [{**row, "start_seq": 0, "end_seq": 0} for row in as_dicts(rows.rows())]


def counted(rows):
    found = rows.counted()
    del found["generation"]
    return found


@given(made=st.lists(GENERATION, max_size=14), compacted=st.booleans(), slices=st.integers(1, 3))
@settings(max_examples=15, deadline=None)
def test_it_is_as_if_it_had_never_been(made, compacted, slices):
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        rows, without = Rows(Path(one)), Rows(Path(two))
        numbered = list(enumerate(made))
        pairs = [pair_of(*each) for each in numbered]
        for where in ("sealed", "recent"):
            append(rows, [pairs[n] for n, each in numbered if each["where"] == where])
            kept = [n for n, each in numbered if not each["is_forgotten"]]
            append(without, [pairs[n] for n in kept if made[n]["where"] == where])
            if where == "sealed":
                rows.seal_all()
        gone = [pairs[n] for n, each in numbered if each["is_forgotten"]]
        for first in range(slices):
            some = gone[first::slices]
            assert forget_all(rows, some) == len(some)
            if first == 1:
                rows.table.forget_rows()
        assert listed(rows) == listed(without)
        finish(rows)
        assert counted(rows) == counted(without)
        assert listed(rows) == listed(without)
        assert forget_all(rows, gone) == 0
        while compacted and rows.compact.step():
            pass
        assert not (compacted and rows.count("forgotten"))
        assert counted(rows) == counted(without)
        assert listed(rows) == listed(without)
        rows.close()
        without.close()


def test_its_fault_and_its_speed_go_with_it(rows):
    pairs = []
    for number in range(4):
        begun = start(number, at_us=NOON + number, streamed=True)
        how = {"outcome": "done", "usage": Usage(7, 50)} if number < 2 else {"outcome": "failed"}
        pairs.append((begun, end(number, **how, status=502, duration_ms=500.0 * (number + 1))))
    append(rows, pairs)
    before = rows.facts.rows(
        "SELECT sum(faulted) AS faults, group_concat(speed) AS speeds FROM hour"
    )
    assert (before[0]["faults"], before[0]["speeds"].count(":")) == (2, 2)
    forget_all(rows, pairs[1:3])
    (left,) = rows.facts.rows("SELECT faulted, speed FROM hour WHERE listing LIKE '%mule%'")
    assert (left["faulted"], left["speed"]) == (1, "{}")
    forget_all(rows, pairs[3:])
    (left,) = rows.facts.rows("SELECT faulted, speed FROM hour")
    assert (left["faulted"], left["speed"].count(":")) == (0, 1)


def test_an_app_is_called_what_the_oldest_that_is_left_called_it(rows):
    titles = ("First", "", "Second", "Third")
    pairs = [rows.generate(number, app_title=title) for number, title in enumerate(titles)]
    rows.fold()
    rows.seal_all()
    for gone, name in ((0, "Second"), (2, "Third"), (3, "")):
        assert forget_all(rows, [pairs[gone]]) == 1
        finish(rows)
        assert [row["name"] for row in rows.facts.rows("SELECT name FROM app")] == [name]
    forget_all(rows, [pairs[1]])
    finish(rows)
    assert rows.count("app") == 0


def everything(rows):
    return b"".join(path.read_bytes() for path in rows.files())


def cells(rows):
    """All that can be read from the table's files, whatever its log says."""
    parquet = [str(path) for path in rows.layout.table.rglob("part-*.parquet")]
    return repr(duckdb.execute("SELECT * FROM read_parquet(?)", [parquet]).fetchall())


def test_no_byte_of_it_stays_in_the_table(rows):
    canary = {"user_agent": "canary-agent", "key": "ca" * 32, "session": "5e55" * 6}
    gone = []
    for number in range(12):
        gone.append(rows.generate(number, **canary if number % 4 == 1 else {}))
        if number % 3 == 2:
            rows.fold()
            rows.seal_all()
    for word in ("canary-agent", "gen-5'"):
        assert word in cells(rows)
    forget_all(rows, gone[1::4])
    finish(rows)
    for word in ("canary-agent", "ca" * 32, "5e55" * 6, "gen-5'"):
        assert word not in cells(rows)
        assert word.encode() not in everything(rows)
    assert len(rows.rows()) == 9
    assert len(list(rows.layout.table.rglob("part-*.parquet"))) == rows.count("sealed_file")


def test_all_may_go(rows):
    gone = [rows.generate(number) for number in range(3)]
    rows.fold()
    rows.seal_all()
    forget_all(rows, gone)
    while rows.compact.step():
        pass
    assert rows.rows() == []
    assert [path for path in rows.files() if "day=" in str(path)] == []
    for name, found in rows.counted().items():
        assert found == [], name
    rows.generate(9)
    rows.fold()
    rows.seal_all()
    assert [row.id for row in rows.rows()] == ["gen-9"]


def test_one_that_was_sealed_has_an_end(rows):
    begun, _ = rows.generate(0)
    rows.fold()
    rows.seal_all()
    with pytest.raises(ValueError, match="has an end"):
        forget_all(rows, [(begun, None)])
