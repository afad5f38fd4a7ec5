"""Every byte of a journal against its checksums, and the frames against each other.

Files that are packed are none of its business: it begins behind the mark (`mark`), with the
generations that ran there. Keeps one number for each generation that has ended, to tell a second
end from one without a start: about 70 bytes of memory a generation.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path

import xxhash
from msgspec import Struct, structs

from darkhorse.storage.ledger.files import JournalFile, journal_files
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.history import (
    Checkpoint,
    DamagedRange,
    LostFile,
    expected,
    id_of,
    read_checkpoint,
)
from darkhorse.storage.ledger.mark import PackedMark, behind, read_mark
from darkhorse.storage.ledger.scan import (
    Damage,
    Found,
    Hollow,
    Known,
    Lost,
    SequenceGap,
    Step,
    Torn,
    size_of,
    walk,
)

__all__ = ["SequenceGap", "VerifyReport", "synced_upto", "verify"]

OnProgress = Callable[[int, int], None]

_PROGRESS_STEP = 1 << 20  # bytes


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
    lost: tuple[LostFile, ...]
    damaged: tuple[DamagedRange, ...]
    torn: tuple[DamagedRange, ...]

    @property
    def ok(self) -> bool:
        """Everything that was acknowledged is there, once and whole."""
        return not self.problems()

    def problems(self) -> list[str]:
        """One plain line a fault, with the file's name."""
        lines = [lost.told() for lost in self.lost]
        lines += [_told_range(damaged) for damaged in self.damaged]
        lines += [_told_gap(gap) for gap in self.gaps]
        lines += [f"{g}: recorded twice" for g in self.duplicates]
        lines += [f"{g}: has an end and no start" for g in self.ends_without_start]
        if self.unreadable == 1:
            lines.append("1 frame is whole, but its record cannot be read")
        elif self.unreadable:
            lines.append(f"{self.unreadable:,} frames are whole, but their record cannot be read")
        return lines


def _told_range(damaged: DamagedRange) -> str:
    if damaged.start:
        return f"{damaged.file}: bytes {damaged.start:,} to {damaged.end:,} are damaged"
    if damaged.end:
        return f"{damaged.file}: is wholly unreadable, all {damaged.end:,} bytes"
    return f"{damaged.file}: is wholly unreadable, it is empty"


def _told_gap(gap: SequenceGap) -> str:
    where = f"{gap.file}: " if gap.file else ""
    if not gap.missing:
        return f"{where}frame {gap.found:,} comes again where {gap.expected:,} was due"
    count = "1 frame is" if gap.missing == 1 else f"{gap.missing:,} frames are"
    side = f"behind {gap.expected - 1:,}" if gap.at_end else f"before {gap.found:,}"
    inside = f", which were in {' and '.join(gap.inside)}" if gap.inside else ""
    return f"{where}{count} missing {side}{inside}"


def verify(directory: Path, on_progress: OnProgress | None = None) -> VerifyReport:
    """Read everything. `on_progress` gets (bytes read, bytes in all) about once a megabyte.

    Raises ConfigError for a damaged mark. A packer may be at work beside it: when a file goes
    meanwhile, all is read once more.
    """
    while True:
        marks = _marks(directory)
        try:
            report = _verified(directory, marks, on_progress)
        except FileNotFoundError:
            continue
        if report.ok or _marks(directory) == marks:
            return report


def _marks(directory: Path) -> dict[str, PackedMark | None]:
    writers = {path.stem for name in ("*.packed", "*.checkpoint") for path in directory.glob(name)}
    writers |= {path.stem.rpartition("-")[0] for path in directory.glob("*-*.dhj")}
    return {writer: read_mark(directory, writer) for writer in writers}


def _verified(
    directory: Path, marks: dict[str, PackedMark | None], on_progress: OnProgress | None
) -> VerifyReport:
    saved = _checkpoints(directory, marks)  # before the files: a file is there before it is listed
    files = [f for f in journal_files(directory) if behind([f], marks.get(f.writer))]
    sizes = {file.name: size_of(file) or 0 for file in files}
    count = _Count()
    progress = _Progress(sizes, on_progress)
    for writer in sorted({file.writer for file in files} | saved.keys()):
        own = [file for file in files if file.writer == writer]
        mark = marks.get(writer)
        known = _known(directory, writer, saved.get(writer), own)
        if mark:  # a checkpoint that begins later was written beside a newer one
            known = structs.replace(known, last=mark.sequence)
        count.begin(mark)
        for step in walk(own, known):
            count.step(step, known)
            progress.step(step)
    progress.finish()
    return count.report(len(files), sum(sizes.values()))


def _checkpoints(directory: Path, marks: dict[str, PackedMark | None]) -> dict[str, Checkpoint]:
    writers = {path.stem for path in directory.glob("*.checkpoint")} | marks.keys()
    return {writer: saved for writer in writers if (saved := read_checkpoint(directory, writer))}


def _known(
    directory: Path, writer: str, saved: Checkpoint | None, files: Sequence[JournalFile]
) -> Known:
    """What must be there. A running writer may have dropped an unused file meanwhile."""
    known = expected(directory, saved, files)
    if known.lost and (now := read_checkpoint(directory, writer)):
        still = now.sizes()
        lost = tuple(file for file in known.lost if file.name in still)
        return structs.replace(known, lost=lost)
    return known


def synced_upto(directory: Path, writer: str) -> int:
    """The last sequence that a writer's checkpoint says is synced; 0 without one."""
    saved = read_checkpoint(directory, writer)
    return saved.sequence if saved else 0


class _Progress:
    """Tells how far a walk has come."""

    def __init__(self, sizes: dict[str, int], told: OnProgress | None) -> None:
        self._total = sum(sizes.values())
        self._before = dict(zip(sizes, accumulate(sizes.values(), initial=0), strict=False))
        self._told = told
        self._next = _PROGRESS_STEP

    def step(self, step: Step) -> None:
        if self._told is None or not isinstance(step, Found | Damage | Torn):
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
        self._open: dict[str, None] = {}
        self._ended: set[int] = set()
        self._orphans: list[str] = []
        self._duplicates: list[str] = []
        self._gaps: list[SequenceGap] = []
        self._lost: list[LostFile] = []
        self._damaged: list[DamagedRange] = []
        self._torn: list[DamagedRange] = []

    def begin(self, mark: PackedMark | None) -> None:
        """What runs where the next walk begins."""
        self._open |= dict.fromkeys(mark.open if mark else ())

    def step(self, step: Step, known: Known) -> None:
        match step:
            case Found():
                self._frame(step.frame)
            case Damage(file, start, end):
                self._damaged.append(DamagedRange(file.name, start, end))
            case Torn(file, start, end):
                self._torn.append(DamagedRange(file.name, start, end))
            case Lost(file):
                self._lost.append(LostFile(file.name, known.sizes[file.name]))
            case SequenceGap():
                self._gaps.append(step)
            case Hollow():
                pass

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
            lost=tuple(self._lost),
            damaged=tuple(self._damaged),
            torn=tuple(self._torn),
        )


def _hash(generation: str) -> int:
    return xxhash.xxh3_64_intdigest(generation.encode())
