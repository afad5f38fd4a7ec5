"""How a body is put together from what is stored once. Pure.

A recipe is a row of parts: a number (unsigned LEB128) whose two low bits say what follows, and
whose other bits are a length or an item's number.

    0  so many bytes of its own, which follow
    1  the blob of this number
    2  the chain that ends in the node of this number

An item of the chains is its parent's number (0: none), then a recipe of its own piece. One of the
blobs is a byte 0 and its content, or a byte 1 and a recipe. One of the records is: kind, length of
meta, meta, bytes of the body, bytes of it that were stored before, recipe.
"""

from typing import NamedTuple

from msgspec import Struct

__all__ = [
    "BLOB",
    "CHAIN",
    "LITERAL",
    "Node",
    "Part",
    "Record",
    "decode_node",
    "decode_recipe",
    "decode_record",
    "encode_blob",
    "encode_node",
    "encode_recipe",
    "encode_record",
]

LITERAL, BLOB, CHAIN = 0, 1, 2


class Part(NamedTuple):
    """`number` for a blob or a chain, `content` for bytes of its own."""

    kind: int
    number: int = 0
    content: bytes = b""


class Node(NamedTuple):
    """A link of a chain; `parent` 0 is the chain's beginning."""

    parent: int
    parts: list[Part]


class Record(Struct, frozen=True):
    """A frame as it is packed."""

    kind: int
    meta: bytes
    size: int  # bytes of the body
    repeated: int  # bytes of it that were stored before
    recipe: bytes


def encode_recipe(parts: list[Part]) -> bytes:
    """The parts as bytes."""
    out = bytearray()
    for kind, number, content in parts:
        _put(out, (number or len(content)) << 2 | kind)
        out += content
    return bytes(out)


def decode_recipe(raw: bytes, at: int = 0) -> list[Part]:
    """The parts that begin at `at`. Raises ValueError where they make no sense."""
    parts = []
    while at < len(raw):
        value, at = _take(raw, at)
        kind, number = value & 3, value >> 2
        if kind == LITERAL:
            content = raw[at : at + number]
            at += number
            if len(content) != number:
                raise ValueError("a recipe is cut off")
            parts.append(Part(LITERAL, 0, content))
        elif kind in (BLOB, CHAIN) and number:
            parts.append(Part(kind, number))
        else:
            raise ValueError("a recipe has a part of no known kind")
    return parts


def encode_node(node: Node) -> bytes:
    """An item of the chains."""
    out = bytearray()
    _put(out, node.parent)
    return bytes(out) + encode_recipe(node.parts)


def decode_node(raw: bytes) -> Node:
    """Raises ValueError."""
    parent, at = _take(raw, 0)
    return Node(parent, decode_recipe(raw, at))


def encode_blob(content: bytes, parts: list[Part] | None = None) -> bytes:
    """An item of the blobs: `content`, or the `parts` it is made of."""
    return b"\0" + content if parts is None else b"\1" + encode_recipe(parts)


def encode_record(record: Record) -> bytes:
    """An item of the records."""
    out = bytearray([record.kind])
    _put(out, len(record.meta))
    out += record.meta
    _put(out, record.size)
    _put(out, record.repeated)
    return bytes(out) + record.recipe


def decode_record(raw: bytes) -> Record:
    """Raises ValueError."""
    length, at = _take(raw, 1)
    meta, at = raw[at : at + length], at + length
    size, at = _take(raw, at)
    repeated, at = _take(raw, at)
    return Record(raw[0], meta, size, repeated, raw[at:])


def _put(out: bytearray, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _take(raw: bytes, at: int) -> tuple[int, int]:
    """A number, and where what follows begins."""
    value = shift = 0
    while True:
        if at >= len(raw) or shift > 63:
            raise ValueError("a number is cut off")
        byte = raw[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
