"""What the files of a journal are known to hold, and the checkpoint that remembers it.

The checkpoint lists files read to the end (damage included, once seen), the one begun last, and
what followed from them. It saves time, and it is what remembers the newest files should they
vanish: if a listed file is not as it was, everything is read again and held against it.

Files up to the mark (`mark`) are packed, and gone on purpose: a checkpoint is always read through
it, so nothing here ever speaks of them.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from darkhorse.storage.ledger.disk import Disk
from darkhorse.storage.ledger.files import JournalFile, Window, named
from darkhorse.storage.ledger.frame import END, HEADER_SIZE, START, FileHeader, Flaw
from darkhorse.storage.ledger.mark import PackedMark, read_mark, summed, unsummed
from darkhorse.storage.ledger.scan import Known, SequenceGap

__all__ = [
    "CheckedFile",
    "Checkpoint",
    "DamagedRange",
    "History",
    "LostFile",
    "checkpoint_path",
    "expected",
    "id_of",
    "read_checkpoint",
]


class DamagedRange(Struct, frozen=True):
    """Bytes `start` to `end` of a file that hold no readable frame."""

    file: str
    start: int
    end: int


class LostFile(Struct, frozen=True):
    """A file that vanished, and the bytes it is known to have held (a header: nothing more is)."""

    file: str
    bytes: int

    def told(self) -> str:
        """One plain line."""
        if self.bytes <= HEADER_SIZE:
            return f"{self.file}: is missing; it was begun, what it held is not known"
        return f"{self.file}: is missing; it held {self.bytes:,} bytes"


class CheckedFile(Struct, frozen=True):
    """A file that has been read to its end, as it was then. `file_id` is 0 if unreadable."""

    name: str
    file_id: int
    size: int


class Checkpoint(Struct, frozen=True):
    """What the disk remembers of a History."""

    files: tuple[CheckedFile, ...]
    sequence: int
    generations: int
    open: tuple[str, ...]
    damaged: tuple[DamagedRange, ...]
    first: int = 1
    before: int = 0
    begun: CheckedFile | None = None
    lost: tuple[LostFile, ...] = ()
    gaps: tuple[SequenceGap, ...] = ()

    def sizes(self) -> dict[str, int]:
        """Bytes of every file that must be there, by name."""
        begun = (self.begun,) if self.begun else ()
        sizes = {file.name: file.size for file in (*begun, *self.files)}
        return {lost.file: lost.bytes for lost in self.lost} | sizes


class _Named(Struct):
    id: str


_named = msgspec.json.Decoder(_Named)


def id_of(meta: bytes) -> str:
    """The generation a frame is about; empty if its meta cannot be read."""
    try:
        return _named.decode(meta).id
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def checkpoint_path(directory: Path, writer: str) -> Path:
    """Where a writer's checkpoint is."""
    return directory / f"{writer}.checkpoint"


def read_checkpoint(directory: Path, writer: str) -> Checkpoint | None:
    """A writer's checkpoint, less what is packed; None if nothing can be known of either.

    Raises ConfigError for a damaged mark.
    """
    saved = _read(checkpoint_path(directory, writer))
    mark = read_mark(directory, writer)  # later: it may say more, and never less
    return saved if mark is None else _beyond(mark, saved)


def _read(path: Path) -> Checkpoint | None:
    try:
        data = unsummed(path.read_bytes())
        return None if data is None else msgspec.json.decode(data, type=Checkpoint)
    except (OSError, msgspec.DecodeError):
        return None


def _beyond(mark: PackedMark, saved: Checkpoint | None) -> Checkpoint:
    """What `saved` says of the files behind the mark; the mark goes on where it knows less."""
    if saved is None or saved.sequence < mark.sequence:
        return Checkpoint(
            files=(),
            sequence=mark.sequence,
            generations=mark.generations,
            open=mark.open,
            damaged=(),
            first=mark.sequence + 1,
            before=mark.generations,
            begun=saved.begun if saved and _is_behind(saved.begun, mark) else None,
        )
    newer = mark.sequence + 1 > saved.first
    return structs.replace(
        saved,
        files=tuple(file for file in saved.files if _is_behind(file, mark)),
        first=mark.sequence + 1 if newer else saved.first,
        before=mark.generations if newer else saved.before,
        begun=saved.begun if _is_behind(saved.begun, mark) else None,
        damaged=tuple(each for each in saved.damaged if _number(each.file) > mark.number),
        lost=tuple(each for each in saved.lost if _number(each.file) > mark.number),
        gaps=tuple(gap for gap in saved.gaps if not _is_settled(gap, mark)),
    )


def _is_behind(file: CheckedFile | None, mark: PackedMark) -> bool:
    return file is not None and _number(file.name) > mark.number


def _is_settled(gap: SequenceGap, mark: PackedMark) -> bool:
    """Whoever packed beyond it has put it on record there."""
    if gap.missing:
        return gap.found <= mark.sequence + 1
    return _number(gap.file) <= mark.number


def _number(name: str) -> int:
    """Of a file's name; 0 where it is none."""
    file = named(Path(), name)
    return file.number if file else 0


def expected(directory: Path, saved: Checkpoint | None, files: Sequence[JournalFile]) -> Known:
    """What a walk over all of a writer's files must find. `files` are those there now."""
    if saved is None:
        return Known()
    sizes = saved.sizes()
    there = {file.name for file in files}
    gone = (named(directory, name) for name in sizes if name not in there)
    lost = tuple(file for file in gone if file)
    return Known(last=saved.first - 1, upto=saved.sequence, sizes=sizes, lost=lost)


class History:
    """A fold over one writer's frames: what is open, how many there were, where it stopped."""

    def __init__(self) -> None:
        self.files: dict[str, CheckedFile] = {}
        self.first = 1  # sequence of the oldest frame that is not packed
        self.before = 0  # generations that began before that
        self.sequence = 0  # of the last frame; a number is never used again
        self.generations = 0
        self.open: dict[str, None] = {}  # started and not ended, in order
        self.begun: CheckedFile | None = None  # the file being written; has its header at least
        self.damaged: list[DamagedRange] = []
        self.lost: dict[str, LostFile] = {}
        self.gaps: list[SequenceGap] = []

    def note(self, kind: int, generation: str) -> None:
        """A frame is there, on stable storage."""
        if kind == START:
            self.generations += 1
            if generation:
                self.open[generation] = None
        elif kind == END:
            self.open.pop(generation, None)

    def checked(self, file: JournalFile) -> None:
        """A file will not change any more, and everything in it has been noted."""
        self.files[file.name] = _checked(file)
        self.begun = None

    def vanished(self, file: JournalFile, size: int) -> None:
        """A file in which `size` bytes were noted is not there any more."""
        self.lost[file.name] = LostFile(file.name, size)
        self.begun = None

    def drop(self, mark: PackedMark | None) -> None:
        """Forget the files that are packed by now."""
        if mark is None or mark.sequence + 1 < self.first:
            return
        files = [file for file in self.files.values() if _is_behind(file, mark)]
        self.files = {file.name: file for file in files}
        self.first, self.before = mark.sequence + 1, mark.generations
        self.damaged = [each for each in self.damaged if _number(each.file) > mark.number]
        self.lost = {name: each for name, each in self.lost.items() if _number(name) > mark.number}
        self.gaps = [gap for gap in self.gaps if not _is_settled(gap, mark)]

    def save(self, path: Path, disk: Disk) -> bool:
        """Write the checkpoint. A failure costs the next start some time; returns if it worked."""
        data = msgspec.json.encode(
            Checkpoint(
                files=tuple(self.files.values()),
                first=self.first,
                before=self.before,
                sequence=self.sequence,
                generations=self.generations,
                open=tuple(self.open),
                begun=self.begun,
                damaged=tuple(self.damaged),
                lost=tuple(self.lost.values()),
                gaps=tuple(self.gaps),
            )
        )
        try:
            disk.replace(path, summed(data))
        except OSError:
            return False
        return True

    @classmethod
    def resume(
        cls, directory: Path, saved: Checkpoint | None, files: Sequence[JournalFile]
    ) -> tuple["History", Known]:
        """The history up to the checkpoint, and what a walk over the other files must find.

        `saved` is of `read_checkpoint`, and no packed file is among `files`. If these, those there
        now, are not as it says, all must be read again: `files`, `generations` and what is wrong
        start anew. What was open at `sequence` stays known: an end that is lost with its file is
        not written a second time.
        """
        history, known = cls(), expected(directory, saved, files)
        if saved is None:
            return history, known
        history.first, history.before = saved.first, saved.before
        history.sequence = saved.sequence
        history.generations = saved.before
        history.open = dict.fromkeys(saved.open)
        if not _holds(saved, files):
            return history, known
        history.files = {file.name: file for file in saved.files}
        history.generations = saved.generations
        history.damaged = list(saved.damaged)
        history.lost = {lost.file: lost for lost in saved.lost}
        history.gaps = list(saved.gaps)
        fresh = tuple(file for file in known.lost if file.name not in history.lost)
        return history, structs.replace(known, last=saved.sequence, lost=fresh)


def _holds(saved: Checkpoint, files: Sequence[JournalFile]) -> bool:
    """Are the oldest of `files` exactly those the checkpoint lists, unchanged, and no lost one?"""
    if len(saved.files) > len(files):
        return False
    if {lost.file for lost in saved.lost} & {file.name for file in files}:
        return False
    return all(
        was.name == file.name and was == _checked(file)
        for was, file in zip(saved.files, files, strict=False)
    )


def _checked(file: JournalFile) -> CheckedFile:
    with Window.on(file.path) as window:
        header: FileHeader | Flaw = window.header()
        file_id = header.file_id if isinstance(header, FileHeader) else 0
        return CheckedFile(file.name, file_id, window.size)
