"""Name, size and state of every item of a stream: 21 bytes each, in a file without a name.

For whoever looks at all items at once: with 30 million messages known this is 600 MB that the
kernel may write out, not memory of ours.
"""

import mmap
import struct
import tempfile
from pathlib import Path
from typing import NamedTuple

__all__ = ["ERASED", "LOST", "WHOLE", "Entry", "Roster"]

LOST, ERASED, WHOLE = 0, 1, 2

_ENTRY = struct.Struct("<16sIB")
_FIRST = 1 << 12  # entries there is room for at first


class Entry(NamedTuple):
    """`size` in bytes of what the item stands for; of a node, of its whole chain."""

    name: bytes
    size: int
    state: int


_NOTHING = Entry(bytes(16), 0, LOST)


class Roster:
    """Numbers from 1; one that was never put is LOST."""

    def __init__(self, directory: Path) -> None:
        self._file = _nameless(directory)
        self._room = _FIRST
        self._file.truncate(self._room * _ENTRY.size)
        self._map = mmap.mmap(self._file.fileno(), 0)
        self.last = 0

    def put(self, number: int, entry: Entry) -> None:
        """Of a number that is at least 1."""
        while number >= self._room:
            self._grow()
        _ENTRY.pack_into(self._map, number * _ENTRY.size, *entry)
        self.last = max(self.last, number)

    def get(self, number: int) -> Entry:
        """What was put."""
        if not 0 < number <= self.last:
            return _NOTHING
        return Entry(*_ENTRY.unpack_from(self._map, number * _ENTRY.size))

    def close(self) -> None:
        """May be called twice."""
        self._map.close()
        self._file.close()

    def _grow(self) -> None:
        self._room *= 2
        self._file.truncate(self._room * _ENTRY.size)
        self._map.close()
        self._map = mmap.mmap(self._file.fileno(), 0)


def _nameless(directory: Path) -> "tempfile._TemporaryFileWrapper[bytes]":
    try:
        return tempfile.TemporaryFile(dir=directory)  # type: ignore[return-value]
    except OSError:  # a backup that cannot be written to
        return tempfile.TemporaryFile()  # type: ignore[return-value]
