"""Old rows go into the table once, whatever dies on the way, and any engine reads it."""

import duckdb
import pytest
from sqlalchemy import event
from table_kit import HOUR_US, Mortal, Rows, as_dicts, by_polars, fill, newest_commit

from darkhorse.storage.ledger.sealed import sequences_of
from darkhorse.storage.ledger.table.seal import SealPolicy


def test_sealed_rows_are_the_rows_that_were(rows):
    fill(rows)
    before = as_dicts(rows.rows())
    assert len(before) == 8
    rows.seal_all()
    assert (rows.count("generation"), rows.count("place")) == (0, 8)
    assert as_dicts(rows.rows()) == by_polars(rows) == before
    files = [str(path) for path in rows.files() if path.suffix == ".parquet"]
    [[count, tokens]] = duckdb.execute(
        "SELECT count(*), sum(prompt_tokens) FROM read_parquet(?)", [files]
    ).fetchall()
    assert (count, tokens) == (8, sum(row["prompt_tokens"] for row in before))
    days = {path.parent.name for path in rows.files() if path.suffix == ".parquet"}
    assert {"day=2026-02-15", "day=2026-02-14"} <= days


def test_counts_stay_when_rows_go(rows):
    fill(rows)
    before = {name: found for name, found in rows.counted().items() if name != "generation"}
    rows.seal_all()
    after = {name: found for name, found in rows.counted().items() if name != "generation"}
    assert after == before


def test_what_is_sealed_is_found_by_its_id(rows):
    fill(rows)
    [row] = rows.facts.rows("SELECT start_seq, end_seq FROM generation WHERE id = 'gen-3'")
    rows.seal_all()
    with rows.facts.engine.connect() as connection:
        assert sequences_of(connection, "gen-3") == (row["start_seq"], row["end_seq"])
        assert sequences_of(connection, "gen-99") is None


def test_frames_that_come_again_are_not_counted_again(rows):
    fill(rows)
    rows.seal_all()
    before = rows.counted()
    fill(rows)
    assert rows.counted() == before
    rows.seal_all()
    assert len(by_polars(rows)) == 8


# --- which, and when ---


def test_what_runs_is_not_packed_or_has_just_ended_stays(tmp_path):
    rows = Rows(tmp_path, sealing=SealPolicy(every_us=0))
    rows.generate(0, seconds_ago=3700)
    rows.generate(1, seconds_ago=3500)
    rows.generate(2, seconds_ago=90_000)
    rows.generate(3, seconds_ago=90_000)
    rows.fold()
    rows.change("UPDATE generation SET outcome = NULL WHERE id = 'gen-3'")
    rows.packed = 5  # the end of gen-2 has the sequence 6
    rows.seal_all()
    left = {row["id"] for row in rows.facts.rows("SELECT id FROM generation")}
    assert left == {"gen-1", "gen-2", "gen-3"}
    rows.packed = 6
    rows.seal_all()
    assert rows.count("generation") == 2
    rows.close()


def test_a_few_wait_for_their_hour_and_many_do_not(tmp_path):
    rows = Rows(tmp_path, sealing=SealPolicy(most=4))
    fill(rows, range(3))
    rows.seal_all()
    assert rows.count("generation") == 0  # the first seal of all is due
    fill(rows, range(3, 6))
    rows.seal_all()
    assert rows.count("generation") == 3
    fill(rows, [6])
    rows.seal_all()
    assert rows.count("generation") == 0
    fill(rows, [7])
    rows.clock.us -= 2 * HOUR_US  # a clock that was set back holds nothing up
    rows.seal_all()
    assert rows.count("generation") == 0
    rows.close()


def test_when_very_many_wait_younger_ones_go_too(tmp_path):
    rows = Rows(tmp_path, sealing=SealPolicy(hurry_above=3, every_us=0))
    for number in range(3):
        rows.generate(number, seconds_ago=20 * 60)
    rows.fold()
    rows.seal_all()
    assert rows.count("generation") == 3
    rows.generate(3, seconds_ago=60)
    rows.fold()
    rows.seal_all()
    assert [row["id"] for row in rows.facts.rows("SELECT id FROM generation")] == ["gen-3"]
    rows.close()


# --- dying ---


def dying(rows, work, deaths):
    """Do `work` once, dying at every statement and every disk operation on the way; then done."""
    for nth in range(1000):
        rows.disk.left = nth
        rows.restart()
        statements = nth

        def die(*_):
            nonlocal statements
            statements -= 1
            if statements < 0:
                raise KeyboardInterrupt

        if deaths == "statements":
            rows.disk.left = 10**9
            event.listen(rows.facts.engine, "before_cursor_execute", die)
        try:
            work(rows)
        except KeyboardInterrupt:
            yield nth
        else:
            rows.restart()
            return


@pytest.mark.parametrize("deaths", ["statements", "disk"])
def test_a_death_anywhere_seals_nothing_twice_and_loses_nothing(tmp_path, deaths):
    rows = Rows(tmp_path, disk=Mortal())
    fill(rows)
    before, counted = as_dicts(rows.rows()), rows.counted()
    died = 0
    for died in dying(rows, lambda rows: rows.seal.step(), deaths):  # noqa: B007
        assert as_dicts(rows.rows()) == before  # without anybody mending it
    assert died >= 5
    rows.disk.left = 10**9
    rows.seal_all()
    assert by_polars(rows) == as_dicts(rows.rows()) == before
    assert rows.count("generation") == 0
    del counted["generation"]
    assert {name: rows.counted()[name] for name in counted} == counted
    rows.close()


@pytest.mark.parametrize("deaths", ["statements", "disk"])
def test_a_death_anywhere_in_compaction_loses_nothing(tmp_path, deaths):
    rows = Rows(tmp_path, disk=Mortal())
    for number in range(6):
        fill(rows, [number * 5, number * 5 + 1])
        rows.seal_all()
    before = as_dicts(rows.rows())

    def work(rows):
        while rows.compact.step():
            pass

    for _ in dying(rows, work, deaths):
        assert as_dicts(rows.rows()) == before
    rows.disk.left = 10**9
    rows.restart()
    work(rows)
    assert by_polars(rows) == as_dicts(rows.rows()) == before
    rows.close()


def half_sealed(tmp_path):
    """The commit of a second seal is written, and then nothing more."""
    rows = Rows(tmp_path, disk=Mortal())
    fill(rows)
    rows.seal_all()
    fill(rows, range(8, 12))
    rows.disk.left = 0
    with pytest.raises(KeyboardInterrupt):
        rows.seal.step()
    rows.disk.left = 10**9
    rows.restart()
    return rows


def torn(rows):
    path = newest_commit(rows)
    path.write_bytes(path.read_bytes()[:200])


def empty(rows):
    newest_commit(rows).write_bytes(b"")


def noise(rows):
    newest_commit(rows).write_bytes(bytes(300))


def no_parquet(rows):
    known = {row["path"] for row in rows.facts.rows("SELECT path FROM sealed_file")}
    for path in rows.files():
        if path.suffix == ".parquet" and str(path.relative_to(rows.layout.table)) not in known:
            path.unlink()


@pytest.mark.parametrize("spoil", [torn, empty, noise, no_parquet, lambda rows: None])
def test_what_a_power_cut_left_of_the_newest_commit_is_done_again(tmp_path, spoil):
    rows = half_sealed(tmp_path)
    before = as_dicts(rows.rows())
    spoil(rows)
    assert as_dicts(rows.rows()) == before
    rows.seal_all()
    assert by_polars(rows) == as_dicts(rows.rows()) == before
    assert len(before) == 12
    rows.close()


def test_facts_that_went_back_to_an_older_copy_seal_again(rows, tmp_path):
    fill(rows)
    rows.seal_all()
    fill(rows, range(8, 12))
    rows.facts.close()
    copy = (tmp_path / "facts.sqlite").read_bytes()
    rows.restart()
    before = as_dicts(rows.rows())
    rows.seal_all()
    rows.facts.close()
    (tmp_path / "facts.sqlite").write_bytes(copy)
    rows.restart()
    assert as_dicts(rows.rows()) == before
    rows.seal_all()
    assert by_polars(rows) == as_dicts(rows.rows()) == before


def test_facts_made_anew_make_the_same_table(rows):
    fill(rows)
    rows.seal_all()
    fill(rows, range(8, 11))
    rows.seal_all()
    before = by_polars(rows)
    rows.restart(anew=True)
    assert rows.rows() == []
    rows.fold()
    assert as_dicts(rows.rows()) == before  # the old table is there, and not asked
    rows.seal_all()
    assert by_polars(rows) == as_dicts(rows.rows()) == before
