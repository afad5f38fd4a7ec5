"""What the writer does before it opens its journal: look at what the last process left.

Cuts a torn tail, removes files that never held a frame, finds the generations that were running.
A hole in the last commit is a torn tail too, with all that is behind it (`scan` says how that is
known). It never touches other bytes behind which whole frames follow: that is damage, and evidence.
What is damaged or missing is told, and the writer goes on behind the last number ever used.
"""

import logging
from pathlib import Path

from msgspec import Struct

from darkhorse.storage.ledger.disk import Disk, RealDisk
from darkhorse.storage.ledger.files import JournalFile, WriterLock, journal_files
from darkhorse.storage.ledger.frame import HEADER_SIZE, START
from darkhorse.storage.ledger.history import (
    DamagedRange,
    History,
    LostFile,
    checkpoint_path,
    id_of,
    read_checkpoint,
)
from darkhorse.storage.ledger.mark import behind, index_fault, read_mark
from darkhorse.storage.ledger.scan import (
    Damage,
    Found,
    Hollow,
    Known,
    Lost,
    SequenceGap,
    Torn,
    walk,
)

__all__ = ["Cut", "RecoveryReport", "recover", "restore"]

_log = logging.getLogger(__name__)

_NAMED = 5  # files in a line of the log


class Cut(Struct, frozen=True):
    """A torn tail of so many bytes was cut from a file."""

    file: str
    bytes: int


class RecoveryReport(Struct, frozen=True, kw_only=True):
    """What was found and done. `read` counts the frames this start had to read again."""

    files: int
    generations: int
    read: int
    cut: tuple[Cut, ...]
    removed: tuple[str, ...]
    damaged: tuple[DamagedRange, ...]
    lost: tuple[LostFile, ...]
    gaps: tuple[SequenceGap, ...]
    interrupted: tuple[str, ...]  # generations that were running

    def sentence(self) -> str:
        """All of it in one line."""
        parts = [_count(self.files, "file"), _count(self.generations, "generation")]
        parts += [f"cut {_count(cut.bytes, 'torn byte')} from {cut.file}" for cut in self.cut]
        if self.removed:
            parts.append(f"removed {_count(len(self.removed), 'empty file')}")
        if self.interrupted:
            parts.append(f"marked {len(self.interrupted):,} interrupted")
        if self.damage:
            parts.append(self.damage)
        return f"journal: {', '.join(parts)}"

    @property
    def damage(self) -> str:
        """What is damaged or missing, and where to learn more; empty if nothing is."""
        parts = []
        if self.lost:
            names = ", ".join(lost.file for lost in self.lost[:_NAMED])
            parts.append(f"{_count(len(self.lost), 'lost file')} ({names})")
        if self.damaged:
            ranges = _count(len(self.damaged), "damaged range")
            parts.append(f"{ranges}, the first in {self.damaged[0].file}")
        if missing := sum(gap.missing for gap in self.gaps):
            parts.append(f"{_count(missing, 'frame')} missing")
        if repeated := sum(not gap.missing for gap in self.gaps):
            parts.append(f"{_count(repeated, 'frame number')} repeated")
        return f"{', '.join(parts)}; see `darkhorse ledger verify`" if parts else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def recover(directory: Path, *, disk: Disk | None = None, writer: str = "relay") -> RecoveryReport:
    """Recover one writer's journal. FileJournal does this itself when it opens.

    Raises ConfigError while another process writes there, OSError if the disk does.
    """
    disk = disk or RealDisk()
    disk.make_directory(directory)
    with WriterLock(directory, writer):
        return restore(directory, disk, writer)[1]


def restore(directory: Path, disk: Disk, writer: str) -> tuple[History, RecoveryReport]:
    """`recover` for one who holds the lock, with the history to go on from.

    A packer may be at work beside it: when a file goes meanwhile, all is looked at once more.
    """
    if fault := index_fault(directory, writer):
        _log.error("journal: its numbers go on behind its own mark: %s", fault)
    while True:
        mark = read_mark(directory, writer)
        own = [file for file in journal_files(directory) if file.writer == writer]
        files = behind(own, mark)
        history, known = History.resume(directory, read_checkpoint(directory, writer), files)
        repair = _Repair(history, known, disk)
        try:
            repair.run([file for file in files if file.name not in history.files])
        except FileNotFoundError:
            if read_mark(directory, writer) == mark:
                raise
        if read_mark(directory, writer) == mark:
            return history, _report(directory, writer, history, repair, disk)


def _report(
    directory: Path, writer: str, history: History, repair: "_Repair", disk: Disk
) -> RecoveryReport:
    # Before files go: the checkpoint must not expect what is removed on purpose.
    saved_now = history.save(checkpoint_path(directory, writer), disk)
    removed = repair.remove() if saved_now else ()
    return RecoveryReport(
        files=len(history.files),
        generations=history.generations,
        read=repair.read,
        cut=tuple(repair.cut),
        removed=removed,
        damaged=tuple(history.damaged),
        lost=tuple(history.lost.values()),
        gaps=tuple(history.gaps),
        interrupted=tuple(history.open),
    )


class _Repair:
    """One pass over the files nobody has looked at yet."""

    def __init__(self, history: History, known: Known, disk: Disk) -> None:
        self._history = history
        self._known = known
        self._disk = disk
        self.read = 0
        self.cut: list[Cut] = []
        self._empty: list[JournalFile] = []

    def run(self, files: list[JournalFile]) -> None:
        for step in walk(files, self._known):
            match step:
                case Found():
                    self._found(step)
                case Torn():
                    self._cut(step)
                case Damage(file, start, end):
                    self._history.damaged.append(DamagedRange(file.name, start, end))
                case Lost(file):
                    size = self._known.sizes[file.name]
                    self._history.lost[file.name] = LostFile(file.name, size)
                case SequenceGap():
                    self._history.gaps.append(step)
                case Hollow(file):
                    self._empty.append(file)
        for file in files:
            if file not in self._empty:
                self._keep(file)

    def _found(self, step: Found) -> None:
        frame = step.frame
        self.read += 1
        if frame.sequence > self._known.upto:
            self._history.note(frame.kind, id_of(frame.meta))
        elif frame.kind == START:
            self._history.generations += 1
        self._history.sequence = max(self._history.sequence, frame.sequence)

    def remove(self) -> tuple[str, ...]:
        """Take away the files that hold nothing; returns their names."""
        for file in self._empty:
            self._disk.remove(file.path)
        return tuple(file.name for file in self._empty)

    def _cut(self, step: Torn) -> None:
        self.cut.append(Cut(step.file.name, step.end - step.start))
        # First, also where the file goes later: should it stay, the next file's frames would make
        # a hole in it look like damage.
        self._disk.truncate(step.file.path, step.start)
        if step.start == HEADER_SIZE:
            self._empty.append(step.file)

    def _keep(self, file: JournalFile) -> None:
        # What a killed process wrote and did not sync has been counted now, and the sequence
        # goes on behind it: a power cut must not take it back. Cutting nothing off syncs it.
        self._disk.truncate(file.path, file.path.stat().st_size)
        self._history.checked(file)
