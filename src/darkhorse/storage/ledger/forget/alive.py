"""What of the packed store only erased records refer to.

Candidates are the nodes and blobs that the erased records are made of. What another record is made
of too is alive, and the rest of the candidates is dead. Between two slices the packer may pack
more; that stands behind the records that were read, and `tail` reads it at the end, in the slice in
which the dead lose their names.

Memory: a few bits for each item, whatever the ledger's size; and a pair for each time that a
picture or the like which may die is part of a message.
"""

import re
from collections.abc import Iterable, Iterator

from darkhorse.storage.ledger.forget.bits import Bits
from darkhorse.storage.ledger.packed.blocks import Blocks
from darkhorse.storage.ledger.packed.index import Index, Place
from darkhorse.storage.ledger.packed.recipe import (
    BLOB,
    CHAIN,
    Part,
    decode_node,
    decode_recipe,
    decode_record,
)
from darkhorse.storage.ledger.packed.segment import Stream

__all__ = ["Marking"]

_MEDIA = re.compile(rb"\0[A-Za-z0-9+/_-]{512}")


class Marking:
    """Run `slices` to its end, then `tail`, then ask for the dead.

    Raises ConfigError, and ValueError where what is stored makes no sense.
    """

    def __init__(self, index: Index, blocks: Blocks, erased: Iterable[int]) -> None:
        self._index = index
        self._blocks = blocks
        self._erased = Bits(erased)
        self._nodes, self._blobs = Bits(), Bits()  # candidates
        self._lowest_node = 0
        self._live_nodes, self._live_blobs = Bits(), Bits()
        self._has_media = False  # among the candidates
        self._media: list[tuple[int, int]] = []  # a blob, and a candidate that is part of it
        self._records_read = 0  # up to this number; so do the blobs, for media
        self._blobs_read = 0

    def slices(self) -> Iterator[None]:
        """Everything that may be done while the packer goes on."""
        yield from self._find_candidates()
        yield from self._mark_records()
        yield from self._mark_chains()
        yield from self._note_media()

    def tail(self) -> None:
        """What was packed since. Pack nothing more before the dead have lost their names."""
        for place in self._unread_records():
            for parts in self._recipes(place):
                for part in parts:
                    if part.kind == CHAIN:
                        self._revive(part.number)
                self._mark(parts)
        for _ in self._note_media():
            pass
        for blob, piece in self._media:
            if not self._is_dead_blob(blob):
                self._live_blobs.add(piece)

    def records(self) -> Iterator[int]:
        """The numbers of the records to erase, ascending."""
        return iter(self._erased)

    def dead_nodes(self) -> Iterator[int]:
        """Of the chains, ascending."""
        return (number for number in self._nodes if number not in self._live_nodes)

    def dead_blobs(self) -> Iterator[int]:
        """Ascending."""
        return filter(self._is_dead_blob, self._blobs)

    def _is_dead_blob(self, number: int) -> bool:
        return number in self._blobs and number not in self._live_blobs

    # --- candidates ---

    def _find_candidates(self) -> Iterator[None]:
        for sequence in self._erased:
            if item := self._blocks.item(Stream.RECORDS, sequence):
                for part in _recipe_of(item):
                    self._add_candidate(part)
            yield

    def _add_candidate(self, part: Part) -> None:
        if part.kind == BLOB:
            self._add_blob(part.number)
        elif part.kind == CHAIN:
            self._add_chain(part.number)

    def _add_chain(self, number: int) -> None:
        while number and self._nodes.add(number):
            self._lowest_node = min(number, self._lowest_node or number)
            item = self._blocks.item(Stream.CHAINS, number)
            if not item:
                return
            number, parts = decode_node(item)
            for part in parts:
                self._add_candidate(part)

    def _add_blob(self, number: int) -> None:
        if not self._blobs.add(number):
            return
        item = self._blocks.item(Stream.BLOBS, number) or b""
        pieces = _pieces_of(item)
        self._has_media = self._has_media or bool(pieces) or bool(_MEDIA.match(item))
        for piece in pieces:
            self._blobs.add(piece)

    # --- what is alive ---

    def _mark_records(self) -> Iterator[None]:
        for place in self._unread_records():
            for parts in self._recipes(place):
                self._mark(parts)
            yield

    def _unread_records(self) -> Iterator[Place]:
        while places := self._index.places(Stream.RECORDS, self._records_read):
            for place in places:
                self._records_read = place.last
                yield place

    def _recipes(self, place: Place) -> Iterator[list[Part]]:
        """Of the records in a block that stay."""
        block = self._blocks.read(place)
        for at, sequence in enumerate(block.numbers):
            item = block.item(at)
            if item and sequence not in self._erased:
                yield _recipe_of(item)

    def _mark(self, parts: list[Part]) -> None:
        for part in parts:
            if part.kind == BLOB:
                self._live_blobs.add(part.number)
            elif part.kind == CHAIN:
                self._live_nodes.add(part.number)

    def _mark_chains(self) -> Iterator[None]:
        """From the newest node down, for parents are older, to the oldest that may die."""
        for place in reversed(self._chains()):
            block = self._blocks.read(place)
            for at in range(len(block.numbers) - 1, -1, -1):
                item = block.item(at)
                if item and block.numbers[at] in self._live_nodes:
                    parent, parts = decode_node(item)
                    self._live_nodes.add(parent)
                    self._mark(parts)
            yield

    def _chains(self) -> list[Place]:
        """The blocks from the one that holds the lowest candidate on."""
        if not self._lowest_node:
            return []
        holds = self._index.place(Stream.CHAINS, self._lowest_node)
        found: list[Place] = []
        after = (holds.first if holds else self._lowest_node) - 1
        while places := self._index.places(Stream.CHAINS, after):
            found += places
            after = places[-1].first
        return found

    def _note_media(self) -> Iterator[None]:
        """Which blobs have candidates as parts. Reads all blobs, where media may die only."""
        while self._has_media and (places := self._index.places(Stream.BLOBS, self._blobs_read)):
            for place in places:
                block = self._blocks.read(place)
                for at, number in enumerate(block.numbers):
                    pieces = filter(self._blobs.__contains__, _pieces_of(block.item(at)))
                    self._media += ((number, piece) for piece in pieces)
                self._blobs_read = place.last
                yield

    def _revive(self, number: int) -> None:
        """Mark a chain up to the first node that was marked, with all above it, before."""
        while number and self._live_nodes.add(number):
            item = self._blocks.item(Stream.CHAINS, number)
            if not item:
                return
            number, parts = decode_node(item)
            self._mark(parts)


def _recipe_of(record: bytes) -> list[Part]:
    return decode_recipe(decode_record(record).recipe)


def _pieces_of(item: bytes) -> list[int]:
    """The blobs that a blob is made of."""
    if item[:1] != b"\1":
        return []
    return [part.number for part in decode_recipe(item, 1) if part.kind == BLOB]
