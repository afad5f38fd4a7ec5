"""Reading one segment file from end to end, past whatever damage is there, in bounded memory."""

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from darkhorse.storage.ledger.packed.segment import (
    FIELDS_SIZE,
    HEADER_SIZE,
    MARKER,
    Block,
    BlockFields,
    Flaw,
    SegmentHeader,
    decode_block,
    decode_fields,
    decode_header,
)

__all__ = ["DamagedBytes", "FoundBlock", "SegmentFile", "block_in"]

_CHUNK = 1 << 20  # bytes searched at a time


class FoundBlock(Struct, frozen=True):
    """A whole block at `offset`; the next one begins at `end`."""

    offset: int
    end: int
    fields: BlockFields
    payload: bytes  # compressed, as it stands there
    block: Block


class DamagedBytes(Struct, frozen=True):
    """Bytes that should be blocks and are not."""

    start: int
    end: int
    flaw: Flaw


def block_in(fd: int, offset: int, file_id: int) -> FoundBlock | Flaw:
    """The block that begins there in an open file."""
    fields = decode_fields(os.pread(fd, FIELDS_SIZE, offset), file_id)
    if isinstance(fields, Flaw):
        return fields
    payload = os.pread(fd, fields.stored, offset + FIELDS_SIZE)
    block = decode_block(fields, payload, file_id)
    if isinstance(block, Flaw):
        return block
    return FoundBlock(offset, offset + fields.size, fields, payload, block)


class SegmentFile:
    """A segment open for reading. It may be rewritten and unlinked meanwhile: this one stays."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self.name = path.name
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.size = os.fstat(self._fd).st_size

    def header(self) -> SegmentHeader | Flaw:
        """What it says of itself."""
        return decode_header(os.pread(self._fd, HEADER_SIZE, 0))

    def block_at(self, offset: int, file_id: int) -> FoundBlock | Flaw:
        """The block that begins there."""
        return block_in(self._fd, offset, file_id)

    def blocks(
        self, file_id: int, upto: int, start: int = HEADER_SIZE
    ) -> Iterator[FoundBlock | DamagedBytes]:
        """Everything from `start` on, up to byte `upto` or the end of the file."""
        end = min(upto, self.size)
        offset = start
        while offset < end:
            found = self.block_at(offset, file_id)
            if isinstance(found, Flaw):
                after = self._next_block(offset + 1, end, file_id)
                yield DamagedBytes(offset, after, found)
                offset = after
            else:
                yield found
                offset = found.end

    def close(self) -> None:
        """May be called twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _next_block(self, offset: int, end: int, file_id: int) -> int:
        """Where the next whole block begins; `end` if none does."""
        while offset < end:
            held = os.pread(self._fd, _CHUNK + len(MARKER) - 1, offset)
            at = held.find(MARKER)
            while at >= 0:
                if isinstance(self.block_at(offset + at, file_id), FoundBlock):
                    return min(offset + at, end)
                at = held.find(MARKER, at + 1)
            offset += _CHUNK
        return end
