"""What of a body is new, and the recipe that makes it of what is stored once."""

import hashlib
from collections import OrderedDict
from typing import Generic, TypeVar

from darkhorse.storage.ledger.packed.cut import Chain, Link, cut_body, cut_media
from darkhorse.storage.ledger.packed.index import Counts, Index
from darkhorse.storage.ledger.packed.recipe import (
    BLOB,
    CHAIN,
    LITERAL,
    Node,
    Part,
    encode_blob,
    encode_node,
    encode_recipe,
)
from darkhorse.storage.ledger.packed.segment import Stream
from darkhorse.storage.ledger.packed.writer import StreamWriter

__all__ = ["ROOT", "Bodies", "Remembered", "name_of", "name_of_node"]

ROOT = bytes(16)
"""The name of the node before a chain's first."""

_NAMED = 1024  # bytes; shorter text outside of lists stays where it is
_APART = 256  # bytes; a longer answer goes to the blobs, so that records are quick to read
_INLINE = 64  # bytes; a shorter element costs less in its node than as a blob
_REMEMBERED = 200_000

T = TypeVar("T")


def name_of(content: bytes) -> bytes:
    """Of a blob: the first 16 bytes of its SHA-256."""
    return hashlib.sha256(content).digest()[:16]


def name_of_node(parent: bytes, link: Link, content: bytes) -> bytes:
    """Of a node, from its parent's name and that of its link's content."""
    return hashlib.sha256(parent + content + link.gap).digest()[:16]


class _Latest(Generic[T]):
    """A dict that forgets what was not asked for longest.

    An OrderedDict: the first key of a plain one whose first keys were deleted is a long way off.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[bytes, T] = OrderedDict()

    def get(self, name: bytes) -> T | None:
        found = self._held.get(name)
        if found is not None:
            self._held.move_to_end(name)
        return found

    def put(self, name: bytes, value: T) -> None:
        self._held[name] = value
        if len(self._held) > self._most:
            self._held.popitem(last=False)


class Remembered:
    """The latest nodes by name: most requests go on where another one stopped."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self.nodes: _Latest[int] = _Latest(most)


class Bodies:
    """Adds what is new to blobs and chains, within one commit of the index."""

    def __init__(
        self,
        index: Index,
        counts: Counts,
        writers: dict[Stream, StreamWriter],
        remembered: Remembered,
    ) -> None:
        self._index = index
        self._counts = counts
        self._blobs = writers[Stream.BLOBS]
        self._chains = writers[Stream.CHAINS]
        self._remembered = remembered
        self._repeated = 0

    def request(self, body: bytes) -> tuple[bytes, int]:
        """The recipe of a request's body, and how many of its bytes were stored before."""
        self._repeated = 0
        parts = [
            self._chain(piece) if isinstance(piece, list) else self._text(piece)
            for piece in cut_body(body)
        ]
        return encode_recipe(parts), self._repeated

    def answer(self, body: bytes) -> bytes:
        """The recipe of anything else; nobody looks for it again, so it has no name."""
        if len(body) < _APART:
            return encode_recipe([Part(LITERAL, 0, body)] if body else [])
        return encode_recipe([Part(BLOB, self._new_blob(encode_blob(body)))])

    # --- blobs ---

    def _text(self, text: bytes) -> Part:
        if len(text) < _NAMED:
            return Part(LITERAL, 0, text)
        return Part(BLOB, self._blob(text, name_of(text)))

    def _blob(self, content: bytes, name: bytes) -> int:
        known = self._index.blob(name)
        if known is not None:
            self._repeated += len(content)
            return known
        number = self._new_blob(self._encoded(content))
        self._index.name_blob(name, number)
        return number

    def _encoded(self, content: bytes) -> bytes:
        pieces = cut_media(content)
        if len(pieces) == 1:
            return encode_blob(content)
        parts = [
            Part(BLOB, self._blob(piece.content, name_of(piece.content)))
            if piece.media
            else Part(LITERAL, 0, piece.content)
            for piece in pieces
        ]
        return encode_blob(content, parts)

    def _new_blob(self, item: bytes) -> int:
        self._counts.last_blob += 1
        self._blobs.add(self._counts.last_blob, item)
        return self._counts.last_blob

    # --- chains ---

    def _chain(self, links: Chain) -> Part:
        contents = [name_of(link.content) for link in links]
        names, name = [], ROOT
        for link, content in zip(links, contents, strict=True):
            name = name_of_node(name, link, content)
            names.append(name)
        known, number = self._known(names)
        self._repeated += sum(len(link.gap) + len(link.content) for link in links[:known])
        for at in range(known, len(links)):
            number = self._node(number, links[at], contents[at], names[at])
        return Part(CHAIN, number)

    def _known(self, names: list[bytes]) -> tuple[int, int]:
        """How many links from the beginning are stored, and the number of the last of them.

        A node's parent is always stored, so the border can be found by halving.
        """
        low, number = 0, 0
        for at in range(len(names), 0, -1):
            held = self._remembered.nodes.get(names[at - 1])
            if held is not None:
                low, number = at, held
                break
        high, at = len(names), low + 1
        while low < high:
            found = self._index.node(names[at - 1])
            if found is None:
                high = at - 1
            else:
                low, number = at, found
            at = (low + high + 1) // 2
        return low, number

    def _node(self, parent: int, link: Link, content: bytes, name: bytes) -> int:
        if len(link.content) < _INLINE:
            parts = [Part(LITERAL, 0, link.gap + link.content)]
        else:
            parts = [Part(LITERAL, 0, link.gap)] if link.gap else []
            parts.append(Part(BLOB, self._blob(link.content, content)))
        self._counts.last_node += 1
        number = self._counts.last_node
        self._chains.add(number, encode_node(Node(parent, parts)))
        self._index.name_node(name, number)
        self._remembered.nodes.put(name, number)
        return number
