"""The library that comes with Darkhorse."""

from functools import cache
from pathlib import Path

from darkhorse.attribution.library.library import Library, unpack

__all__ = ["SHIPPED", "shipped"]

SHIPPED = Path(__file__).parent / "known.msgpack.zst"
"""Built by scripts/library."""


@cache
def shipped() -> Library:
    """Opened once. Raises OSError where it is not there, ValueError where it is another's form."""
    return unpack(SHIPPED)
