"""What a run was told, kept line by line, so that the same command goes on where it was cut.

The first line says whose answers they are; each other one is an observation. A last line that a
crash cut short is dropped. The file is its owner's alone, and no key is in it.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from darkhorse.attribution.observation import Observation
from darkhorse.base.errors import ConfigError

__all__ = ["Kept", "Run", "as_run", "finished"]

_END = b'{"run":"done"}'


class Run(Struct, frozen=True, kw_only=True, tag_field="run", tag="begun"):
    """Whose answers they are, and from what its questions were drawn."""

    url: str
    model: str
    budget: str
    dialect: str
    seed: int
    library: str = ""
    at: int = 0  # Unix seconds


class Kept:
    """A file of one run, held by one process. Use it as a context manager."""

    def __init__(self, path: Path, run: Run) -> None:
        """Opens the file, or makes it; `run` is then what stands in it. Raises ConfigError."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_APPEND
            self._file = os.fdopen(os.open(path, flags, 0o600), "r+b")
        except OSError as e:
            raise ConfigError(f"{path}: cannot be written ({e.strerror}).") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.run, self.seen, self.is_finished = self._read(run)
        except BaseException as e:
            self._file.close()
            if isinstance(e, BlockingIOError):
                raise ConfigError(f"{path}: another run is writing there; name another.") from None
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def append(self, seen: Observation) -> None:
        """One more answer, on disk when this returns. Raises OSError."""
        self._write(_encode(seen))
        self.seen.append(seen)

    def finish(self) -> None:
        """All was asked: the next run begins a new file."""
        if not self.is_finished:
            self._write(_END)
            self.is_finished = True

    def _read(self, run: Run) -> tuple[Run, list[Observation], bool]:
        self._file.seek(0)
        whole, _, cut = self._file.read().rpartition(b"\n")
        if cut:
            self._file.truncate(len(whole) + bool(whole))
        lines = whole.splitlines()
        if not lines:
            self._write(_encode(run))
            return run, [], False
        had = as_run(lines[0])
        if had is None:
            raise ConfigError(f"{self.path}: is no file of a run; name another with --keep.")
        if (had.url, had.model, had.dialect) != (run.url, run.model, run.dialect):
            raise ConfigError(
                f"{self.path}: holds answers of {had.model} at {had.url}; name another with --keep."
            )
        return had, list(_observations(lines[1:])), lines[-1] == _END

    def _write(self, line: bytes) -> None:
        self._file.write(line + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def as_run(line: bytes) -> Run | None:
    """The first line of a kept file; None where it is none."""
    try:
        return msgspec.json.decode(line, type=Run)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def finished(path: Path) -> bool:
    """Was everything asked that was to be asked?"""
    try:
        return path.read_bytes().rstrip().endswith(_END)
    except OSError:
        return False


def _observations(lines: Sequence[bytes]) -> Iterator[Observation]:
    for line in lines:
        if line == _END:
            continue
        try:
            yield msgspec.json.decode(line, type=Observation)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # damaged; it is asked again


def _encode(value: Run | Observation) -> bytes:
    return msgspec.json.encode(value)
