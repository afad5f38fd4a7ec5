"""`darkhorse ledger repair`: what it makes again, what it gives up, and what it never touches."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from journal_kit import flip, write_file
from packed_damage_kit import Ledger

from darkhorse.base.errors import ConfigError
from darkhorse.cli.ledger import ledger as command
from darkhorse.storage.ledger.mark import mark_path, read_mark
from darkhorse.storage.ledger.packed.check import check_packed
from darkhorse.storage.ledger.packed.index import INDEX_FILE, Gap, read_index
from darkhorse.wiring.keeper.chores import Means, rounds
from darkhorse.wiring.ledger_repair import RepairReport, repair
from darkhorse.wiring.ledger_verify import verify_ledger
from darkhorse.wiring.lock import keeping
from darkhorse.wiring.time import steady_clock


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "data", files=3, turns=2)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def repaired(ledger: Ledger, *, accept: bool = False) -> RepairReport:
    return repair(ledger.data, lambda _: accept)


def keep(ledger: Ledger) -> None:
    """What a keeper does until there is nothing left to do."""
    work = rounds(ledger.data, steady_clock(ledger.data), Means(), search=True)
    work.finish([duty.name for duty in work.duties], 60)
    assert [duty.report.problem for duty in work.duties if duty.report.problem] == []
    work.close()


def set_aside(ledger: Ledger) -> list[str]:
    return sorted(path.name for path in ledger.layout.damaged.rglob("*") if path.is_file())


def rows(ledger: Ledger) -> list[tuple[object, ...]]:
    """All of the index, SQLite's own numbers left out."""
    index = read_index(ledger.layout.packed)
    assert index
    tables = ("blob_name", "node_name", "segment", "block", "tally", "mark", "gap")
    with closing(index):
        return [row for table in tables for row in sorted(index.ask(f"SELECT * FROM {table}"))]


def lose_the_index(ledger: Ledger) -> None:
    (ledger.layout.packed / INDEX_FILE).unlink()


def empty_the_index(ledger: Ledger) -> None:
    (ledger.layout.packed / INDEX_FILE).write_bytes(b"")


def spoil_the_index(ledger: Ledger) -> None:
    (ledger.layout.packed / INDEX_FILE).write_bytes(b"x" * 8192)


@pytest.mark.parametrize("damage", [lose_the_index, empty_the_index, spoil_the_index])
def test_the_index_is_made_again_as_it_was(
    ledger: Ledger, damage: Callable[[Ledger], None]
) -> None:
    before = rows(ledger)
    damage(ledger)
    report = repaired(ledger)
    assert (report.ok, report.lost) == (True, [])
    assert rows(ledger) == before
    assert ledger.frames() == ledger.whole
    assert verify_ledger(ledger.data).ok


def test_index_and_mark_lost_together_are_made_again_from_segments_and_journal(
    ledger: Ledger,
) -> None:
    before, mark = rows(ledger), read_mark(ledger.layout.journal)
    lose_the_index(ledger)
    mark_path(ledger.layout.journal).write_bytes(b"")
    assert repaired(ledger).ok
    assert read_mark(ledger.layout.journal) == mark
    assert rows(ledger) == before
    assert "relay.packed" in set_aside(ledger)


def test_bytes_that_were_never_committed_are_not_taken_for_frames(ledger: Ledger) -> None:
    """A keeper died ahead of its commit, and then the index was lost."""
    before, segments = rows(ledger), {path: path.read_bytes() for path in ledger.segments()}
    write_file(ledger.layout.journal, 5, [])
    ledger.pack()
    for path, content in segments.items():
        assert path.read_bytes().startswith(content)
        assert len(path.read_bytes()) > len(content)
    packed = {path: path.read_bytes() for path in ledger.segments()}
    ledger.restore()
    for path, content in packed.items():
        path.write_bytes(content)
    lose_the_index(ledger)
    assert repaired(ledger).ok
    assert rows(ledger) == before
    ledger.pack()
    assert ledger.frames() == ledger.whole


@pytest.mark.parametrize("stream", ["blobs", "chains", "records"])
def test_what_is_lost_is_given_up_only_when_that_is_said(ledger: Ledger, stream: str) -> None:
    keep(ledger)
    path = ledger.layout.packed / f"{stream}-00000001-0.dhs"
    flip(path, path.stat().st_size - 1)
    damaged = path.read_bytes()
    refused = repaired(ledger)
    assert not refused.ok
    assert path.name in refused.left[0]
    assert path.read_bytes() == damaged
    report = repaired(ledger, accept=True)
    assert report.ok
    assert "gen-6" in report.lost
    assert path.name in set_aside(ledger)
    left = ledger.frames()
    assert left == [frame for frame in ledger.whole if frame in left]
    assert len(left) == len(ledger.whole) - 2 * len(report.lost)
    keep(ledger)
    after = verify_ledger(ledger.data)
    assert after.problems() == []
    assert after.packed.counts.erased == 2 * len(report.lost)


def test_a_segment_that_is_gone_costs_what_was_in_it(ledger: Ledger) -> None:
    path = ledger.layout.packed / "records-00000001-0.dhs"
    path.unlink()
    report = repaired(ledger, accept=True)
    assert report.ok
    assert ledger.frames() == []
    assert check_packed(ledger.layout.packed).ok
    keep(ledger)  # the journal's newest file goes on behind it
    assert verify_ledger(ledger.data).ok


def test_a_damaged_journal_file_is_packed_where_it_is_whole_and_set_aside(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "data", files=2, turns=2)
    path = ledger.layout.journal / "relay-00000003.dhj"
    whole = path.read_bytes()
    flip(path, len(whole) // 2)
    write_file(ledger.layout.journal, 4, [])
    with pytest.raises(ConfigError, match=r"relay-00000003\.dhj: bytes .* `darkhorse ledger rep"):
        ledger.pack()
    assert not repaired(ledger).ok
    report = repaired(ledger, accept=True)
    assert report.ok
    assert "relay-00000003.dhj" in report.done[0]
    keep(ledger)
    assert (ledger.layout.damaged / path.name).exists()
    found = verify_ledger(ledger.data)
    assert found.problems() == []
    assert [gap.file for gap in found.packed.gaps] == [path.name]


def test_a_packed_directory_that_is_older_than_its_journal_is_told(ledger: Ledger) -> None:
    """A backup of packed/ was put back, and the journal files behind it are long gone."""
    older = Ledger(ledger.data.with_name("older"), files=1, turns=2)
    for path in ledger.layout.packed.iterdir():
        path.unlink()
    for path in older.layout.packed.iterdir():
        (ledger.layout.packed / path.name).write_bytes(path.read_bytes())
    report = verify_ledger(ledger.data)
    assert [fault.file for fault in report.faults] == ["relay.packed"]
    assert not repaired(ledger).ok
    assert repaired(ledger, accept=True).ok
    found = verify_ledger(ledger.data)
    assert found.problems() == []
    assert found.packed.gaps == (Gap(5, 12, "packed"),)
    keep(ledger)
    assert verify_ledger(ledger.data).ok


@pytest.mark.parametrize("name", ["facts.sqlite", "search.sqlite", "traits.sqlite"])
def test_what_the_keeper_can_make_is_set_aside_for_it(ledger: Ledger, name: str) -> None:
    keep(ledger)
    (ledger.data / name).write_bytes(b"not a database, but as long as one" * 200)
    for leftover in ledger.data.glob(f"{name}-*"):
        leftover.unlink()
    assert any(name in problem for problem in verify_ledger(ledger.data).problems())
    assert repaired(ledger).ok
    assert name in set_aside(ledger)
    keep(ledger)
    assert verify_ledger(ledger.data).problems() == []


def test_a_table_half_written_is_found_and_made_anew(ledger: Ledger) -> None:
    keep(ledger)
    files = sorted(ledger.layout.table.rglob("*.parquet"))
    assert files
    files[0].write_bytes(files[0].read_bytes()[:-9])
    (problem,) = verify_ledger(ledger.data).problems()
    assert files[0].name in problem
    assert "darkhorse ledger repair" in problem
    assert repaired(ledger).ok
    assert files[0].name in set_aside(ledger)
    keep(ledger)
    assert verify_ledger(ledger.data).problems() == []


def test_with_nothing_wrong_nothing_is_touched(ledger: Ledger) -> None:
    keep(ledger)
    result = call("repair", "--data", ledger.data)
    assert (result.exit_code, result.output) == (0, "There is nothing to repair.\n")
    assert not ledger.layout.damaged.exists()


def test_it_refuses_while_a_keeper_runs(ledger: Ledger) -> None:
    with keeping(ledger.data):
        result = call("repair", "--data", ledger.data)
    assert result.exit_code == 1
    assert "keeper.lock: another process" in result.stderr


def test_nobody_to_ask_is_a_no(ledger: Ledger) -> None:
    flip(ledger.layout.packed / "blobs-00000001-0.dhs", 200)
    result = call("repair", "--data", ledger.data, "--json")
    assert result.exit_code == 1
    assert "Say --accept" in result.stderr
    assert json.loads(result.stdout)["left"]
    assert call("repair", "--data", ledger.data, "--accept").exit_code == 0
    assert call("verify", "--data", ledger.data).exit_code == 0
