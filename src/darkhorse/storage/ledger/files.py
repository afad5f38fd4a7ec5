"""A journal directory: its files in order, one writer at a time, reading in bounded memory."""

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.frame import HEADER_SIZE, FileHeader, Flaw, decode_header

__all__ = [
    "JournalFile",
    "Window",
    "WriterLock",
    "ask_for_turn",
    "journal_files",
    "named",
    "turn_path",
]

_NAME = re.compile(r"([A-Za-z0-9_]+)-(\d{8,})\.dhj")
_CHUNK = 4 * 1024 * 1024


class JournalFile(Struct, frozen=True):
    """One file of a journal. `writer` and `number` make its name."""

    directory: Path
    writer: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.writer}-{self.number:08}.dhj"

    @property
    def path(self) -> Path:
        return self.directory / self.name

    @property
    def order(self) -> tuple[int, str]:
        """Sorts the files of a directory."""
        return self.number, self.writer


def named(directory: Path, name: str) -> JournalFile | None:
    """The journal file called `name`; None if that is no journal file's name."""
    match = _NAME.fullmatch(name)
    return JournalFile(directory, match[1], int(match[2])) if match else None


def journal_files(directory: Path) -> list[JournalFile]:
    """The journal files of a directory, oldest first; none where there is no directory."""
    try:
        names = os.listdir(directory)  # noqa: PTH208 (names are all we need)
    except FileNotFoundError:
        return []
    files = [file for name in names if (file := named(directory, name))]
    return sorted(files, key=lambda file: file.order)


def turn_path(directory: Path, writer: str = "relay") -> Path:
    """Where a writer is asked to close its file; it looks twice a second, and takes it away."""
    return directory / f"{writer}.turn"


def ask_for_turn(directory: Path, writer: str = "relay") -> None:
    """Have the writer close the file it writes, so that it can be packed. Raises OSError.

    Without a writer there is nothing to close: the next one begins a new file in any case.
    """
    turn_path(directory, writer).touch(0o600)


class WriterLock:
    """The right to write in a directory, held until `release` or the end of the process.

    Raises ConfigError if another process, or another opener in this one, has it.
    """

    def __init__(self, directory: Path, writer: str) -> None:
        path = directory / f"{writer}.lock"
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._fd)
            raise ConfigError(
                f"{directory}: another process is writing this journal; stop it, "
                "or give this one a data directory of its own."
            ) from None

    def release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class Window:
    """A part of a file in memory, moved as it is read.

    Plain reads, not a mapping: a file may be cut while another process reads it, and a mapping
    would then kill the reader. `size` is fixed at the start, so a file that grows meanwhile
    looks the same from one read to the next.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.size = os.fstat(fd).st_size
        self._start = 0
        self._held = b""

    @classmethod
    @contextlib.contextmanager
    def on(cls, path: Path) -> Iterator["Window"]:
        """Open a file for reading. Raises OSError."""
        fd = os.open(path, os.O_RDONLY)
        try:
            yield cls(fd)
        finally:
            os.close(fd)

    def read(self, offset: int, length: int) -> memoryview:
        """Up to `length` bytes at `offset`; fewer only at the end of the file."""
        length = max(0, min(length, self.size - offset))
        ahead = offset - self._start
        if not 0 <= ahead <= len(self._held) - length:
            self._held = os.pread(self._fd, min(max(length, _CHUNK), self.size - offset), offset)
            self._start, ahead = offset, 0
        return memoryview(self._held)[ahead : ahead + length]

    def find(self, needle: bytes, offset: int) -> int | None:
        """Where `needle` next begins, at or after `offset`."""
        while offset + len(needle) <= self.size:
            if len(self.read(offset, len(needle))) < len(needle):
                return None  # cut since we looked at its size
            at = self._held.find(needle, offset - self._start)
            if at >= 0:
                return self._start + at
            offset = max(offset + 1, self._start + len(self._held) - len(needle) + 1)
        return None

    def header(self) -> FileHeader | Flaw:
        """The file's header."""
        return decode_header(self.read(0, HEADER_SIZE))
