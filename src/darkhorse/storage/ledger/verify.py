"""Every byte of a journal against its checksums, and the frames against each other.

Keeps one number for each generation that has ended, to tell a second end from one without a
start: about 70 bytes of memory a generation.
"""

from collections import Counter
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import xxhash
from msgspec import Struct

from darkhorse.storage.ledger.files import JournalFile, journal_files
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.history import DamagedRange, id_of
from darkhorse.storage.ledger.scan import Damage, Found, Hollow, Torn, walk

__all__ = ["SequenceGap", "VerifyReport", "verify"]

OnProgress = Callable[[int, int], None]

_PROGRESS_STEP = 1 << 20  # bytes


class SequenceGap(Struct, frozen=True):
    """In `file`, number `found` follows where `expected` should (larger: lost; else repeated)."""

    file: str
    expected: int
    found: int


class VerifyReport(Struct, frozen=True, kw_only=True):
    """What a journal holds. `open` and `torn` are no faults: a writer may be at work."""

    files: int
    bytes: int
    frames: int
    starts: int
    ends: int
    unknown: int  # frames of kinds this version does not know
    unreadable: int  # whole frames whose meta is not what it should be
    open: tuple[str, ...]
    ends_without_start: tuple[str, ...]
    duplicates: tuple[str, ...]
    gaps: tuple[SequenceGap, ...]
    damaged: tuple[DamagedRange, ...]
    torn: tuple[DamagedRange, ...]

    @property
    def ok(self) -> bool:
        """Everything that was acknowledged is there, once and whole."""
        return not self.problems()

    def problems(self) -> list[str]:
        """One plain line a fault, with the file's name."""
        lines = [f"{d.file}: bytes {d.start:,} to {d.end:,} are damaged" for d in self.damaged]
        lines += [_told(gap) for gap in self.gaps]
        lines += [f"{g}: recorded twice" for g in self.duplicates]
        lines += [f"{g}: has an end and no start" for g in self.ends_without_start]
        if self.unreadable:
            lines.append(f"{self.unreadable:,} frames are whole, but their record cannot be read")
        return lines


def _told(gap: SequenceGap) -> str:
    if gap.found > gap.expected:
        return f"{gap.file}: {gap.found - gap.expected:,} frames are missing before {gap.found:,}"
    return f"{gap.file}: frame {gap.found:,} comes again where {gap.expected:,} was due"


def verify(directory: Path, on_progress: OnProgress | None = None) -> VerifyReport:
    """Read everything. `on_progress` gets (bytes read, bytes in all) about once a megabyte."""
    files = journal_files(directory)
    sizes = {file.name: file.path.stat().st_size for file in files}
    count = _Count()
    progress = _Progress(sizes, on_progress)
    for writer in sorted({file.writer for file in files}):
        count.begin()
        for step in walk([file for file in files if file.writer == writer]):
            count.step(step)
            progress.step(step)
    progress.finish()
    return count.report(len(files), sum(sizes.values()))


class _Progress:
    """Tells how far a walk has come."""

    def __init__(self, sizes: dict[str, int], told: OnProgress | None) -> None:
        self._total = sum(sizes.values())
        self._before = dict(zip(sizes, accumulate(sizes.values(), initial=0), strict=False))
        self._told = told
        self._next = _PROGRESS_STEP

    def step(self, step: Found | Damage | Torn | Hollow) -> None:
        if self._told is None or isinstance(step, Hollow):
            return
        done = self._before[step.file.name] + step.end
        if done >= self._next:
            self._next = done + _PROGRESS_STEP
            self._told(min(done, self._total), self._total)

    def finish(self) -> None:
        if self._told:
            self._told(self._total, self._total)


class _Count:
    """The fold behind the report."""

    def __init__(self) -> None:
        self._kinds: Counter[int] = Counter()
        self._unreadable = 0
        self._last: int | None = None  # the sequence before; None at a writer's first frame
        self._open: dict[str, None] = {}
        self._ended: set[int] = set()
        self._orphans: list[str] = []
        self._duplicates: list[str] = []
        self._gaps: list[SequenceGap] = []
        self._damaged: list[DamagedRange] = []
        self._torn: list[DamagedRange] = []

    def begin(self) -> None:
        """The files of another writer follow."""
        self._last = None

    def step(self, step: Found | Damage | Torn | Hollow) -> None:
        match step:
            case Found(file, frame):
                self._sequence(file, frame.sequence)
                self._frame(frame)
            case Damage(file, start, end):
                self._damaged.append(DamagedRange(file.name, start, end))
            case Torn(file, start, end):
                self._torn.append(DamagedRange(file.name, start, end))
            case Hollow():
                pass

    def _sequence(self, file: JournalFile, found: int) -> None:
        if self._last is not None and found != self._last + 1:
            self._gaps.append(SequenceGap(file.name, self._last + 1, found))
        self._last = found

    def _frame(self, frame: Frame) -> None:
        self._kinds[frame.kind] += 1
        if frame.kind not in (START, END):
            return
        generation = id_of(frame.meta)
        if not generation:
            self._unreadable += 1
        elif frame.kind == START:
            self._start(generation)
        else:
            self._end(generation)

    def _start(self, generation: str) -> None:
        if generation in self._open or _hash(generation) in self._ended:
            self._duplicates.append(generation)
        else:
            self._open[generation] = None

    def _end(self, generation: str) -> None:
        hashed = _hash(generation)
        if hashed in self._ended:
            self._duplicates.append(generation)
        elif generation not in self._open:
            self._orphans.append(generation)
        self._open.pop(generation, None)
        self._ended.add(hashed)

    def report(self, files: int, size: int) -> VerifyReport:
        starts, ends = self._kinds[START], self._kinds[END]
        return VerifyReport(
            files=files,
            bytes=size,
            frames=self._kinds.total(),
            starts=starts,
            ends=ends,
            unknown=self._kinds.total() - starts - ends,
            unreadable=self._unreadable,
            open=tuple(self._open),
            ends_without_start=tuple(self._orphans),
            duplicates=tuple(self._duplicates),
            gaps=tuple(self._gaps),
            damaged=tuple(self._damaged),
            torn=tuple(self._torn),
        )


def _hash(generation: str) -> int:
    return xxhash.xxh3_64_intdigest(generation.encode())
