"""Readers: every frame once and in order, beside a writer, past damage; and what verify sees."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journal_kit import (
    contents,
    end_frame,
    flip,
    open_journal,
    record,
    start_frame,
    start_record,
    write_file,
)

from darkhorse.storage.ledger.frame import HEADER_SIZE, Frame
from darkhorse.storage.ledger.read import Position, find, frames, newest, verify

PAIRS = [
    f(n + k, f"gen-{n}") for n in range(1, 9, 2) for k, f in ((0, start_frame), (1, end_frame))
]


def split(directory: Path, *parts: list[Frame]) -> None:
    for number, part in enumerate(parts, start=1):
        write_file(directory, number, part, file_id=number)


def rest(directory: Path, after: Position | None = None) -> list[Frame]:
    return [frame for frame, _ in frames(directory, after)]


def test_no_directory_is_an_empty_journal(tmp_path: Path) -> None:
    assert rest(tmp_path / "none") == []
    assert verify(tmp_path / "none").ok


@pytest.mark.parametrize("cuts", [(0, 8), (3, 5), (2, 2), (1, 7)])
def test_reading_goes_on_from_every_position(tmp_path: Path, cuts: tuple[int, int]) -> None:
    split(tmp_path, PAIRS[: cuts[0]], PAIRS[cuts[0] : cuts[1]], PAIRS[cuts[1] :])
    read = list(frames(tmp_path))
    assert [frame for frame, _ in read] == PAIRS
    for n, (_, position) in enumerate(read, start=1):
        assert rest(tmp_path, position) == PAIRS[n:]


def test_numbers_not_letters_order_the_files(tmp_path: Path) -> None:
    write_file(tmp_path, 100_000_000, PAIRS[4:])
    write_file(tmp_path, 99_999_999, PAIRS[:4])
    assert rest(tmp_path) == PAIRS


def test_a_position_in_a_file_that_is_gone_goes_on_in_the_next(tmp_path: Path) -> None:
    split(tmp_path, PAIRS[:4], PAIRS[4:])
    (tmp_path / "relay-00000001.dhj").unlink()
    assert rest(tmp_path, Position("relay-00000001.dhj", 5000)) == PAIRS[4:]


def test_a_position_behind_a_cut_goes_on_in_the_next_file(tmp_path: Path) -> None:
    split(tmp_path, PAIRS[:4])
    assert rest(tmp_path, Position("relay-00000001.dhj", 10**9)) == []
    split(tmp_path, PAIRS[:4], PAIRS[4:])
    assert rest(tmp_path, Position("relay-00000001.dhj", 10**9)) == PAIRS[4:]


def test_a_position_must_name_a_journal_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not the name"):
        list(frames(tmp_path, Position("../relay.checkpoint", 0)))


@given(st.integers(HEADER_SIZE, 10_000))
def test_a_reader_beside_the_writer_waits_for_the_rest_of_a_frame(
    tmp_path_factory: pytest.TempPathFactory, size: int
) -> None:
    directory = tmp_path_factory.mktemp("journal")
    path = write_file(directory, 1, PAIRS)
    whole = path.read_bytes()
    path.write_bytes(whole[:size])
    told: list[tuple[str, int, int]] = []
    read = list(frames(directory, on_damage=lambda *where: told.append(where)))
    path.write_bytes(whole)
    after = read[-1][1] if read else None
    assert [frame for frame, _ in read] + rest(directory, after) == PAIRS
    assert told == []


def test_a_file_opened_while_we_read_is_read_too_and_nothing_between_is_missed(
    tmp_path: Path,
) -> None:
    write_file(tmp_path, 1, PAIRS[:2])
    reading = frames(tmp_path)
    read = [next(reading)[0], next(reading)[0]]
    write_file(tmp_path, 1, PAIRS[:5])  # it grew behind our back, then the next was begun
    write_file(tmp_path, 2, PAIRS[5:])
    assert read + [frame for frame, _ in reading] == PAIRS


def test_every_frame_is_read_once_beside_a_rotating_writer(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, rotate_bytes=65_536)
    read: list[int] = []

    async def write() -> None:
        for n in range(40):
            await (await journal.start(start_record(f"gen-{n}"), b"x" * 9000))

    def follow(writing: "asyncio.Task[None]") -> None:
        position = None
        last_round = False
        while not last_round:
            last_round = writing.done()
            for frame, at in frames(tmp_path, position):
                read.append(frame.sequence)
                position = at

    async def main() -> None:
        writing = asyncio.create_task(write())
        await asyncio.to_thread(follow, writing)
        await writing

    asyncio.run(main())
    journal.close()
    assert read == list(range(1, 41))


def test_a_bad_tail_is_damage_once_a_newer_file_exists(tmp_path: Path) -> None:
    split(tmp_path, PAIRS[:4])
    path = tmp_path / "relay-00000001.dhj"
    path.write_bytes(path.read_bytes()[:-1])
    told: list[tuple[str, int, int]] = []
    assert [f for f, _ in frames(tmp_path, on_damage=lambda *w: told.append(w))] == PAIRS[:3]
    assert told == []
    write_file(tmp_path, 2, PAIRS[4:])
    found = [f for f, _ in frames(tmp_path, on_damage=lambda *w: told.append(w))]
    assert found == PAIRS[:3] + PAIRS[4:]
    assert [(name, end) for name, _, end in told] == [(path.name, path.stat().st_size)]


def test_find_gives_both_frames_of_one_generation(tmp_path: Path) -> None:
    split(tmp_path, PAIRS[:3], PAIRS[3:7])
    assert find(tmp_path, "gen-1") == find(tmp_path, "gen-1")
    assert (find(tmp_path, "gen-3").start, find(tmp_path, "gen-3").end) == (PAIRS[2], PAIRS[3])
    assert (find(tmp_path, "gen-7").start, find(tmp_path, "gen-7").end) == (PAIRS[6], None)
    for nobody in ("gen-", "gen-2", "", 'gen-1"'):
        assert (find(tmp_path, nobody).start, find(tmp_path, nobody).end) == (None, None)


@pytest.mark.parametrize("count", range(7))
def test_the_newest_generations_come_with_their_ends(tmp_path: Path, count: int) -> None:
    split(tmp_path, PAIRS[:3], PAIRS[3:6], PAIRS[6:7])
    pairs, _, position = newest(tmp_path, count)
    expected = [PAIRS[n : n + 2] for n in (0, 2, 4)] + [[PAIRS[6], None]]
    got = [[pair.start, pair.end] for pair in pairs]
    bare = [[f and Frame(f.kind, f.sequence, f.meta, b"") for f in pair] for pair in expected]
    assert got == bare[max(0, 4 - count) :]
    assert position is not None
    assert rest(tmp_path, position) == []
    write_file(tmp_path, 4, PAIRS[7:], file_id=4)
    assert rest(tmp_path, position) == PAIRS[7:]


def test_verify_finds_nothing_wrong_with_a_journal(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    asyncio.run(record(journal, "gen-1", "gen-2"))
    told: list[tuple[int, int]] = []
    report = verify(tmp_path, on_progress=lambda *seen: told.append(seen))
    journal.close()
    size = sum(path.stat().st_size for path in tmp_path.glob("*.dhj"))
    assert (report.files, report.bytes, report.frames) == (1, size, 4)
    assert (report.starts, report.ends, report.open, report.ok) == (2, 2, (), True)
    assert told[-1] == (size, size)


def test_progress_grows_to_the_end(tmp_path: Path) -> None:
    split(*(tmp_path, *[[start_frame(n, f"gen-{n}", b"x" * 700_000)] for n in range(1, 7)]))
    told: list[tuple[int, int]] = []
    verify(tmp_path, on_progress=lambda *seen: told.append(seen))
    assert len(told) > 2
    assert all(a[0] <= b[0] for a, b in pairwise(told))
    assert told[-1][0] == told[-1][1]


def test_verify_names_each_fault(tmp_path: Path) -> None:
    held = [
        start_frame(1, "gen-1"),
        end_frame(2, "gen-1"),
        end_frame(3, "gen-1"),
        start_frame(4, "gen-1"),
        end_frame(5, "gen-orphan"),
        start_frame(9, "gen-2"),
        end_frame(9, "gen-2"),
        Frame(1, 10, b"not json", b""),
        start_frame(11, "gen-open"),
    ]
    path = write_file(tmp_path, 1, held)
    report = verify(tmp_path)
    assert report.duplicates == ("gen-1", "gen-1")
    assert report.ends_without_start == ("gen-orphan",)
    assert [(g.expected, g.found) for g in report.gaps] == [(6, 9), (10, 9)]
    assert (report.unreadable, report.open) == (1, ("gen-open",))
    assert not report.ok
    assert len(report.problems()) == 6
    assert f"{path.name}: 3 frames are missing before 9" in report.problems()


def test_verify_tells_damage_from_a_write_in_progress(tmp_path: Path) -> None:
    path = write_file(tmp_path, 1, PAIRS)
    path.write_bytes(path.read_bytes()[:-1])
    report = verify(tmp_path)
    assert report.ok
    assert [t.file for t in report.torn] == [path.name]
    flip(path, HEADER_SIZE + 3)
    report = verify(tmp_path)
    assert not report.ok
    assert [(d.start, d.end) for d in report.damaged] == [
        (HEADER_SIZE, HEADER_SIZE + PAIRS[0].size)
    ]


def test_a_flip_anywhere_is_seen(tmp_path: Path) -> None:
    path = write_file(tmp_path, 1, PAIRS[:3])
    write_file(tmp_path, 2, PAIRS[3:4])
    whole = path.read_bytes()
    for offset in range(HEADER_SIZE, len(whole)):
        flip(path, offset, 1)
        assert not verify(tmp_path).ok, offset
        path.write_bytes(whole)
    assert len(contents(tmp_path)) == 4
    assert verify(tmp_path).ok
