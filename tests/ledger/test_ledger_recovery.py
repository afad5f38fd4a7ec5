"""What a start does with what the last process left."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from journal_kit import (
    contents,
    end_frame,
    ended,
    flip,
    open_journal,
    record,
    start_frame,
    start_record,
    started,
    write_file,
)

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.frame import HEADER_SIZE, Frame
from darkhorse.storage.ledger.read import find
from darkhorse.storage.ledger.recover import Cut, recover
from darkhorse.storage.ledger.verify import verify
from darkhorse.storage.records import EndRecord

WHOLE = [start_frame(1, "gen-1"), end_frame(2, "gen-1"), start_frame(3, "gen-2")]


def sizes(directory: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in directory.glob("*.dhj")}


def test_nothing_to_recover(tmp_path: Path) -> None:
    report = recover(tmp_path / "new" / "journal")
    assert report.sentence() == "journal: 0 files, 0 generations"


def test_a_torn_tail_is_cut_once_and_told(tmp_path: Path) -> None:
    path = write_file(tmp_path, 1, WHOLE)
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"\xffDH\xfe" + b"torn" * 77)
    report = recover(tmp_path)
    assert report.cut == (Cut(path.name, 312),)
    assert report.sentence() == (
        "journal: 1 file, 2 generations, cut 312 torn bytes from relay-00000001.dhj, "
        "marked 1 interrupted"
    )
    assert path.stat().st_size == whole
    again = recover(tmp_path)
    assert (again.cut, again.read, again.interrupted) == ((), 0, ("gen-2",))
    assert path.stat().st_size == whole


@pytest.mark.parametrize("size", range(0, HEADER_SIZE + 1, 10))
def test_a_file_without_a_frame_goes(tmp_path: Path, size: int) -> None:
    write_file(tmp_path, 1, WHOLE)
    begun = write_file(tmp_path, 2, [])
    begun.write_bytes(begun.read_bytes()[:size])
    report = recover(tmp_path)
    assert report.removed == (begun.name,)
    assert not begun.exists()
    assert recover(tmp_path).removed == ()


def test_a_file_whose_first_frame_is_torn_goes_too(tmp_path: Path) -> None:
    write_file(tmp_path, 1, WHOLE)
    torn = write_file(tmp_path, 2, [end_frame(4, "gen-2")])
    torn.write_bytes(torn.read_bytes()[:-1])
    report = recover(tmp_path)
    assert (report.removed, report.interrupted) == ((torn.name,), ("gen-2",))
    assert sizes(tmp_path).keys() == {"relay-00000001.dhj"}


def test_damage_with_whole_frames_behind_it_is_left_and_told_every_time(tmp_path: Path) -> None:
    path = write_file(tmp_path, 1, WHOLE)
    flip(path, HEADER_SIZE + WHOLE[0].size + 40)
    before = path.read_bytes()
    for _ in range(2):
        report = recover(tmp_path)
        assert [d.file for d in report.damaged] == [path.name]
        assert "1 damaged range, the first in relay-00000001.dhj" in report.sentence()
        assert path.read_bytes() == before


def test_a_lost_last_frame_of_an_older_file_is_damage_not_a_torn_tail(tmp_path: Path) -> None:
    older = write_file(tmp_path, 1, WHOLE)
    write_file(tmp_path, 2, [end_frame(4, "gen-2")])
    flip(older, older.stat().st_size - 1)
    report = recover(tmp_path)
    assert report.cut == ()
    assert [(d.file, d.end) for d in report.damaged] == [(older.name, older.stat().st_size)]


def test_an_unacknowledged_tail_of_an_older_file_is_cut(tmp_path: Path) -> None:
    older = write_file(tmp_path, 1, WHOLE)
    older.write_bytes(older.read_bytes() + b"left by a failed write")
    write_file(tmp_path, 2, [end_frame(4, "gen-2")])
    report = recover(tmp_path)
    assert (report.cut, report.damaged) == ((Cut(older.name, 22),), ())


def test_those_that_were_running_are_ended_once(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)

    async def main() -> None:
        await record(journal, "gen-1")
        for running in ("gen-2", "gen-3"):
            await (await journal.start(start_record(running), b"{}"))

    asyncio.run(main())
    journal.close()
    second = open_journal(tmp_path)
    assert second.recovery.interrupted == ("gen-2", "gen-3")
    assert ended(tmp_path) == ["gen-1", "gen-2", "gen-3"], "durable before the first request"
    second.close()
    end = find(tmp_path, "gen-2").end
    assert end is not None
    assert msgspec.json.decode(end.meta, type=EndRecord) == EndRecord(
        id="gen-2",
        at_us=1_700_000_000_000_000,
        outcome="interrupted",
        status=500,
        error_type="server",
    )
    third = open_journal(tmp_path)
    third.close()
    assert third.recovery.interrupted == ()
    assert third.recovery.sentence() == "journal: 2 files, 3 generations"
    assert verify(tmp_path).ok


def test_the_sequence_goes_on_behind_a_cut(tmp_path: Path) -> None:
    path = write_file(tmp_path, 1, WHOLE)
    path.write_bytes(path.read_bytes()[:-1])
    journal = open_journal(tmp_path)
    asyncio.run(record(journal, "gen-3"))
    journal.close()
    assert verify(tmp_path).gaps == ()
    assert started(tmp_path) == ["gen-1", "gen-3"]


def test_frames_of_unknown_kinds_are_kept_and_disturb_nothing(tmp_path: Path) -> None:
    strange = Frame(100, 4, b"not json", b"\x00")
    path = write_file(tmp_path, 1, [*WHOLE, strange, end_frame(5, "gen-2")])
    before = path.read_bytes()
    report = recover(tmp_path)
    assert (report.generations, report.interrupted, report.read) == (2, (), 5)
    assert path.read_bytes() == before
    assert verify(tmp_path).ok


def test_a_second_start_reads_nothing_again(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, rotate_bytes=65_536)

    async def main() -> None:
        for n in range(10):
            await (await journal.start(start_record(f"gen-{n}"), b"x" * 30_000))

    asyncio.run(main())
    journal.close()
    assert len(sizes(tmp_path)) > 2
    report = recover(tmp_path)
    assert (report.read, report.generations, len(report.interrupted)) == (0, 10, 10)


def test_after_a_crash_only_files_since_the_last_rotation_are_read(tmp_path: Path) -> None:
    write_file(tmp_path, 1, WHOLE)
    recover(tmp_path)
    write_file(tmp_path, 2, [end_frame(4, "gen-2"), start_frame(5, "gen-3")])
    report = recover(tmp_path)
    assert (report.files, report.generations, report.read) == (2, 3, 2)
    assert report.interrupted == ("gen-3",)


def _cut_checkpoint(directory: Path) -> None:
    path = directory / "relay.checkpoint"
    path.write_bytes(path.read_bytes()[:-3])


def _change_checkpoint(directory: Path) -> None:
    flip(directory / "relay.checkpoint", 40)


def _remove_checkpoint(directory: Path) -> None:
    (directory / "relay.checkpoint").unlink()


def _replace_file(directory: Path) -> None:
    write_file(directory, 1, WHOLE, file_id=99)


def _grow_file(directory: Path) -> None:
    write_file(directory, 1, [*WHOLE, start_frame(4, "gen-9")])


def _slip_in_older(directory: Path) -> None:
    write_file(directory, 0, [])
    (directory / "relay-00000001.dhj").rename(directory / "relay-00000002.dhj")


@pytest.mark.parametrize(
    "spoil",
    [
        _cut_checkpoint,
        _change_checkpoint,
        _remove_checkpoint,
        _replace_file,
        _grow_file,
        _slip_in_older,
    ],
)
def test_a_checkpoint_that_does_not_fit_is_not_believed(tmp_path: Path, spoil) -> None:
    write_file(tmp_path, 1, WHOLE)
    recover(tmp_path)
    spoil(tmp_path)
    report = recover(tmp_path)
    assert report.read >= len(WHOLE)
    assert "gen-2" in report.interrupted
    assert recover(tmp_path).read == 0


def test_recovery_does_not_touch_a_journal_that_is_being_written(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    asyncio.run(record(journal, "gen-1"))
    with pytest.raises(ConfigError, match="another process"):
        recover(tmp_path)
    journal.close()


def test_two_damaged_copies_of_a_header_lose_no_bytes(tmp_path: Path) -> None:
    path = write_file(tmp_path, 1, WHOLE)
    for offset in (0, HEADER_SIZE - 1):
        flip(path, offset)
    size = path.stat().st_size
    report = recover(tmp_path)
    assert [(d.start, d.end) for d in report.damaged] == [(0, size)]
    assert path.stat().st_size == size
    assert contents(tmp_path) == []
