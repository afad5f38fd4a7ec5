"""Blocks of the packed segments by item number: read, checked, the latest kept."""

import os
from collections import OrderedDict
from pathlib import Path

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.packed.index import Index, Place, Segment
from darkhorse.storage.ledger.packed.scan import block_in
from darkhorse.storage.ledger.packed.segment import Block, Flaw, Stream

__all__ = ["Blocks", "damaged"]

_KEPT = 24 * 1024 * 1024  # bytes of blocks
_LARGEST = 2 * 1024 * 1024  # a block is as large as its largest item: such a one is not kept


class Blocks:
    """Over one moment of an index. Raises ConfigError where bytes are not what they should be."""

    def __init__(self, directory: Path, index: Index) -> None:
        self._directory = directory
        self._index = index
        self._kept: OrderedDict[tuple[int, int], tuple[Place, Block]] = OrderedDict()
        self._kept_bytes = 0
        self._latest: dict[Stream, tuple[Place, Block]] = {}
        self._segments: dict[tuple[int, int], Segment] = {}

    def item(self, stream: Stream, number: int) -> bytes | None:
        """An item; empty if erased, None if there never was one of this number."""
        held = self._latest.get(stream)
        if held is None or not held[0].first <= number <= held[0].last:
            place = self._index.place(stream, number)
            if place is None:
                return None
            held = place, self.block(place)
            self._latest.pop(stream, None)
            if len(held[1].data) <= _LARGEST:
                self._latest[stream] = held
        place, block = held
        index = number - place.first
        if not isinstance(block.numbers, range):
            if number not in block.numbers:
                return None
            index = block.numbers.index(number)
        return block.item(index)

    def block(self, place: Place) -> Block:
        """The block at a place."""
        key = place.stream, place.first
        kept = self._kept.get(key)
        if kept and kept[0] == place:
            self._kept.move_to_end(key)
            return kept[1]
        if kept:  # it was written anew since
            self._kept_bytes -= len(self._kept.pop(key)[1].data)
        block = self.read(place)
        if len(block.data) <= _LARGEST:
            self._keep(key, place, block)
        return block

    def _keep(self, key: tuple[int, int], place: Place, block: Block) -> None:
        self._kept[key] = place, block
        self._kept_bytes += len(block.data)
        while self._kept_bytes > _KEPT:
            _, (_, oldest) = self._kept.popitem(last=False)
            self._kept_bytes -= len(oldest.data)

    def read(self, place: Place) -> Block:
        """The same from the disk."""
        segment = self._segment(place)
        path = self._directory / segment.name
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise damaged(path, "it is missing") from None
        try:
            return _read(fd, path, place, segment.file_id)
        finally:
            os.close(fd)

    def _segment(self, place: Place) -> Segment:
        key = place.stream, place.segment
        found = self._segments.get(key)
        if found is None:
            found = self._index.segment(place.stream, place.segment)
            if found is None:
                raise damaged(self._index.path, f"it knows no segment {key}")
            self._segments[key] = found
        return found


def _read(fd: int, path: Path, place: Place, file_id: int) -> Block:
    found = block_in(fd, place.offset, file_id)
    if isinstance(found, Flaw):
        raise damaged(path, found.value, place.offset)
    if (found.fields.first, found.fields.last) != (place.first, place.last):
        raise damaged(path, "another block stands there than the index says", place.offset)
    return found.block


def damaged(path: Path, why: str, offset: int | None = None) -> ConfigError:
    """What a reader says who meets it."""
    where = "" if offset is None else f", byte {offset}"
    return ConfigError(
        f"{path}{where}: {why}; run `darkhorse ledger verify` to see what is lost, put the file of "
        "a backup in its place, or run `darkhorse ledger repair`."
    )
