"""What a run was told, kept line by line, so that the same command goes on where it was cut.

The first line says whose answers they are; each other one is an observation. A last line that a
crash cut short is dropped. The file is its owner's alone, and no key is in it.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from darkhorse.attribution.client.door import Spent
from darkhorse.attribution.observation import Observation
from darkhorse.base.errors import ConfigError

__all__ = ["Kept", "Run", "as_run", "finished"]

_FRAME = b'{"run":'
_END = b'{"run":"done"}'
_BEGUN = b'{"run":"begun"'


class Run(Struct, frozen=True, kw_only=True, tag_field="run", tag="begun"):
    """Whose answers they are, and from what its questions were drawn."""

    url: str
    model: str
    budget: str
    dialect: str
    seed: int
    library: str = ""
    at: int = 0  # Unix seconds


class _Spent(Struct, frozen=True, kw_only=True, tag_field="run", tag="spent"):
    """What was spent when this was written; the last one counts."""

    calls: int
    tokens: int


class Kept:
    """A file of one run, held by one process. Use it as a context manager."""

    def __init__(self, path: Path, run: Run) -> None:
        """Opens the file, or makes it; `run` is then what stands in it. Raises ConfigError."""
        self.path = path
        self.noted = Spent()
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
            self._close()
            if isinstance(e, BlockingIOError):
                raise ConfigError(f"{path}: another run is writing there; name another.") from None
            if isinstance(e, OSError):
                raise ConfigError(f"{path}: cannot be written ({e.strerror}).") from None
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def append(self, seen: Observation) -> None:
        """One more answer, on disk when this returns. Raises OSError."""
        self._write(_encode(seen))
        self.seen.append(seen)

    def note(self, spent: Spent) -> None:
        """What was spent so far, the call under way included. Raises OSError."""
        self.is_finished = False
        self.noted = Spent(spent.calls, spent.tokens)
        line = _encode(_Spent(calls=spent.calls, tokens=spent.tokens))
        self._file.write(line + b"\n")
        self._file.flush()  # not synced: only a crash of the machine costs this line

    def finish(self) -> None:
        """All was asked: the next run begins a new file."""
        if not self.is_finished:
            self._write(_END)
            self.is_finished = True

    def _read(self, run: Run) -> tuple[Run, list[Observation], bool]:
        self._file.seek(0)
        held = self._file.read()
        whole, _, cut = held.rpartition(b"\n")
        lines = whole.splitlines()
        had = as_run(lines[0]) if lines else None
        if had is None and (lines or not _is_beginning(held)):
            raise ConfigError(f"{self.path}: is no file of a run; name another with --keep.")
        if cut:
            self._file.truncate(len(whole) + bool(whole))
        if had is None:
            self._write(_encode(run))
            return run, [], False
        if (had.url, had.model, had.dialect) != (run.url, run.model, run.dialect):
            raise ConfigError(
                f"{self.path}: holds answers of {had.model} at {had.url}; name another with --keep."
            )
        self.noted = _last_noted(lines)
        return had, list(_observations(lines[1:])), lines[-1] == _END

    def _close(self) -> None:
        """What a full disk left in the buffer is lost, and was told already."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _write(self, line: bytes) -> None:
        self.is_finished = False
        self._file.write(line + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def as_run(line: bytes) -> Run | None:
    """The first line of a kept file; None where it is none."""
    try:
        return msgspec.json.decode(line, type=Run)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _is_beginning(held: bytes) -> bool:
    """Is it nothing, or a run that a crash cut in its first line?"""
    return held.startswith(_BEGUN) or _BEGUN.startswith(held)


def finished(path: Path) -> bool:
    """Was everything asked that was to be asked?"""
    try:
        return path.read_bytes().rstrip().endswith(_END)
    except OSError:
        return False


def _observations(lines: Sequence[bytes]) -> Iterator[Observation]:
    for line in lines:
        if line.startswith(_FRAME):
            continue
        try:
            yield msgspec.json.decode(line, type=Observation)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # damaged; it is asked again


def _last_noted(lines: Sequence[bytes]) -> Spent:
    for line in reversed(lines):
        if line.startswith(_FRAME):
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                told = msgspec.json.decode(line, type=_Spent)
                return Spent(told.calls, told.tokens)
    return Spent()


def _encode(value: Run | Observation | _Spent) -> bytes:
    return msgspec.json.encode(value)
