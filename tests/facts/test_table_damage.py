"""A damaged table is a sentence with the file and the command; what is personal is not told."""

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake
from table_kit import NOON, fill, newest_commit

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.sealed import read_sealing


def first_parquet(rows):
    return next(path for path in rows.files() if path.suffix == ".parquet")


def missing(rows):
    path = first_parquet(rows)
    path.unlink()
    return path


def cut(rows):
    path = first_parquet(rows)
    path.write_bytes(path.read_bytes()[:-1])
    return path


def no_log(rows):
    path = newest_commit(rows)
    path.unlink()
    return path.parent


def spoiled_log(rows):
    newest_commit(rows).write_bytes(b"{")
    return newest_commit(rows).parent


def anothers_log(rows):
    path = newest_commit(rows)
    path.write_text(path.read_text().replace("darkhorse-facts", "somebody-else"))
    return path.parent


@pytest.mark.parametrize("spoil", [missing, cut, no_log, spoiled_log, anothers_log])
def test_older_damage_is_a_sentence_with_the_file_and_the_command(rows, spoil):
    fill(rows)
    rows.seal_all()
    named = spoil(rows)
    rows.restart()
    fill(rows, [20])
    with pytest.raises(ConfigError) as caught:
        rows.seal.step()
    assert str(named) in str(caught.value)
    assert "darkhorse ledger repair" in str(caught.value)
    assert rows.count("generation") == 1


def spoiled(rows):
    path = first_parquet(rows)
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("spoil", [missing, cut, spoiled])
def test_a_damaged_file_is_told_to_who_reads(rows, spoil):
    fill(rows)
    rows.seal_all()
    spoil(rows)
    with pytest.raises(ConfigError, match="darkhorse ledger repair"):
        rows.rows()


def test_anothers_table_is_left_alone(rows):
    frame = pl.DataFrame({"theirs": [1]})
    for _ in range(2):
        write_deltalake(rows.layout.table, frame, mode="append")
    fill(rows)
    with pytest.raises(ConfigError, match="not this ledger's"):
        rows.seal.step()
    assert pl.read_delta(str(rows.layout.table)).height == 2


# --- privacy ---


def test_nothing_personal_is_in_statistics_and_all_is_the_owners(rows):
    canaries = {
        "key": "ka" * 32,
        "address": "ad" * 12,
        "person": "fe" * 12,
        "session": "5e" * 12,
        "user_agent": "canary/agent",
        "app_url": "https://canary.example",
        "app_title": "Canary title",
    }
    fill(rows, **canaries)
    rows.seal_all()
    rows.table.shorten_log()
    log = b"".join(path.read_bytes() for path in (rows.layout.table / "_delta_log").iterdir())
    for canary in (*canaries.values(), "gen-3"):
        assert canary.encode() not in log
    files = [str(path) for path in rows.files() if "day=" in str(path)]
    known = duckdb.execute(
        "SELECT DISTINCT path_in_schema FROM parquet_metadata(?) WHERE stats_min_value IS NOT NULL "
        "OR stats_min IS NOT NULL OR bloom_filter_length IS NOT NULL",
        [files],
    ).fetchall()
    assert not {name for (name,) in known} & {"id", *canaries}
    assert {"at_us"} <= {name for (name,) in known}
    modes = {path.stat().st_mode & 0o777 for path in rows.layout.table.rglob("*")}
    assert modes == {0o600, 0o700}


def test_a_seal_is_a_transaction_of_the_table(rows):
    for numbers in (range(3), range(3, 5)):
        fill(rows, numbers)
        rows.seal_all()
    table = DeltaTable(rows.layout.table)
    with open_facts(rows.data / "facts.sqlite").connect() as connection:
        state = read_sealing(connection)
    assert table.transaction_version("darkhorse-facts") == state.number == 2
    assert table.version() == state.version
    assert state.sealed_us == NOON
