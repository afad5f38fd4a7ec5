"""A power cut without a plug: what was not synced may be gone, whatever the page cache says.

A killed process loses nothing it has written, so kill -9 proves little. `RecordingDisk` notes,
in a file of its own that survives the process, how far each file had been synced; `cut_power`
then makes a directory what a power cut may leave. SQLite syncs its own files; the most that a cut
takes from one is the commit that had not returned yet, which `cut_commit` takes. Not modelled: a
drive that lies about its cache, and damage to bytes that were synced.

The WAL's format: https://www.sqlite.org/fileformat2.html#walformat
"""

import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, get_args

from darkhorse.storage.ledger.disk import File, RealDisk

__all__ = ["CUT_MODES", "CutMode", "Dice", "RecordingDisk", "cut_commit", "cut_power"]

CutMode = Literal["cut", "torn", "garbage"]
"""cut: nothing unsynced stays. torn: a part of the unsynced tail stays.
garbage: the tail keeps its length, a part of it is zeroes or noise."""
CUT_MODES: Sequence[CutMode] = get_args(CutMode)

_GONE = -1
_WHOLE = 2**62  # bytes: longer than any file
_WAL_HEADER = struct.Struct(">8xI4x8s8x")  # size of a page, salts
_WAL_FRAME = struct.Struct(">4xI8s8x")  # not 0: the commit ends here; salts


class Dice(Protocol):
    """Where the tool's chance comes from; `random.Random` is one."""

    def randrange(self, stop: int, /) -> int: ...

    def randbytes(self, n: int, /) -> bytes: ...


class RecordingDisk(RealDisk):
    """A real disk that keeps, in `sidecar` (outside the directories), the synced size of each file.

    A line is written before the operation it tells of returns to its caller, so no
    acknowledgement is older than its line. `databases` are SQLite files of the same process:
    what of them was committed when an operation began is noted too, for `cut_commit`.
    """

    def __init__(self, sidecar: Path, databases: Sequence[Path] = ()) -> None:
        self._fd = os.open(sidecar, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._databases = databases

    def _note(self, path: Path, size: int) -> None:
        os.write(self._fd, f"{size} {path.absolute()}\n".encode())

    def _note_commits(self) -> None:
        for database in self._databases:
            log = _read_log(database)
            if log.ends:
                os.write(self._fd, f"{log.ends[-1]} {_known_as(database, log)}\n".encode())

    def create(self, path: Path) -> File:
        self._note_commits()
        file = super().create(path)
        self._note(path, _GONE)
        return file

    def sync(self, file: File) -> None:
        self._note_commits()
        size = file.size  # before the call: what arrives meanwhile is not covered
        super().sync(file)
        self._note(file.path, size)

    def adopt(self, path: Path, *, below: Path) -> None:
        self._note_commits()
        super().adopt(path, below=below)
        self._note(path, path.stat().st_size)

    def truncate(self, path: Path, size: int) -> None:
        self._note_commits()
        super().truncate(path, size)
        self._note(path, size)

    def remove(self, path: Path) -> None:
        self._note_commits()
        super().remove(path)
        self._note(path, _GONE)

    def replace(self, path: Path, content: bytes) -> None:
        """Told of before it is done: whichever of the two is there, it is there whole."""
        self._note_commits()
        self._note(path, _WHOLE)
        super().replace(path, content)


def cut_power(
    directory: Path,
    sidecar: Path,
    rng: Dice,
    mode: CutMode,
    *,
    only: str = "*",
    strays: bool = False,
) -> None:
    """Leave of the files `only` (a pattern) in `directory` and below what a power cut may leave.

    Files never synced disappear; with `strays`, of some of them a part stays, as `mode` says.
    """
    synced = _synced_sizes(sidecar)
    for path in sorted(p for p in directory.rglob(only) if p.is_file()):
        size = synced.get(str(path.absolute()), _GONE)
        if size == _GONE and not (strays and rng.randrange(2)):
            path.unlink()
        elif path.stat().st_size > max(size, 0):
            _damage_tail(path, max(size, 0), rng, mode)


def cut_commit(database: Path, sidecar: Path) -> bool:
    """Take the last commit of an SQLite file whose process was killed, if it may not be synced.

    False where it was: something was done to a noted file since.
    """
    log = _read_log(database)
    if not log.ends:
        return False
    noted = _synced_sizes(sidecar).get(_known_as(database, log), 0)
    if noted >= log.ends[-1]:
        return False
    os.truncate(_log_path(database), log.ends[-2] if len(log.ends) > 1 else 0)
    database.with_name(f"{database.name}-shm").unlink(missing_ok=True)
    return True


class _Log(NamedTuple):
    """A write-ahead log: what names its life, and where each commit in it ends."""

    salts: bytes
    ends: Sequence[int]


def _log_path(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


def _known_as(database: Path, log: _Log) -> str:
    return f"{log.salts.hex()} {_log_path(database).absolute()}"


def _read_log(database: Path) -> _Log:
    try:
        with _log_path(database).open("rb") as file:
            head = file.read(_WAL_HEADER.size)
            if len(head) < _WAL_HEADER.size:
                return _Log(b"", ())
            page, salts = _WAL_HEADER.unpack(head)
            size = os.fstat(file.fileno()).st_size
            return _Log(salts, tuple(_commits(file.fileno(), size, page, salts)))
    except FileNotFoundError:
        return _Log(b"", ())


def _commits(fd: int, size: int, page: int, salts: bytes) -> Iterator[int]:
    """The end of each commit; frames of an earlier life of the log are behind the last."""
    step = _WAL_FRAME.size + page
    for at in range(_WAL_HEADER.size, size - step + 1, step):
        commits, own = _WAL_FRAME.unpack(os.pread(fd, _WAL_FRAME.size, at))
        if own != salts:
            return
        if commits:
            yield at + step


def _synced_sizes(sidecar: Path) -> dict[str, int]:
    sizes = {}
    for line in sidecar.read_text().splitlines():
        size, name = line.split(" ", 1)
        sizes[name] = int(size)
    return sizes


def _damage_tail(path: Path, synced: int, rng: Dice, mode: CutMode) -> None:
    tail = path.stat().st_size - synced
    if mode == "cut":
        os.truncate(path, synced)
    elif mode == "torn":
        os.truncate(path, synced + rng.randrange(tail + 1))
    else:
        first = rng.randrange(tail)
        length = 1 + rng.randrange(tail - first)
        noise = rng.randbytes(length) if rng.randrange(2) else bytes(length)
        with path.open("r+b") as file:
            file.seek(synced + first)
            file.write(noise)
