"""Small files become few, the log stays short, and no row changes."""

import polars as pl
from facts_kit import end, start
from table_kit import DAY_US, HOUR_US, Rows, as_dicts

from darkhorse.storage.ledger.table.seal import CompactPolicy


def seal_some(rows, seals, first=0, **more):
    for number in range(first, first + seals):
        rows.generate(2 * number, **more)
        rows.generate(2 * number + 1, **more)
        rows.fold()
        rows.seal_all()


def compact_all(rows):
    steps = 0
    while rows.compact.step():
        steps += 1
    return steps


def test_many_small_files_become_one_and_old_ones_go(rows):
    seal_some(rows, 5, seconds_ago=7200)
    before = as_dicts(rows.rows())
    assert rows.count("sealed_file") == 5
    assert compact_all(rows) > 0
    assert rows.count("sealed_file") == 1
    parquet = [path for path in rows.files() if "day=" in str(path)]
    assert len(parquet) == 1
    assert as_dicts(rows.rows()) == before
    frame = pl.read_delta(str(rows.layout.table))
    assert sorted(frame["id"]) == sorted(row["id"] for row in before)
    assert compact_all(rows) == 0
    modes = {path.stat().st_mode & 0o777 for path in rows.layout.table.rglob("*")}
    assert modes == {0o600, 0o700}


def test_the_log_begins_at_a_checkpoint(rows):
    seal_some(rows, 6, seconds_ago=7200)
    compact_all(rows)
    log = {path.name for path in (rows.layout.table / "_delta_log").iterdir()}
    assert len([name for name in log if name.endswith(".json")]) <= 4
    assert any("checkpoint" in name for name in log)
    rows.restart()
    seal_some(rows, 6, first=6, seconds_ago=7200)
    compact_all(rows)
    checkpoints = list((rows.layout.table / "_delta_log").glob("*.checkpoint.parquet"))
    assert len(checkpoints) == 1
    assert pl.read_delta(str(rows.layout.table)).height == 24 == len(rows.rows())


def test_a_day_that_is_over_is_put_together_within_the_hour(tmp_path):
    rows = Rows(tmp_path, compacting=CompactPolicy(log_length=1000))
    seal_some(rows, 2, seconds_ago=DAY_US // 1_000_000)
    seal_some(rows, 3, first=2, seconds_ago=7200)
    assert compact_all(rows) == 0
    rows.clock.us += HOUR_US
    assert compact_all(rows) == 1
    assert rows.count("sealed_file") == 1 + 3
    assert compact_all(rows) == 0
    rows.close()


def test_nothing_is_made_where_nothing_was_sealed(rows):
    rows.generate(0)
    rows.fold()
    assert compact_all(rows) == 0
    assert not rows.layout.table.exists()


def test_addresses_are_forgotten_after_a_week(rows):
    for days_ago in (0, 6, 8, 30):
        at_us = rows.clock.us - days_ago * DAY_US
        rows.journal.append(start(days_ago, at_us=at_us), end(days_ago))
    rows.fold()
    rows.compact.step()
    today = rows.clock.us // DAY_US
    assert [row["day"] for row in rows.facts.rows("SELECT day FROM used ORDER BY day")] == [
        today - 6,
        today,
    ]
