"""What verify and the rebuild learn of items: names recomputed, parts in range, sizes that add up.

Blobs first, then chains, then records: each stands only on what came before.
"""

import re

from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.packed.bodies import ROOT, name_of, name_of_node
from darkhorse.storage.ledger.packed.cut import Link
from darkhorse.storage.ledger.packed.index import Counts
from darkhorse.storage.ledger.packed.reader import Contents
from darkhorse.storage.ledger.packed.recipe import (
    BLOB,
    CHAIN,
    LITERAL,
    Node,
    Part,
    Record,
    decode_node,
    decode_recipe,
    decode_record,
)
from darkhorse.storage.ledger.packed.roster import ERASED, LOST, WHOLE, Entry, Roster

__all__ = [
    "Blobs",
    "Chains",
    "Marks",
    "RecordSeen",
    "Records",
    "Unresolved",
    "generation_of",
    "record_in",
]

_MOST = 0xFFFFFFFF  # no item of ours is so large
_GAP = re.compile(rb"[\s,]*")


class Unresolved(Exception):
    """An item refers to what is not there. `lost`: for damage elsewhere that is told already."""

    def __init__(self, why: str, *, lost: bool) -> None:
        super().__init__(why)
        self.lost = lost


class Marks:
    """Which items of a stream are marked: a byte each."""

    def __init__(self) -> None:
        self._marks = bytearray(1)

    def add(self, number: int) -> None:
        if number >= len(self._marks):
            self._marks.extend(bytes(max(len(self._marks), number + 1 - len(self._marks))))
        self._marks[number] = 1

    def __contains__(self, number: int) -> bool:
        return number < len(self._marks) and bool(self._marks[number])

    def count(self, upto: int) -> int:
        return self._marks.count(1, 0, upto + 1)


class _Stream:
    """Counts of one stream of numbered content."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.referred = Marks()
        self.whole = 0
        self.erased = 0
        self.upto = 0  # the highest number there should be: up to there, what is not there is lost

    @property
    def orphans(self) -> int:
        """Whole items nobody refers to."""
        return max(0, self.whole - self.referred.count(self.roster.last))

    def erase(self, number: int) -> None:
        self.erased += 1
        self.roster.put(number, Entry(bytes(16), 0, ERASED))

    def _put(self, number: int, name: bytes, size: int) -> None:
        self.whole += 1
        self.roster.put(number, Entry(name, min(size, _MOST), WHOLE))

    def size_of(self, number: int, what: str) -> int:
        """Of something that is referred to. Raises Unresolved."""
        entry = self.roster.get(number)
        if entry.state != WHOLE:
            state = "was erased" if entry.state == ERASED else "is not there"
            lost = entry.state == LOST and number <= self.upto
            raise Unresolved(f"{what} {number:,} {state}", lost=lost)
        self.referred.add(number)
        return entry.size


class Blobs(_Stream):
    """Content by number."""

    def __init__(self, roster: Roster, contents: Contents) -> None:
        super().__init__(roster)
        self._contents = contents

    def add(self, number: int, item: bytes) -> bytes:
        """The next item, not erased; returns its name. Raises Unresolved."""
        content = item[1:]
        if item[0] == 1:
            content = self._composed(number, item)
        elif item[0]:
            raise Unresolved(f"blob {number:,} is of no known kind", lost=False)
        name = name_of(content)
        self._put(number, name, len(content))
        return name

    def _composed(self, number: int, item: bytes) -> bytes:
        parts = _parts(item, 1)
        for part in parts:
            if part.kind == BLOB and part.number < number:
                self.size_of(part.number, "blob")
            elif part.kind != LITERAL:
                raise Unresolved(f"blob {number:,} refers to what comes behind it", lost=False)
        try:
            return self._contents.of_parts(parts)
        except (ConfigError, ValueError):
            raise Unresolved(f"blob {number:,} has lost a part", lost=True) from None


class Chains(_Stream):
    """Nodes by number; sizes are of the whole chain up to each."""

    def __init__(self, roster: Roster, blobs: Blobs) -> None:
        super().__init__(roster)
        self._blobs = blobs

    def add(self, number: int, item: bytes) -> bytes:
        """The next item, not erased; returns its name. Raises Unresolved."""
        node = _node(item)
        if node.parent >= number:
            raise Unresolved(f"node {number:,} comes before its parent", lost=False)
        before = self.size_of(node.parent, "node") if node.parent else 0
        size = before + sum(self._size(number, part) for part in node.parts)
        parent = self.roster.get(node.parent).name if node.parent else ROOT
        name = self._name(parent, node)
        self._put(number, name, size)
        return name

    def _size(self, number: int, part: Part) -> int:
        if part.kind == CHAIN:
            raise Unresolved(f"node {number:,} holds another chain", lost=False)
        return self._blobs.size_of(part.number, "blob") if part.kind == BLOB else len(part.content)

    def _name(self, parent: bytes, node: Node) -> bytes:
        literal = b"".join(part.content for part in node.parts if part.kind == LITERAL)
        blobs = [part.number for part in node.parts if part.kind == BLOB]
        if blobs:
            content = self._blobs.roster.get(blobs[0]).name
            return name_of_node(parent, Link(literal, b""), content)
        found = _GAP.match(literal)
        gap = found.group() if found else b""
        return name_of_node(parent, Link(gap, b""), name_of(literal[len(gap) :]))


class RecordSeen(Struct, frozen=True):
    """A record that is whole, and all that it refers to."""

    kind: int
    generation: str


class Records:
    """Frames by sequence: what they say of themselves, counted."""

    def __init__(self, blobs: Blobs, chains: Chains) -> None:
        self._blobs = blobs
        self._chains = chains
        self.counts = Counts()

    def erase(self, sequence: int) -> None:
        self.counts.erased += 1
        self.counts.last_record = sequence

    def add(self, sequence: int, item: bytes) -> RecordSeen:
        """The next item, not erased. Raises Unresolved; it is counted all the same."""
        record = record_in(item)
        self.counts.last_record = sequence
        self.counts.take(record)
        parts = _parts(record.recipe, 0)
        size = sum(map(self._size, parts))
        if size != record.size:
            raise Unresolved(
                f"frame {sequence:,} has {size:,} bytes of a body of {record.size:,}", lost=False
            )
        return RecordSeen(record.kind, id_of(record.meta))

    def _size(self, part: Part) -> int:
        if part.kind == LITERAL:
            return len(part.content)
        if part.kind == BLOB:
            return self._blobs.size_of(part.number, "blob")
        return self._chains.size_of(part.number, "node")


def generation_of(item: bytes) -> str:
    """Whose frame it is; empty where that cannot be read."""
    try:
        return id_of(decode_record(item).meta)
    except ValueError:
        return ""


def _parts(raw: bytes, at: int) -> list[Part]:
    try:
        return decode_recipe(raw, at)
    except ValueError as e:
        raise Unresolved(str(e), lost=False) from None


def _node(item: bytes) -> Node:
    try:
        return decode_node(item)
    except ValueError as e:
        raise Unresolved(str(e), lost=False) from None


def record_in(item: bytes) -> Record:
    try:
        return decode_record(item)
    except (ValueError, IndexError) as e:
        raise Unresolved(str(e), lost=False) from None
