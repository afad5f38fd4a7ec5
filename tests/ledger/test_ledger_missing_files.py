"""Files that vanish, are emptied or overwritten: verify says so, the next start too, and serves."""

import asyncio
import logging
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from journal_kit import (
    end_record,
    open_journal,
    overlapping,
    record,
    start_frame,
    start_record,
    write_file,
)

from darkhorse.cli.ledger import ledger
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.files import JournalFile, journal_files
from darkhorse.storage.ledger.history import History, checkpoint_path, read_checkpoint
from darkhorse.storage.ledger.recover import recover
from darkhorse.storage.ledger.scan import Found, scan_file
from darkhorse.storage.ledger.verify import VerifyReport, verify

FILES = 5
Spoil = Callable[[Path], object]


def _remove(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _overwrite(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def _name(number: int) -> str:
    return f"relay-{number:08}.dhj"


def _held(directory: Path) -> dict[str, int]:
    """Frames in each file."""
    return {
        file.name: sum(isinstance(step, Found) for step in scan_file(file))
        for file in journal_files(directory)
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same journal twice: `stopped` and `killed`."""
    root = tmp_path_factory.mktemp("made")
    asyncio.run(overlapping(root / "stopped", root / "killed"))
    return root


@pytest.fixture(params=["stopped", "killed"])
def journal(request: pytest.FixtureRequest, made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made / request.param, tmp_path / request.param / "journal")
    return tmp_path / request.param / "journal"


def test_nothing_is_said_of_a_journal_that_is_whole(journal: Path) -> None:
    assert list(_held(journal)) == [_name(n) for n in range(1, FILES + 1)]
    assert verify(journal).problems() == []
    for _ in range(3):
        assert recover(journal).damage == ""
        assert verify(journal).problems() == []


@pytest.mark.parametrize("number", range(1, FILES + 1))
@pytest.mark.parametrize("spoil", [_remove, _empty, _overwrite])
def test_every_file_is_missed(
    journal: Path, spoil: Spoil, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    name, held = _name(number), _held(journal)
    spoil(journal / name)
    _names_it(verify(journal), journal, name, held)
    _command_says_so(journal, name)
    caplog.set_level(logging.ERROR)
    opened = open_journal(journal)
    assert "journal: damage:" in caplog.text
    asyncio.run(record(opened, f"gen-served-{number}"))
    opened.close()
    assert ("lost file" if spoil is _remove else "damaged range") in opened.recovery.sentence()
    assert name in opened.recovery.damage
    assert recover(journal).damage == opened.recovery.damage, "it is told at every start"
    _names_it(verify(journal), journal, name, held)


def _names_it(found: VerifyReport, journal: Path, name: str, held: dict[str, int]) -> None:
    assert not found.ok
    there = (journal / name).exists()
    assert [lost.file for lost in found.lost] == ([] if there else [name])
    assert [(d.file, d.start) for d in found.damaged] == ([(name, 0)] if there else [])
    told = found.problems()[0]
    assert told.startswith(f"{name}: is {'wholly unreadable' if there else 'missing'}")
    if journal.parent.name == "killed" and name == _name(FILES):
        return  # nobody but the file itself knew how much it held
    assert [(gap.missing, gap.inside) for gap in found.gaps] == [(held[name], (name,))]
    assert f": {held[name]} frames are missing " in found.problems()[1]
    assert found.duplicates == ()


def _command_says_so(journal: Path, name: str) -> None:
    result = CliRunner().invoke(ledger, ["verify", "--data", str(journal.parent)])
    assert result.exit_code == 1
    assert f"{name}: is " in result.stderr
    assert "backup" in result.stderr
    assert "Everything" not in result.output


@pytest.mark.parametrize("number", range(1, FILES + 1))
@pytest.mark.parametrize("spoil", [_remove, _empty, _overwrite])
def test_a_backup_put_back_makes_it_whole(
    made: Path, tmp_path: Path, spoil: Spoil, number: int
) -> None:
    directory = tmp_path / "journal"
    shutil.copytree(made / "stopped", directory)
    spoil(directory / _name(number))
    for turn in range(2):
        opened = open_journal(directory)
        asyncio.run(record(opened, f"gen-meanwhile-{turn}"))
        opened.close()
    shutil.copy(made / "stopped" / _name(number), directory)
    found = verify(directory)
    assert found.problems() == []
    assert found.open == (), "who was running was ended, and nobody twice"
    for _ in range(2):
        report = recover(directory)
        assert (report.damage, report.generations, report.interrupted) == ("", 45, ())


def test_the_first_files_are_missed_without_a_checkpoint_too(journal: Path) -> None:
    held = _held(journal)
    (journal / _name(1)).unlink()
    (journal / "relay.checkpoint").unlink()
    missing = held[_name(1)]
    problem = f"{_name(2)}: {missing} frames are missing before {missing + 1}"
    assert problem in verify(journal).problems()
    assert f"{missing} frames missing" in recover(journal).damage
    assert f"{missing} frames missing" in recover(journal).damage


def test_a_lost_end_of_the_newest_file_is_missed(made: Path, tmp_path: Path) -> None:
    directory = tmp_path / "journal"
    shutil.copytree(made / "stopped", directory)
    newest = journal_files(directory)[-1]
    steps = [step for step in scan_file(newest) if isinstance(step, Found)]
    for cut, damaged in ((steps[-2].end, 0), (steps[-1].end - 1, 1)):
        whole = newest.path.read_bytes()
        newest.path.write_bytes(whole[:cut])
        found = verify(directory)
        assert [(gap.missing, gap.at_end) for gap in found.gaps] == [(1, True)]
        last = steps[-2].frame.sequence
        assert f"{newest.name}: 1 frame is missing behind {last}" in "\n".join(found.problems())
        assert len(found.damaged) == damaged
        newest.path.write_bytes(whole)
    newest.path.write_bytes(whole[: steps[-1].end - 1])
    report = recover(directory)
    assert report.cut == (), "it was acknowledged: evidence, not a torn tail"
    assert "1 frame missing" in report.damage


def test_a_journal_whose_files_are_all_gone_is_not_whole(journal: Path) -> None:
    for file in journal_files(journal):
        file.path.unlink()
    found = verify(journal)
    assert (len(found.lost), len(found.gaps)) == (FILES, 1)
    first = recover(journal)
    assert recover(journal).damage == first.damage != ""


@pytest.mark.parametrize("rotations", [0, 1])
def test_a_file_taken_away_while_it_is_written_is_missed(tmp_path: Path, rotations: int) -> None:
    directory, away = tmp_path / "journal", tmp_path / "away"
    opened = open_journal(directory, rotate_bytes=65_536)

    async def main() -> None:
        await record(opened, "gen-1")
        (directory / _name(1)).rename(away)
        assert [lost.file for lost in verify(directory).lost] == [_name(1)]
        for n in range(3 * rotations):
            await (await opened.start(start_record(f"gen-large-{n}"), b"x" * 40_000))
            await (await opened.end(end_record(f"gen-large-{n}"), b"{}"))

    asyncio.run(main())
    opened.close()
    for _ in range(2):
        found = verify(directory)
        assert [lost.file for lost in found.lost] == [_name(1)]
        assert found.gaps[0].missing >= 2
        assert _name(1) in recover(directory).damage
    away.rename(directory / _name(1))
    assert verify(directory).problems() == []
    assert recover(directory).damage == ""


def test_the_name_of_a_lost_file_is_not_used_again(journal: Path) -> None:
    (journal / _name(FILES)).unlink()
    for n in range(2):
        opened = open_journal(journal)
        asyncio.run(record(opened, f"gen-after-{n}"))
        opened.close()
    assert not (journal / _name(FILES)).exists()
    assert (journal / _name(FILES + 2)).exists()


def test_files_dropped_on_purpose_are_not_missed(tmp_path: Path) -> None:
    """The checkpoint's `first` is where a retention tells what it took."""
    for n in (1, 2):
        write_file(tmp_path, n, [start_frame(n, f"gen-{n}")], file_id=n)
    recover(tmp_path)
    saved = read_checkpoint(tmp_path, "relay")
    assert saved is not None
    kept = msgspec.structs.replace(saved, first=2, files=saved.files[1:])
    (tmp_path / _name(1)).unlink()
    assert not verify(tmp_path).ok
    history, _ = History.resume(tmp_path, kept, journal_files(tmp_path))
    assert history.save(checkpoint_path(tmp_path, "relay"), RealDisk())
    assert verify(tmp_path).ok
    assert recover(tmp_path).damage == ""
    write_file(tmp_path, 2, [start_frame(2, "gen-2")], file_id=9)  # everything is read again
    assert recover(tmp_path).damage == ""
    assert verify(tmp_path).ok


@pytest.mark.parametrize("goes", ["before", "after"])
def test_an_unused_file_that_goes_is_not_missed_by_a_reader_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goes: str
) -> None:
    """The writer drops it just before or just after the reader lists the directory."""
    opened = open_journal(tmp_path)
    asyncio.run(record(opened, "gen-1"))
    opened.close()
    unused = open_journal(tmp_path)

    def listed(directory: Path) -> list[JournalFile]:
        if goes == "before":
            unused.close()
        files = journal_files(directory)
        unused.close()
        return files

    monkeypatch.setattr("darkhorse.storage.ledger.verify.journal_files", listed)
    assert verify(tmp_path).problems() == []
    assert list(_held(tmp_path)) == [_name(1)]
