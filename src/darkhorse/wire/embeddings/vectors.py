"""A vector: 32-bit floats in a row, the lowest byte first, as OpenAI's base64 has them.

Of one precision whatever the engine computes in, small on record, and ready to be sent.
"""

import sys
from array import array
from collections.abc import Iterable, Sequence
from math import isfinite

from darkhorse.wire.faults import UpstreamFault

__all__ = ["checked_vectors", "pack", "unpack"]

_SIZE = 4  # bytes of a number


def pack(numbers: Iterable[float]) -> bytes:
    """Numbers as a vector; what is too great for 32 bits becomes infinite."""
    return _swapped(array("f", numbers)).tobytes()


def unpack(vector: bytes) -> list[float]:
    """The numbers of a vector."""
    return _swapped(array("f", vector)).tolist()


def _swapped(numbers: "array[float]") -> "array[float]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def checked_vectors(vectors: Sequence[bytes], owed: int) -> tuple[bytes, ...]:
    """So many vectors, all of one length, of finite numbers. Raises UpstreamFault otherwise."""
    lengths = {len(vector) for vector in vectors}
    if len(vectors) != owed or len(lengths) != 1:
        detail = f"{len(vectors)} vectors of {len(lengths)} lengths for {owed} inputs"
        raise UpstreamFault("garbage", detail=detail)
    length = lengths.pop()
    if not length or length % _SIZE:
        raise UpstreamFault("garbage", detail=f"vectors of {length} bytes")
    if not all(all(map(isfinite, unpack(vector))) for vector in vectors):
        raise UpstreamFault("garbage", detail="a number that is none")
    return tuple(vectors)
