"""Damage in the last commit is an unfinished write; damage before it is damage."""

import asyncio
import errno
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journal_kit import (
    GatedDisk,
    HeldClock,
    flip,
    open_journal,
    record,
    start_frame,
    start_record,
    started,
)

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.appender import Appender
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.frame import (
    FIELDS_SIZE,
    HEADER_SIZE,
    START,
    Fields,
    FileHeader,
    Frame,
    decode_fields,
    decode_header,
    encode,
    encode_header,
)
from darkhorse.storage.ledger.history import History
from darkhorse.storage.ledger.inbox import Entry
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.read import find, frames, newest
from darkhorse.storage.ledger.recover import recover
from darkhorse.storage.ledger.verify import verify
from darkhorse.storage.ledger.whole import Whole

Commits = Sequence[Sequence[Frame]]

bodies = st.lists(st.binary(max_size=60), min_size=1, max_size=5)


@st.composite
def commits(draw: st.DrawFn, *, least: int) -> Commits:
    number = 0
    drawn = []
    for held in draw(st.lists(bodies, min_size=least, max_size=6)):
        drawn.append([start_frame(n, f"gen-{n}", body) for n, body in enumerate(held, number + 1)])
        number += len(held)
    return drawn


@contextmanager
def written(by: Commits) -> Iterator[Path]:
    """A data directory as a killed writer leaves it: the last commit may not be synced."""
    with tempfile.TemporaryDirectory() as name:
        layout = Layout(Path(name))
        layout.journal.mkdir()
        appender = Appender(
            layout.journal,
            "relay",
            disk=RealDisk(),
            clock=HeldClock(),
            new_file_id=lambda: 7,
            rotate_bytes=1 << 30,
            history=History(),
        )
        appender.open()
        for commit in by:
            appender.sync()
            appender.write([Entry(f.kind, f"gen-{f.sequence}", f.meta, f.body) for f in commit])
        try:
            yield layout.journal / "relay-00000001.dhj"
        finally:
            appender.abandon()  # lets the file go; what else it does nobody sees


def size_of(held: Sequence[Frame]) -> int:
    return sum(frame.size for frame in held)


def flat(by: Commits) -> list[Frame]:
    return [frame for commit in by for frame in commit]


def told(directory: Path) -> list[Frame]:
    return [frame for frame, _ in frames(directory)]


def spoil(path: Path, data: st.DataObject, first: int, end: int) -> list[int]:
    """Change bytes of a file from `first` up to `end`; where."""
    spots = data.draw(st.lists(st.integers(first, end - 1), min_size=1, max_size=3, unique=True))
    for spot in spots:
        flip(path, spot, data.draw(st.integers(1, 255)))
    return spots


def whole_before(held: Sequence[Frame], hole: int) -> list[Frame]:
    ends, at = [], HEADER_SIZE
    for frame in held:
        at += frame.size
        ends.append(at)
    return [frame for frame, end in zip(held, ends, strict=True) if end <= hole]


def packed_of(layout: Layout, **options: bool) -> list[Frame | None]:
    """All frames, after all is packed."""
    ids = iter(range(100, 10_000))
    packer = Packer(
        layout, disk=RealDisk(), clock=HeldClock(), new_file_id=lambda: next(ids), **options
    )
    with closing(packer):
        while packer.step():
            pass
    with closing(Packed(layout.packed)) as packed:
        return [packed.frame(meta.sequence) for meta in packed.metas()]


@settings(max_examples=15, deadline=None)
@given(commits(least=1), st.data())
def test_a_hole_in_the_last_commit_costs_nothing_that_was_synced(
    by: Commits, data: st.DataObject
) -> None:
    held = flat(by)
    synced = HEADER_SIZE + size_of(flat(by[:-1]))
    with written(by) as path:
        directory = path.parent
        layout = Layout(directory.parent)
        left = whole_before(held, min(spoil(path, data, synced, path.stat().st_size)))
        assert len(left) >= len(flat(by[:-1]))
        assert verify(directory).ok
        assert len(verify(directory).torn) == 1
        told_to: list[object] = []
        told_now = [frame for frame, _ in frames(directory, None, lambda *at: told_to.append(at))]
        assert (told_now, told_to) == (left, [])
        report = recover(directory)
        assert (report.damaged, report.gaps, report.lost) == ((), (), ())
        assert [cut.file for cut in report.cut] == [path.name]
        assert told(directory) == left
        journal = open_journal(directory)
        asyncio.run(record(journal, "gen-new"))
        journal.close()
        assert verify(directory).ok
        everything = told(directory)
        assert everything[: len(left)] == left
        assert packed_of(layout, newest_too=True) == everything


@settings(max_examples=15, deadline=None)
@given(commits(least=2), st.data())
def test_damage_before_the_last_commit_stays_damage(by: Commits, data: st.DataObject) -> None:
    held, last = flat(by), by[-1]
    synced = HEADER_SIZE + size_of(flat(by[:-1]))
    with written(by) as path:
        directory = path.parent
        hole = min(spoil(path, data, HEADER_SIZE, synced))
        if len(last) > 1 and data.draw(st.booleans()):
            spoil(path, data, synced + last[0].size, path.stat().st_size)
        before = path.read_bytes()
        assert verify(directory).damaged
        for _ in range(2):
            assert recover(directory).damaged
            assert path.read_bytes()[:synced] == before[:synced]
        there = told(directory)
        assert there[: len(whole_before(held, hole))] == whole_before(held, hole)
        assert last[0] in there
        with pytest.raises(ConfigError, match="are damaged"):
            packed_of(Layout(directory.parent), newest_too=True)


THREE = [
    [start_frame(1, "gen-1")],
    [start_frame(2, "gen-2"), start_frame(3, "gen-3"), start_frame(4, "gen-4")],
]
HOLE = HEADER_SIZE + size_of(flat(THREE)[:2]) + 40  # in frame 3


def by_hand(
    directory: Path, number: int, by: Commits, *, file_id: int = 7, marked: bool = True
) -> Path:
    parts = [encode_header(FileHeader(file_id, 0, marked=marked))]
    for commit in by:
        for at, frame in enumerate(commit):
            kind, number_, meta, body = frame.kind, frame.sequence, frame.meta, frame.body
            begins = marked and at == 0
            parts += encode(kind, number_, meta, body, file_id=file_id, begins=begins)
    path = directory / f"relay-{number:08}.dhj"
    path.write_bytes(b"".join(parts))
    return path


def sequences(directory: Path) -> list[int]:
    return [frame.sequence for frame in told(directory)]


def test_every_reader_stops_at_the_hole(tmp_path: Path) -> None:
    flip(by_hand(tmp_path, 1, THREE), HOLE)
    assert sequences(tmp_path) == [1, 2]
    assert find(tmp_path, "gen-4").start is None
    assert newest(tmp_path, 9).sequence == 2
    with closing(Whole(Layout(tmp_path.parent / "none"))) as whole:
        whole.journal = tmp_path
        assert [frame.sequence for frame, _ in whole.frames()] == [1, 2]


def test_a_file_without_marks_keeps_its_frames_behind_a_hole(tmp_path: Path) -> None:
    path = by_hand(tmp_path, 1, THREE, marked=False)
    flip(path, HOLE)
    assert [each.start for each in verify(tmp_path).damaged] == [HOLE - 40]
    assert (recover(tmp_path).cut, sequences(tmp_path)) == ((), [1, 2, 4])


def test_a_hole_in_an_older_file_is_damage(tmp_path: Path) -> None:
    flip(by_hand(tmp_path, 1, THREE), HOLE)
    by_hand(tmp_path, 2, [[start_frame(5, "gen-5")]], file_id=8)
    found = verify(tmp_path)
    assert ([each.file for each in found.damaged], found.frames) == (["relay-00000001.dhj"], 4)
    assert sequences(tmp_path) == [1, 2, 4, 5]
    assert recover(tmp_path).cut == ()
    assert find(tmp_path, "gen-4").start


def test_a_hole_in_what_the_checkpoint_knows_is_damage(tmp_path: Path) -> None:
    path = by_hand(tmp_path, 1, THREE)
    assert recover(tmp_path).damaged == ()  # all four are synced by now, and on record
    flip(path, HOLE)
    assert [each.start for each in verify(tmp_path).damaged] == [HOLE - 40]
    assert sequences(tmp_path) == [1, 2, 4]
    assert path.stat().st_size == HEADER_SIZE + size_of(flat(THREE))


def test_a_file_that_begins_with_a_hole_goes(tmp_path: Path) -> None:
    path = by_hand(tmp_path, 1, [flat(THREE)])
    flip(path, HEADER_SIZE + 40)
    assert recover(tmp_path).removed == (path.name,)


class NoCheckpoint(RealDisk):
    """A disk on which no file can be replaced."""

    def replace(self, path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, path.name, len(content))


def test_such_a_file_that_has_to_stay_is_no_damage_later(tmp_path: Path) -> None:
    flip(by_hand(tmp_path, 1, [flat(THREE)]), HEADER_SIZE + 40)
    journal = open_journal(tmp_path, disk=NoCheckpoint())
    asyncio.run(record(journal, "gen-new"))
    journal.close()
    assert (tmp_path / "relay-00000001.dhj").exists()
    assert recover(tmp_path).damaged == ()
    assert verify(tmp_path).ok
    assert started(tmp_path) == ["gen-new"]


def begins_of(path: Path) -> list[bool]:
    raw = path.read_bytes()
    header = decode_header(raw[:HEADER_SIZE])
    assert isinstance(header, FileHeader)
    assert header.marked
    found, at = [], HEADER_SIZE
    while at < len(raw):
        fields = decode_fields(raw[at : at + FIELDS_SIZE], header.file_id)
        assert isinstance(fields, Fields)
        assert fields.kind == START
        found.append(fields.begins)
        at += FIELDS_SIZE + fields.length
    return found


def test_the_journal_marks_the_first_frame_of_each_commit(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = open_journal(tmp_path, disk=disk)

    async def main() -> None:
        await (await journal.start(start_record("gen-1"), b""))
        disk.gate.clear()
        first = await journal.start(start_record("gen-2"), b"")
        await asyncio.to_thread(disk.waiting.wait, 20)
        waiting = [await journal.start(start_record(f"gen-{n}"), b"") for n in (3, 4, 5)]
        disk.gate.set()
        await asyncio.wait_for(asyncio.gather(first, *waiting), 20)

    asyncio.run(main())
    journal.close()
    assert begins_of(tmp_path / "relay-00000001.dhj") == [True, True, True, False, False]
