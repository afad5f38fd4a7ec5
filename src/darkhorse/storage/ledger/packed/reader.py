"""Reading what was packed, beside the packer. A body comes back byte for byte."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.frame import Frame
from darkhorse.storage.ledger.packed.blocks import Blocks, damaged
from darkhorse.storage.ledger.packed.index import Counts, Gap, Index, read_index
from darkhorse.storage.ledger.packed.recipe import (
    BLOB,
    CHAIN,
    Node,
    Part,
    decode_node,
    decode_recipe,
    decode_record,
)
from darkhorse.storage.ledger.packed.segment import Block, Stream

__all__ = ["Contents", "Packed", "PackedMeta"]


class PackedMeta(Struct, frozen=True):
    """A frame without its body. `size` is the body's, `repeated` what of it was stored before."""

    kind: int
    sequence: int
    meta: bytes
    size: int
    repeated: int
    recipe: bytes


class Packed:
    """Everything packed in a directory, which need not exist yet. Safe from several threads.

    Each call sees what is packed by then. Raises ConfigError where bytes are damaged.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.RLock()
        self._index: Index | None = None
        self._held: Blocks | None = None
        self._version = 0

    def last(self) -> int:
        """The highest sequence packed; 0 where nothing is."""
        return self.counts().last_record

    def counts(self) -> Counts:
        """What there is in all."""
        with self._lock:
            index = self._open()
            return index.counts() if index else Counts()

    def gaps(self) -> list[Gap]:
        """Numbers that are known to be lost."""
        with self._lock:
            index = self._open()
            return index.gaps() if index else []

    def metas(self, after: int = 0) -> Iterator[PackedMeta]:
        """Behind a sequence, ascending; what was erased is left out."""
        while blocks := self._records(after):
            for block in blocks:
                for position, sequence in enumerate(block.numbers):
                    if sequence <= after:
                        continue
                    if sequence > after + 1:
                        self._expect_gap(after + 1, sequence - 1)
                    after = sequence
                    if item := block.item(position):
                        yield self._meta(sequence, item)

    def meta(self, sequence: int) -> PackedMeta | None:
        """One of them; None: never packed, or erased."""
        with self._moment() as blocks:
            item = blocks.item(Stream.RECORDS, sequence) if blocks else None
        return self._meta(sequence, item) if item else None

    def body(self, meta: PackedMeta) -> bytes:
        """The frame's body."""
        with self._moment() as blocks:
            if blocks is None:
                raise damaged(self._directory, "nothing is packed here")
            try:
                body = Contents(blocks).of_recipe(meta.recipe)
            except ValueError as e:
                raise damaged(self._directory, f"frame {meta.sequence}: {e}") from None
        if len(body) != meta.size:
            raise damaged(self._directory, f"frame {meta.sequence} has lost a part of its body")
        return body

    def frame(self, sequence: int) -> Frame | None:
        """A whole frame; None: never packed, or erased."""
        for _ in range(2):  # what is erased between two reads is gone in the second
            meta = self.meta(sequence)
            if meta is None:
                return None
            try:
                return Frame(meta.kind, sequence, meta.meta, self.body(meta))
            except ConfigError:
                if self.meta(sequence) == meta:
                    raise
        return None

    def close(self) -> None:
        """May be called twice."""
        with self._lock:
            if self._index:
                self._index.close()
            self._index = self._held = None

    def _open(self) -> Index | None:
        if self._index is None:
            self._index = read_index(self._directory)
        return self._index

    @contextmanager
    def _moment(self) -> Iterator[Blocks | None]:
        """One moment of the index; a segment that was rewritten meanwhile is still there."""
        with self._lock:
            index = self._open()
            if index is None:
                yield None
                return
            with index.moment():
                yield self._blocks(index)

    def _blocks(self, index: Index) -> Blocks:
        """Those read before, as long as nothing was packed or erased since."""
        version = index.version()
        if self._held is None or self._version != version:
            self._held, self._version = Blocks(self._directory, index), version
        return self._held

    def _records(self, after: int) -> list[Block]:
        """The next blocks of records with anything behind `after`; empty at the end."""
        with self._moment() as blocks:
            if blocks is None or self._index is None:
                return []
            at = self._index.place(Stream.RECORDS, after + 1)
            places = [at] if at else self._index.places(Stream.RECORDS, after)[:4]
            if not places:
                self._expect_gap(after + 1, self._index.counts().last_record)
            return [blocks.block(place) for place in places]

    def _expect_gap(self, first: int, last: int) -> None:
        """A frame that the index has lost must not be passed over in silence."""
        with self._lock:
            if self._index and first <= last and not self._index.is_gap(first, last):
                raise damaged(self._index.path, f"it has no place for frames {first} to {last}")

    def _meta(self, sequence: int, item: bytes) -> PackedMeta:
        try:
            record = decode_record(item)
        except ValueError as e:
            raise damaged(self._directory, f"frame {sequence}: {e}") from None
        return PackedMeta(
            record.kind, sequence, record.meta, record.size, record.repeated, record.recipe
        )


class Contents:
    """Puts bodies together. Raises ValueError where a part is missing or erased."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks

    def of_recipe(self, recipe: bytes) -> bytes:
        """The bytes that a recipe stands for."""
        return self.of_parts(decode_recipe(recipe))

    def of_parts(self, parts: list[Part]) -> bytes:
        """The bytes of parts in order."""
        return b"".join(self._of_part(part) for part in parts)

    def _of_part(self, part: Part) -> bytes:
        if part.kind == BLOB:
            return self.of_blob(part.number)
        return self.of_chain(part.number) if part.kind == CHAIN else part.content

    def of_blob(self, number: int) -> bytes:
        """A blob's content."""
        item = self._item(Stream.BLOBS, number)
        return self.of_recipe(item[1:]) if item[0] else item[1:]

    def of_chain(self, number: int) -> bytes:
        """All pieces from the beginning of a chain to this node."""
        pieces = [self.of_parts(node.parts) for node in self.nodes(number)]
        return b"".join(reversed(pieces))

    def nodes(self, number: int) -> Iterator[Node]:
        """From this node to the beginning of its chain."""
        while number:
            node = decode_node(self._item(Stream.CHAINS, number))
            if node.parent >= number:
                raise ValueError(f"node {number} comes before its parent")
            yield node
            number = node.parent

    def _item(self, stream: Stream, number: int) -> bytes:
        item = self._blocks.item(stream, number)
        if not item:
            raise ValueError(f"item {number} of the {stream.word} is not there")
        return item
