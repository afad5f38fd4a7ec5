"""Packed frames and the journal read as one row, wherever the packer was stopped."""

import itertools
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from journal_kit import HeldClock, end_frame, start_frame, write_file

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger import whole as wholes
from darkhorse.storage.ledger.bookmark import (
    Bookmark,
    frames_behind,
    read_bookmark,
    start_of,
    write_bookmark,
)
from darkhorse.storage.ledger.disk import File, RealDisk
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.files import journal_files
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.read import Pair, Position, frames
from darkhorse.storage.ledger.whole import PACKED, Whole

BODY = json.dumps({"messages": [{"role": "user", "content": "said " * 200}]}).encode()


class _Died(Exception):
    """The packer was killed here."""


class DyingDisk(RealDisk):
    """Dies before its operation number `at`."""

    def __init__(self, at: int) -> None:
        self.left = at

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _Died

    def create(self, path: Path) -> File:
        self._count()
        return super().create(path)

    def write(self, file: File, buffers: Sequence[bytes]) -> None:
        self._count()
        super().write(file, buffers)

    def sync(self, file: File) -> None:
        self._count()
        super().sync(file)

    def remove(self, path: Path) -> None:
        self._count()
        super().remove(path)

    def replace(self, path: Path, content: bytes) -> None:
        self._count()
        super().replace(path, content)


def pack(layout: Layout, files: int, disk: RealDisk | None = None) -> None:
    """As many steps of a packer."""
    ids = itertools.count(99)
    packer = Packer(
        layout, disk=disk or RealDisk(), clock=HeldClock(), new_file_id=lambda: next(ids)
    )
    try:
        for _ in range(files):
            packer.step()
    finally:
        packer.close()


def written(layout: Layout, kinds: Sequence[bool], cuts: set[int]) -> list[Frame]:
    """A journal of starts and ends (of the oldest that runs), a new file at each cut."""
    layout.journal.mkdir(parents=True, exist_ok=True)
    held: list[Frame] = []
    running: list[str] = []
    for number, begins in enumerate(kinds, 1):
        if begins or not running:
            running.append(f"gen-{number}")
            held.append(start_frame(number, running[-1], BODY + b" " * number))
        else:
            held.append(end_frame(number, running.pop(0), b'{"content":"%d"}' % number))
    bounds = [0, *sorted(cut for cut in cuts if cut < len(held)), len(held)]
    for number, (first, last) in enumerate(itertools.pairwise(bounds), 1):
        write_file(layout.journal, number, held[first:last], file_id=number)
    return held


@contextmanager
def reading(layout: Layout) -> Iterator[Whole]:
    whole = Whole(layout)
    try:
        yield whole
    finally:
        whole.close()


def bare(held: Sequence[Frame]) -> list[tuple[int, int, bytes]]:
    return [(frame.sequence, frame.kind, frame.meta) for frame in held]


def positions(layout: Layout) -> dict[int, Position]:
    """Where each frame that is still in the journal ends."""
    return {frame.sequence: position for frame, position in frames(layout.journal)}


@given(
    kinds=st.lists(st.booleans(), min_size=1, max_size=24),
    cuts=st.sets(st.integers(1, 23), max_size=5),
    steps=st.integers(0, 5),
    dies_at=st.none() | st.integers(0, 30),
    goes_on=st.booleans(),
)
@example(kinds=[True] * 6, cuts={2, 4}, steps=2, dies_at=8, goes_on=False)
@settings(max_examples=40)
def test_it_is_the_same_wherever_it_is_cut(
    kinds: list[bool],
    cuts: set[int],
    steps: int,
    dies_at: int | None,
    goes_on: bool,  # noqa: FBT001 (drawn by name)
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        layout = Layout(Path(directory))
        held = written(layout, kinds, cuts)
        places = positions(layout)
        with suppress(_Died):
            pack(layout, steps, DyingDisk(dies_at) if dies_at is not None else None)
        if goes_on:
            pack(layout, 1)
        with reading(layout) as whole:
            _is_whole(whole, held, places)


def _is_whole(whole: Whole, held: list[Frame], places: dict[int, Position]) -> None:
    assert bare([frame for frame, _ in whole.frames()]) == bare(held)
    for frame in held[:: max(1, len(held) // 6)]:
        position = places[frame.sequence]
        for at in (position, PACKED, None):
            rest = [step for step, _ in whole.frames(frame.sequence, at)]
            assert bare(rest) == bare(held[frame.sequence :])
        assert whole.frame(frame.sequence, start_of(frame, position)) == frame
        assert whole.frame(len(held) + 1, start_of(frame, position)) is None
    for frame in held[:: max(1, len(held) // 6)]:
        pair = whole.find(id_of(frame.meta))
        assert frame in (pair.start, pair.end)
    assert whole.find("gen-none") == Pair(None, None)
    _newest_fits(whole, held)


def _newest_fits(whole: Whole, held: list[Frame]) -> None:
    starts = [id_of(frame.meta) for frame in held if frame.kind == START]
    ends = {id_of(frame.meta) for frame in held if frame.kind == END}
    for count in (0, 1, 3, 100):
        found = whole.newest(count)
        names = [id_of(pair.start.meta) for pair in found.pairs if pair.start]
        assert names == starts[len(starts) - min(count, len(starts)) :]
        assert {id_of(p.end.meta) for p in found.pairs if p.end} == ends & set(names)
        assert list(whole.frames(found.sequence, found.position)) == []


def test_long_packed_ledgers_are_looked_at_from_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wholes, "_WINDOW", 2)
    layout = Layout(tmp_path)
    held = written(layout, [True, True, True, False, False] * 8, {10, 20, 39})
    pack(layout, 3)
    with reading(layout) as whole:
        _newest_fits(whole, held)


# --- while it is read ---


@pytest.mark.parametrize("read", range(12))
def test_files_that_go_while_they_are_read_cost_nothing(tmp_path: Path, read: int) -> None:
    """After `read` frames the packer packs and drops all files but the last."""
    layout = Layout(tmp_path)
    held = written(layout, [True] * 12, {3, 6, 9})
    with reading(layout) as whole:
        steps = whole.frames()
        found = [frame for frame, _ in itertools.islice(steps, read)]
        pack(layout, 9)
        found += [frame for frame, _ in steps]
        assert bare(found) == bare(held)


def test_the_end_of_a_file_that_went_is_found_though_the_next_is_empty(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    held = written(layout, [True] * 4, set())
    with reading(layout) as whole:
        position = positions(layout)[2]
        write_file(layout.journal, 2, [], file_id=2)
        pack(layout, 1)
        assert [file.number for file in journal_files(layout.journal)] == [2]
        assert bare([frame for frame, _ in whole.frames(2, position)]) == bare(held[2:])


def test_it_says_so_when_what_was_packed_is_gone(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    held = written(layout, [True] * 6, {2, 4})
    pack(layout, 2)
    for path in layout.packed.iterdir():
        path.unlink()
    with reading(layout) as whole:
        with pytest.raises(ConfigError, match=r"packed: holds frames up to 0.*up to 4.*repair"):
            list(whole.frames())
        assert bare([frame for frame, _ in whole.frames(4)]) == bare(held[4:])


# --- the bookmark ---


def bookmark_at(layout: Layout, last: Frame, at: Position) -> Bookmark:
    engine = open_facts(layout.facts)
    try:
        with engine.begin() as connection:
            write_bookmark(connection, last, at)
            found = read_bookmark(connection)
    finally:
        engine.dispose()
    assert found is not None
    return found


@pytest.mark.parametrize("packed", range(4))
@pytest.mark.parametrize("later", [0, 1, 3])
def test_a_bookmark_fits_before_and_after_its_file_is_packed(
    tmp_path: Path, packed: int, later: int
) -> None:
    layout = Layout(tmp_path)
    held = written(layout, [True, False] * 6, {3, 6, 9})
    pack(layout, packed)
    with reading(layout) as whole:
        marks = [(bookmark_at(layout, *step), step[0].sequence) for step in whole.frames()]
        pack(layout, later)
        for bookmark, sequence in marks:
            rest = frames_behind(whole, bookmark)
            assert rest is not None
            assert bare([frame for frame, _ in rest]) == bare(held[sequence:])


@pytest.mark.parametrize("packed", [0, 1, 3])
def test_a_bookmark_of_another_ledger_does_not_fit(tmp_path: Path, packed: int) -> None:
    layout, other = Layout(tmp_path / "one"), Layout(tmp_path / "other")
    ours = written(layout, [True] * 6, {2, 4})
    theirs = written(other, [True, False] * 8, {2, 4})
    same = [
        one.sequence for one, two in zip(ours, theirs, strict=False) if bare([one]) == bare([two])
    ]
    marks = [bookmark_at(other, *step) for step in frames(other.journal)]
    pack(layout, packed)
    with reading(layout) as whole:
        fits = [mark.sequence for mark in marks if frames_behind(whole, mark) is not None]
    assert fits == same != [], "its own frame is all that it knows"


def test_a_bookmark_on_an_erased_frame_fits(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    held = written(layout, [True] * 6, {2, 4})
    marks = {frame.sequence: bookmark_at(layout, frame, at) for frame, at in frames(layout.journal)}
    pack(layout, 2)
    with reading(layout) as whole:
        whole.packed.meta = lambda _: None  # type: ignore[method-assign]
        whole.packed.frame = lambda _: None  # type: ignore[method-assign]
        for sequence in (2, 4):
            rest = frames_behind(whole, marks[sequence])
            assert rest is not None
            assert bare([frame for frame, _ in rest]) == bare(held[sequence:])
