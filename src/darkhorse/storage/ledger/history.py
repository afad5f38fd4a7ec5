"""What the files of a journal are known to hold, and the checkpoint that remembers it.

The checkpoint only saves time: it lists files found whole (damage included, once seen) and what
followed from them. If it is missing, unreadable, or a listed file is not as it was, everything
is read again. Delete it to make the next start look at every byte.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import xxhash
from msgspec import Struct

from darkhorse.storage.ledger.disk import Disk
from darkhorse.storage.ledger.files import JournalFile, Window
from darkhorse.storage.ledger.frame import END, START, FileHeader, Flaw

__all__ = ["CheckedFile", "DamagedRange", "History", "checkpoint_path", "id_of"]


class DamagedRange(Struct, frozen=True):
    """Bytes `start` to `end` of a file that hold no readable frame."""

    file: str
    start: int
    end: int


class CheckedFile(Struct, frozen=True):
    """A file that has been read to its end, as it was then. `file_id` is 0 if unreadable."""

    name: str
    file_id: int
    size: int


class _Checkpoint(Struct, frozen=True):
    files: tuple[CheckedFile, ...]
    sequence: int
    generations: int
    open: tuple[str, ...]
    damaged: tuple[DamagedRange, ...]


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


class History:
    """A fold over one writer's frames: what is open, how many there were, where it stopped."""

    def __init__(self) -> None:
        self.files: dict[str, CheckedFile] = {}
        self.sequence = 0  # of the last frame; the first is 1
        self.generations = 0
        self.open: dict[str, None] = {}  # started and not ended, in order
        self.damaged: list[DamagedRange] = []

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

    def save(self, path: Path, disk: Disk) -> None:
        """Write the checkpoint. A failure costs the next start some time, nothing else."""
        data = msgspec.json.encode(
            _Checkpoint(
                files=tuple(self.files.values()),
                sequence=self.sequence,
                generations=self.generations,
                open=tuple(self.open),
                damaged=tuple(self.damaged),
            )
        )
        with contextlib.suppress(OSError):
            disk.replace(path, f"{xxhash.xxh3_64_hexdigest(data)}\n".encode() + data)

    @classmethod
    def load(cls, path: Path, files: Sequence[JournalFile]) -> "History":
        """The history up to the checkpoint, or an empty one. `files` are those there now."""
        saved = _read(path)
        history = cls()
        if saved is None or not _holds(saved, files):
            return history
        history.files = {file.name: file for file in saved.files}
        history.sequence = saved.sequence
        history.generations = saved.generations
        history.open = dict.fromkeys(saved.open)
        history.damaged = list(saved.damaged)
        return history


def _read(path: Path) -> _Checkpoint | None:
    try:
        checksum, _, data = path.read_bytes().partition(b"\n")
        if checksum != xxhash.xxh3_64_hexdigest(data).encode():
            return None
        return msgspec.json.decode(data, type=_Checkpoint)
    except (OSError, msgspec.DecodeError):
        return None


def _holds(saved: _Checkpoint, files: Sequence[JournalFile]) -> bool:
    """Are the oldest of `files` exactly those the checkpoint lists, unchanged?"""
    if len(saved.files) > len(files):
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
