"""Appends items to the newest segment of each stream. What is not committed never happened."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from msgspec import structs

from darkhorse.base.clock import Clock
from darkhorse.storage.ledger.disk import Disk, File
from darkhorse.storage.ledger.packed.index import Index, Place, Segment
from darkhorse.storage.ledger.packed.segment import (
    BLOCK_SIZE,
    Compressor,
    Items,
    SegmentHeader,
    Stream,
    encode_header,
)

__all__ = ["StreamWriter", "begin_segment", "write_anew"]

T = TypeVar("T")

SEGMENT_SIZE = 64 * 1024 * 1024


class StreamWriter:
    """One stream's end. `add` items, then `flush`, then commit the index, then go on.

    After an exception drop it and open another over the same index: it cuts off what was not
    committed.
    """

    def __init__(
        self,
        directory: Path,
        stream: Stream,
        index: Index,
        *,
        disk: Disk,
        clock: Clock,
        new_file_id: Callable[[], int],
        block_size: int = BLOCK_SIZE,
        segment_size: int = SEGMENT_SIZE,
    ) -> None:
        self._directory = directory
        self._stream = stream
        self._index = index
        self._disk = disk
        self._clock = clock
        self._new_file_id = new_file_id
        self._block_size = block_size
        self._segment_size = segment_size
        self._items = Items()
        self._file: File | None = None
        self._compressor: Compressor | None = None
        known = index.segments(stream)
        self._segment = known[-1] if known else None

    def add(self, number: int, item: bytes) -> None:
        """The next item. Raises OSError."""
        self._items.add(number, item)
        if self._items.size >= self._block_size:
            self._write_block()

    def flush(self) -> None:
        """Write what is there and sync it; the index knows it once it is committed."""
        if len(self._items):
            self._write_block()
        if self._file:
            self._disk.sync(self._file)

    def close(self) -> None:
        """Let the file go; what was not flushed is forgotten."""
        if self._file:
            self._disk.close(self._file)
        self._file = None

    def _write_block(self) -> None:
        file = self._open_file()
        segment = self._segment
        assert segment is not None and self._compressor is not None  # noqa: PT018 (both from _open_file)
        offset = file.size
        self._disk.write(file, [self._compressor.block(self._items)])
        numbers = self._items.numbers
        place = Place(self._stream, numbers[0], numbers[-1], segment.number, offset)
        self._index.put_place(place)
        self._segment = structs.replace(segment, size=file.size)
        self._index.put_segment(self._segment)
        self._items = Items()

    def _open_file(self) -> File:
        """The newest segment's, or a new one's where that is full."""
        if self._file is None and self._segment and self._segment.size < self._segment_size:
            self._file = self._disk.reopen(self._directory / self._segment.name)
            self._compressor = Compressor(self._segment.file_id)
        if self._file is None or self._file.size >= self._segment_size:
            self._begin()
        assert self._file is not None
        return self._file

    def _begin(self) -> None:
        if self._file:
            self._disk.sync(self._file)
            self.close()
        number = self._segment.number + 1 if self._segment else 1
        file_id = self._new_file_id()
        segment = Segment(self._stream, number, 0, file_id, 0)
        self._file, self._segment = begin_segment(
            self._directory, segment, disk=self._disk, clock=self._clock
        )
        self._compressor = Compressor(file_id)
        self._index.put_segment(self._segment)


def write_anew(
    directory: Path,
    segment: Segment,
    fill: Callable[[File, Compressor], T],
    *,
    disk: Disk,
    clock: Clock,
    new_file_id: Callable[[], int],
) -> tuple[Segment, T]:
    """The same segment in a new file, which `fill` fills: synced, and the index knows nothing yet.

    Returns it, and what `fill` does. Raises OSError.
    """
    fresh = structs.replace(segment, rewrite=segment.rewrite + 1, file_id=new_file_id(), size=0)
    file, fresh = begin_segment(directory, fresh, disk=disk, clock=clock)
    try:
        made = fill(file, Compressor(fresh.file_id))
        disk.sync(file)
    finally:
        disk.close(file)
    return structs.replace(fresh, size=file.size), made


def begin_segment(
    directory: Path, segment: Segment, *, disk: Disk, clock: Clock
) -> tuple[File, Segment]:
    """A new file with its header, not synced. A leftover of the same name goes."""
    path = directory / segment.name
    if path.exists():
        disk.remove(path)
    file = disk.create(path)
    header = SegmentHeader(
        stream=segment.stream,
        number=segment.number,
        rewrite=segment.rewrite,
        file_id=segment.file_id,
        created_us=clock.now_us(),
    )
    disk.write(file, [encode_header(header)])
    return file, structs.replace(segment, size=file.size)
