"""A segment written anew without its doomed items: same numbers, nothing in their place.

Blocks that hold none are taken over as they are compressed. The new file is on stable storage
before the index names it; the old one goes a while later, for a reader may just have learned its
name. Whatever a crash leaves, the index names one whole file, and the packer removes the others.
"""

import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, structs

from darkhorse.base.clock import Clock
from darkhorse.storage.ledger.disk import Disk, File
from darkhorse.storage.ledger.frame import END, START
from darkhorse.storage.ledger.packed.blocks import damaged
from darkhorse.storage.ledger.packed.index import Counts, Index, Place, Segment
from darkhorse.storage.ledger.packed.recipe import decode_record
from darkhorse.storage.ledger.packed.segment import (
    FIELDS_SIZE,
    Block,
    Compressor,
    Flaw,
    Items,
    Stream,
    decode_block,
    decode_fields,
)
from darkhorse.storage.ledger.packed.writer import begin_segment

__all__ = ["Rewriter"]


class _Moved(Struct):
    """What a rewriting has made so far."""

    places: list[Place]
    erased: list[bytes]  # records that were taken out


class Rewriter:
    """Over an index of its own. Raises ConfigError for damage, OSError from the disk."""

    def __init__(
        self,
        directory: Path,
        index: Index,
        *,
        disk: Disk,
        clock: Clock,
        new_file_id: Callable[[], int],
    ) -> None:
        self._directory = directory
        self._index = index
        self._disk = disk
        self._clock = clock
        self._new_file_id = new_file_id

    def rewrite(self, segment: Segment, doomed: set[int]) -> None:
        """Without the items of these numbers. Nobody may append to it meanwhile."""
        fresh = structs.replace(
            segment, rewrite=segment.rewrite + 1, file_id=self._new_file_id(), size=0
        )
        file, fresh = begin_segment(self._directory, fresh, disk=self._disk, clock=self._clock)
        try:
            moved = self._copy(segment, doomed, file, Compressor(fresh.file_id))
            self._disk.sync(file)
        finally:
            self._disk.close(file)
        self._switch(structs.replace(fresh, size=file.size), moved, doomed)

    def _copy(
        self, segment: Segment, doomed: set[int], file: File, compressor: Compressor
    ) -> _Moved:
        moved = _Moved([], [])
        path = self._directory / segment.name
        with path.open("rb", buffering=0) as source:
            for place in self._index.places_in(segment):
                offset = file.size
                content = _block_without(
                    source.fileno(), path, place, segment, doomed, compressor, moved.erased
                )
                self._disk.write(file, [content])
                moved.places.append(structs.replace(place, offset=offset))
        return moved

    def _switch(self, segment: Segment, moved: _Moved, doomed: set[int]) -> None:
        """From one moment to the next the new file counts, and its items are doomed no more."""
        with self._index.commit():
            self._index.put_segment(segment)
            for place in moved.places:
                self._index.put_place(place)
            if segment.stream is Stream.RECORDS:
                self._index.put_counts(_without(self._index.counts(), moved.erased))
            self._index.run(
                "DELETE FROM doomed WHERE stream = ? AND number = ?",
                ((int(segment.stream), number) for number in doomed),
            )


def _block_without(
    fd: int,
    path: Path,
    place: Place,
    segment: Segment,
    doomed: set[int],
    compressor: Compressor,
    erased: list[bytes],
) -> bytes:
    fields = decode_fields(os.pread(fd, FIELDS_SIZE, place.offset), segment.file_id)
    if isinstance(fields, Flaw):
        raise damaged(path, fields.value, place.offset)
    payload = os.pread(fd, fields.stored, place.offset + FIELDS_SIZE)
    block = decode_block(fields, payload, segment.file_id)
    if isinstance(block, Flaw):
        raise damaged(path, block.value, place.offset)
    if doomed.isdisjoint(block.numbers):
        return compressor.moved(fields, payload)
    items, gone = _left(block, doomed)
    if segment.stream is Stream.RECORDS:
        erased += gone
    return compressor.block(items)


def _left(block: Block, doomed: set[int]) -> tuple[Items, list[bytes]]:
    """The items with nothing in the place of those that go, and these."""
    items, gone = Items(), []
    for at, number in enumerate(block.numbers):
        item = block.item(at)
        if number in doomed and item:
            gone.append(item)
            item = b""
        items.add(number, item)
    return items, gone


def _without(counts: Counts, erased: list[bytes]) -> Counts:
    """What there is when these records are gone."""
    for item in erased:
        record = decode_record(item)
        counts.erased += 1
        counts.meta_bytes -= len(record.meta)
        counts.repeated_bytes -= record.repeated
        if record.kind == START:
            counts.starts -= 1
            counts.request_bytes -= record.size
        elif record.kind == END:
            counts.ends -= 1
            counts.answer_bytes -= record.size
        else:
            counts.others -= 1
    return counts
