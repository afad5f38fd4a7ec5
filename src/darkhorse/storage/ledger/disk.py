"""The seam of file operations the journal uses, and the real disk.

Narrow on purpose: a test replaces it to fail, to block, or to remember what was synced
(`powercut`). Every method raises OSError.
"""

import contextlib
import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

__all__ = ["Disk", "File", "RealDisk", "rest_after", "sync_directory"]

_IOV_MAX = os.sysconf("SC_IOV_MAX")


@dataclass(slots=True)
class File:
    """A file open for appending."""

    path: Path
    fd: int
    size: int = 0  # bytes written to it
    entered: bool = False  # its directory entry is on stable storage


class Disk(Protocol):
    """What the journal asks of a file system."""

    def make_directory(self, path: Path) -> None:
        """Make a directory and its parents, on stable storage; fine if it exists."""
        ...

    def create(self, path: Path) -> File:
        """A new file; FileExistsError if there is one. Not on stable storage before `sync`."""
        ...

    def reopen(self, path: Path) -> File:
        """A file that is there and on stable storage, to be appended to."""
        ...

    def write(self, file: File, buffers: Sequence[bytes]) -> None:
        """Append all of `buffers`; after an error any part of them may be there."""
        ...

    def sync(self, file: File) -> None:
        """Bring what was written, the first time the directory entry too, to stable storage."""
        ...

    def close(self, file: File) -> None:
        """Let go of it; never raises, syncs nothing."""
        ...

    def adopt(self, path: Path, *, below: Path) -> None:
        """A file that a library wrote: bring it, and its way down from `below`, to stable storage.

        From now on both are private to the user.
        """
        ...

    def truncate(self, path: Path, size: int) -> None:
        """Cut a file to `size` bytes, on stable storage."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file, on stable storage."""
        ...

    def replace(self, path: Path, content: bytes) -> None:
        """Make `path` hold `content`: the old or the new after a crash, never a mixture."""
        ...


class RealDisk:
    """The machine's file system. Files are private to the user: they hold prompts."""

    def make_directory(self, path: Path) -> None:
        missing = [p for p in (path, *path.parents) if not p.exists()]
        for directory in reversed(missing):
            directory.mkdir(mode=0o700, exist_ok=True)
            sync_directory(directory.parent)

    def create(self, path: Path) -> File:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        return File(path, os.open(path, flags, 0o600))

    def reopen(self, path: Path) -> File:
        fd = os.open(path, os.O_WRONLY | os.O_APPEND)
        return File(path, fd, os.fstat(fd).st_size, entered=True)

    def write(self, file: File, buffers: Sequence[bytes]) -> None:
        for first in range(0, len(buffers), _IOV_MAX):
            pending: list[bytes | memoryview] = list(buffers[first : first + _IOV_MAX])
            while pending:
                written = os.writev(file.fd, pending)
                if not written:
                    raise OSError(errno.EIO, "nothing could be written")
                file.size += written
                pending = rest_after(pending, written)

    def sync(self, file: File) -> None:
        if file.entered:
            os.fdatasync(file.fd)
            return
        os.fsync(file.fd)
        sync_directory(file.path.parent)
        file.entered = True

    def close(self, file: File) -> None:
        with contextlib.suppress(OSError):
            os.close(file.fd)

    def adopt(self, path: Path, *, below: Path) -> None:
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fchmod(fd, 0o600)
            os.fsync(fd)
        finally:
            os.close(fd)
        for directory in path.parents:
            directory.chmod(0o700)
            sync_directory(directory)
            if directory == below:
                return

    def truncate(self, path: Path, size: int) -> None:
        fd = os.open(path, os.O_WRONLY)
        try:
            os.ftruncate(fd, size)
            os.fsync(fd)
        finally:
            os.close(fd)

    def remove(self, path: Path) -> None:
        path.unlink()
        sync_directory(path.parent)

    def replace(self, path: Path, content: bytes) -> None:
        draft = path.with_name(f"{path.name}.new")
        draft.unlink(missing_ok=True)
        file = RealDisk.create(self, draft)
        try:
            RealDisk.write(self, file, [content])
            os.fsync(file.fd)
        finally:
            os.close(file.fd)
        draft.replace(path)
        sync_directory(path.parent)


def rest_after(buffers: Sequence[bytes | memoryview], written: int) -> list[bytes | memoryview]:
    """What is left of `buffers` when their first `written` bytes are out."""
    for index, buffer in enumerate(buffers):
        if written < len(buffer):
            return [memoryview(buffer)[written:], *buffers[index + 1 :]]
        written -= len(buffer)
    return []


def sync_directory(path: Path) -> None:
    """Bring the entries of a directory to stable storage. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
