"""Files that the packer has dropped: the journal goes on behind its mark and misses nothing."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from journal_kit import (
    end_frame,
    end_record,
    ended,
    open_journal,
    overlapping,
    record,
    start_frame,
    start_record,
    started,
    write_file,
)

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger import verify as verifying
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.files import JournalFile, journal_files
from darkhorse.storage.ledger.frame import START
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.mark import PackedMark, mark_path, read_mark, write_mark
from darkhorse.storage.ledger.recover import recover
from darkhorse.storage.ledger.scan import Found, scan_file
from darkhorse.storage.ledger.verify import verify

FILES = 5


def _name(number: int) -> str:
    return f"relay-{number:08}.dhj"


def mark_upto(directory: Path, number: int) -> PackedMark:
    """The mark that a packer leaves which has packed all files up to `number`."""
    sequence, generations, running = 0, 0, dict[str, None]()
    for file in journal_files(directory):
        for step in scan_file(file) if file.number <= number else ():
            assert isinstance(step, Found)
            sequence = step.frame.sequence
            if step.frame.kind == START:
                generations += 1
                running[id_of(step.frame.meta)] = None
            else:
                running.pop(id_of(step.frame.meta), None)
    return PackedMark(
        number=number, sequence=sequence, generations=generations, open=tuple(running)
    )


def drop(directory: Path, number: int, *, keep: bool = False) -> PackedMark:
    """What packing leaves behind: the mark, and unless it died there, no file up to `number`."""
    mark = mark_upto(directory, number)
    write_mark(directory, mark, RealDisk())
    for file in journal_files(directory):
        if file.number <= number and not keep:
            file.path.unlink()
    return mark


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("dropped")
    asyncio.run(overlapping(root / "stopped", root / "killed"))
    return root


@pytest.fixture(params=["stopped", "killed"])
def journal(request: pytest.FixtureRequest, made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made / request.param, tmp_path / "journal")
    return tmp_path / "journal"


def _nothing(_: Path) -> None:
    pass


def _without(directory: Path) -> None:
    (directory / "relay.checkpoint").unlink()


def _stale(directory: Path) -> None:
    """As after checkpoints that could not be written: of a journal with one file."""
    old = directory.parent / "old"
    old.mkdir()
    shutil.copy(directory / _name(1), old)
    recover(old)
    shutil.copy(old / "relay.checkpoint", directory)


@pytest.mark.parametrize("spoil", [_nothing, _without, _stale])
@pytest.mark.parametrize("number", range(1, FILES + 1))
@pytest.mark.parametrize("keep", [False, True])
def test_it_goes_on_as_if_they_were_there(
    journal: Path,
    spoil: Callable[[Path], None],
    number: int,
    keep: bool,  # noqa: FBT001 (pytest passes by name)
    tmp_path: Path,
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(journal, whole)
    spoil(journal)
    mark = drop(journal, number, keep=keep)
    found = verify(journal)
    assert found.problems() == []
    assert found.files == FILES - number
    expected, report = recover(whole), recover(journal)
    assert (report.damage, report.cut, report.removed) == ("", (), ())
    assert (report.generations, report.interrupted) == (43, expected.interrupted)
    for directory in (whole, journal):
        opened = open_journal(directory)
        asyncio.run(record(opened, "gen-new"))
        opened.close()
    assert _behind(journal, mark) == _behind(whole, mark)
    assert verify(journal).problems() == []
    assert verify(journal).open == ()


def _behind(directory: Path, mark: PackedMark) -> list[tuple[int, int, str]]:
    """Sequence, kind and generation of every frame that is not packed."""
    return [
        (step.frame.sequence, step.frame.kind, id_of(step.frame.meta))
        for file in journal_files(directory)
        for step in scan_file(file)
        if isinstance(step, Found) and step.frame.sequence > mark.sequence
    ]


def test_numbers_go_on_when_all_is_packed_and_the_checkpoint_is_lost(journal: Path) -> None:
    opened = open_journal(journal)  # ends what ran
    opened.close()
    last = journal_files(journal)[-1].number
    mark = drop(journal, last)
    _without(journal)
    assert mark.open == ()
    assert (verify(journal).problems(), recover(journal).generations) == ([], 43)
    _without(journal)
    opened = open_journal(journal)
    asyncio.run(record(opened, "gen-new"))
    opened.close()
    [file] = journal_files(journal)
    assert file.number == last + 1
    assert [sequence for sequence, _, _ in _behind(journal, mark)] == [
        mark.sequence + 1,
        mark.sequence + 2,
    ]
    assert verify(journal).problems() == []


def test_a_file_missing_behind_the_mark_is_told_and_one_before_it_is_not(journal: Path) -> None:
    (journal / _name(2)).unlink()
    (journal / _name(4)).unlink()
    assert recover(journal).lost != ()
    frames_in_order = [each for each in journal_files(journal) if each.number <= 3]
    assert [file.number for file in frames_in_order] == [1, 3]
    drop(journal, 3)  # an operator has given up file 2
    found = verify(journal)
    assert [lost.file for lost in found.lost] == [_name(4)]
    for _ in range(2):
        report = recover(journal)
        assert [lost.file for lost in report.lost] == [_name(4)]
        assert [gap.inside for gap in report.gaps] == [(_name(4),)]
    drop(journal, 5)
    assert verify(journal).problems() == []
    assert recover(journal).damage == ""


def test_a_running_writer_forgets_what_was_packed(tmp_path: Path) -> None:
    opened = open_journal(tmp_path, rotate_bytes=65_536)

    async def main() -> None:
        for n in range(4):
            await (await opened.start(start_record(f"gen-{n}"), b"x" * 40_000))
        drop(tmp_path, 1)
        for n in range(4):
            await (await opened.end(end_record(f"gen-{n}"), b"x" * 40_000))

    asyncio.run(main())
    saved = msgspec.json.decode((tmp_path / "relay.checkpoint").read_bytes().split(b"\n", 1)[1])
    assert saved["files"][0]["name"] == _name(2)
    assert (saved["first"], saved["before"]) == (3, 2)
    opened.close()
    assert verify(tmp_path).problems() == []
    report = recover(tmp_path)
    assert (report.damage, report.generations, report.read) == ("", 4, 0)


def test_an_end_and_a_second_start_are_held_against_those_open_at_the_mark(
    tmp_path: Path,
) -> None:
    write_file(tmp_path, 1, [start_frame(1, "gen-1"), start_frame(2, "gen-2")], file_id=1)
    frames = [end_frame(3, "gen-1"), start_frame(4, "gen-2"), end_frame(5, "gen-3")]
    write_file(tmp_path, 2, frames, file_id=2)
    drop(tmp_path, 1)
    found = verify(tmp_path)
    assert (found.duplicates, found.ends_without_start) == (("gen-2",), ("gen-3",))
    assert found.gaps == ()


# --- beside a packer at work ---


class _PackingDisk(RealDisk):
    """While the writer looks at file `at`, a packer drops `upto`."""

    def __init__(self, directory: Path, at: int, upto: int) -> None:
        self._directory = directory
        self._at = _name(at)
        self._upto = upto

    def truncate(self, path: Path, size: int) -> None:
        if path.name == self._at and self._upto:
            upto, self._upto = self._upto, 0
            drop(self._directory, upto)
        super().truncate(path, size)


@pytest.mark.parametrize("at", range(1, FILES + 1))
@pytest.mark.parametrize("upto", range(1, FILES + 1))
def test_a_start_while_files_go(journal: Path, at: int, upto: int) -> None:
    _without(journal)
    report = recover(journal, disk=_PackingDisk(journal, at, upto))
    mark = read_mark(journal)
    assert mark is not None
    assert mark.number == upto
    assert (report.damage, report.generations) == ("", 43)
    assert recover(journal).damage == ""
    assert verify(journal).problems() == []


@pytest.mark.parametrize("upto", range(1, FILES + 1))
def test_verify_while_files_go(journal: Path, upto: int, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [upto]

    def listed(directory: Path) -> list[JournalFile]:
        files = journal_files(directory)
        if left:
            drop(directory, left.pop())
        return files

    monkeypatch.setattr(verifying, "journal_files", listed)
    assert verify(journal).problems() == []


# --- the mark itself ---


def test_a_damaged_mark_is_never_taken_for_another(tmp_path: Path) -> None:
    write_file(tmp_path, 1, [start_frame(1, "gen-1")])
    mark = drop(tmp_path, 1)
    path = mark_path(tmp_path)
    raw = path.read_bytes()
    spoiled = [raw[:size] for size in range(len(raw))]
    spoiled += [bytes([*raw[:at], raw[at] ^ 4, *raw[at + 1 :]]) for at in range(len(raw))]
    for each in spoiled:
        path.write_bytes(each)
        with pytest.raises(ConfigError, match=r"relay\.packed: is damaged.* ledger repair"):
            read_mark(tmp_path)
    for refused in (recover, verify, open_journal):
        with pytest.raises(ConfigError, match=r"relay\.packed"):
            refused(tmp_path)
    path.write_bytes(raw)
    assert read_mark(tmp_path) == mark
    open_journal(tmp_path).close()


def test_a_mark_damaged_under_a_running_writer_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    opened = open_journal(tmp_path, rotate_bytes=65_536)
    mark_path(tmp_path).write_bytes(b"nonsense")

    async def main() -> None:
        for n in range(3):
            await (await opened.start(start_record(f"gen-{n}"), b"x" * 70_000))
            await (await opened.end(end_record(f"gen-{n}"), b"{}"))

    asyncio.run(main())
    opened.close()
    assert "relay.packed: is damaged" in caplog.text
    assert started(tmp_path) == ended(tmp_path) == ["gen-0", "gen-1", "gen-2"]
    mark_path(tmp_path).unlink()
    assert verify(tmp_path).problems() == []
