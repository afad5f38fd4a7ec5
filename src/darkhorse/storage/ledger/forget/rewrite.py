"""A segment written anew without its doomed items: same numbers, nothing in their place.

Blocks that hold none are taken over as they are compressed. The new file is on stable storage
before the index names it; the old one goes a while later, for a reader may just have learned its
name. Whatever a crash leaves, the index names one whole file, and the packer removes the others.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct, structs

from darkhorse.base.clock import Clock
from darkhorse.storage.ledger.disk import Disk, File
from darkhorse.storage.ledger.packed.blocks import damaged
from darkhorse.storage.ledger.packed.index import Counts, Index, Place, Segment
from darkhorse.storage.ledger.packed.recipe import decode_record
from darkhorse.storage.ledger.packed.scan import block_in
from darkhorse.storage.ledger.packed.segment import (
    Block,
    Compressor,
    Flaw,
    Items,
    Stream,
)
from darkhorse.storage.ledger.packed.writer import write_anew

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
        fresh, moved = write_anew(
            self._directory,
            segment,
            partial(self._copy, segment, doomed),
            disk=self._disk,
            clock=self._clock,
            new_file_id=self._new_file_id,
        )
        self._switch(fresh, moved, doomed)

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
    found = block_in(fd, place.offset, segment.file_id)
    if isinstance(found, Flaw):
        raise damaged(path, found.value, place.offset)
    if doomed.isdisjoint(found.block.numbers):
        return compressor.moved(found.fields, found.payload)
    items, gone = _left(found.block, doomed)
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
        counts.erased += 1
        counts.take(decode_record(item), -1)
    return counts
