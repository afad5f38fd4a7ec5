"""What the writer does before it opens its journal: look at what the last process left.

Cuts a torn tail, removes files that never held a frame, finds the generations that were running.
It never touches bytes behind which whole frames follow: that is damage, and evidence.
"""

from pathlib import Path

from msgspec import Struct

from darkhorse.storage.ledger.disk import Disk, RealDisk
from darkhorse.storage.ledger.files import JournalFile, WriterLock, journal_files
from darkhorse.storage.ledger.frame import HEADER_SIZE
from darkhorse.storage.ledger.history import DamagedRange, History, checkpoint_path, id_of
from darkhorse.storage.ledger.scan import Damage, Found, Hollow, Torn, walk

__all__ = ["Cut", "RecoveryReport", "recover", "restore"]


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
    interrupted: tuple[str, ...]  # generations that were running

    def sentence(self) -> str:
        """All of it in one line."""
        parts = [_count(self.files, "file"), _count(self.generations, "generation")]
        parts += [f"cut {_count(cut.bytes, 'torn byte')} from {cut.file}" for cut in self.cut]
        if self.removed:
            parts.append(f"removed {_count(len(self.removed), 'empty file')}")
        if self.interrupted:
            parts.append(f"marked {len(self.interrupted):,} interrupted")
        if self.damaged:
            first = self.damaged[0]
            parts.append(
                f"{_count(len(self.damaged), 'damaged range')}, the first in {first.file}; "
                "see `darkhorse ledger verify`"
            )
        return f"journal: {', '.join(parts)}"


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
    """`recover` for one who holds the lock, with the history to go on from."""
    files = [file for file in journal_files(directory) if file.writer == writer]
    history = History.load(checkpoint_path(directory, writer), files)
    repair = _Repair(history, disk)
    fresh = [file for file in files if file.name not in history.files]
    repair.run(fresh)
    if fresh:
        history.save(checkpoint_path(directory, writer), disk)
    report = RecoveryReport(
        files=len(history.files),
        generations=history.generations,
        read=repair.read,
        cut=tuple(repair.cut),
        removed=tuple(repair.removed),
        damaged=tuple(history.damaged),
        interrupted=tuple(history.open),
    )
    return history, report


class _Repair:
    """One pass over the files nobody has looked at yet."""

    def __init__(self, history: History, disk: Disk) -> None:
        self._history = history
        self._disk = disk
        self.read = 0
        self.cut: list[Cut] = []
        self.removed: list[str] = []

    def run(self, files: list[JournalFile]) -> None:
        for step in walk(files, self._history.sequence):
            match step:
                case Found():
                    self._found(step)
                case Torn():
                    self._cut(step)
                case Damage(file, start, end):
                    self._history.damaged.append(DamagedRange(file.name, start, end))
                case Hollow(file):
                    self._remove(file)
        for file in files:
            if file.name not in self.removed:
                self._keep(file)

    def _found(self, step: Found) -> None:
        self.read += 1
        self._history.note(step.frame.kind, id_of(step.frame.meta))
        self._history.sequence = max(self._history.sequence, step.frame.sequence)

    def _cut(self, step: Torn) -> None:
        self.cut.append(Cut(step.file.name, step.end - step.start))
        if step.start == HEADER_SIZE:
            self._remove(step.file)
        else:
            self._disk.truncate(step.file.path, step.start)

    def _keep(self, file: JournalFile) -> None:
        # What a killed process wrote and did not sync has been counted now, and the sequence
        # goes on behind it: a power cut must not take it back. Cutting nothing off syncs it.
        self._disk.truncate(file.path, file.path.stat().st_size)
        self._history.checked(file)

    def _remove(self, file: JournalFile) -> None:
        self._disk.remove(file.path)
        self.removed.append(file.name)
