"""A power cut without a plug: what was not synced may be gone, whatever the page cache says.

A killed process loses nothing it has written, so kill -9 proves little. `RecordingDisk` notes,
in a file of its own that survives the process, how far each file had been synced; `cut_power`
then makes the directory what a power cut may leave. Not modelled: a drive that lies about its
cache, and damage to bytes that were synced.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol, get_args

from darkhorse.storage.ledger.disk import File, RealDisk

__all__ = ["CUT_MODES", "CutMode", "Dice", "RecordingDisk", "cut_power"]

CutMode = Literal["cut", "torn", "garbage"]
"""cut: nothing unsynced stays. torn: a part of the unsynced tail stays.
garbage: the tail keeps its length, a part of it is zeroes or noise."""
CUT_MODES: Sequence[CutMode] = get_args(CutMode)

_GONE = -1


class Dice(Protocol):
    """Where the tool's chance comes from; `random.Random` is one."""

    def randrange(self, stop: int, /) -> int: ...

    def randbytes(self, n: int, /) -> bytes: ...


class RecordingDisk(RealDisk):
    """A real disk that keeps, in `sidecar` (outside the directory), the synced size of each file.

    A line is written before the operation it tells of returns to the journal, so no
    acknowledgement is older than its line.
    """

    def __init__(self, sidecar: Path) -> None:
        self._fd = os.open(sidecar, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def _note(self, path: Path, size: int) -> None:
        os.write(self._fd, f"{size} {path.name}\n".encode())

    def create(self, path: Path) -> File:
        file = super().create(path)
        self._note(path, _GONE)
        return file

    def sync(self, file: File) -> None:
        size = file.size  # before the call: what arrives meanwhile is not covered
        super().sync(file)
        self._note(file.path, size)

    def truncate(self, path: Path, size: int) -> None:
        super().truncate(path, size)
        self._note(path, size)

    def remove(self, path: Path) -> None:
        super().remove(path)
        self._note(path, _GONE)

    def replace(self, path: Path, content: bytes) -> None:
        super().replace(path, content)
        self._note(path, len(content))


def cut_power(directory: Path, sidecar: Path, rng: Dice, mode: CutMode) -> None:
    """Leave in `directory` what a power cut may leave. Files never synced disappear."""
    synced = _synced_sizes(sidecar)
    for path in sorted(p for p in directory.iterdir() if p.is_file()):
        size = synced.get(path.name, _GONE)
        if size == _GONE:
            path.unlink()
        elif path.stat().st_size > size:
            _damage_tail(path, size, rng, mode)


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
