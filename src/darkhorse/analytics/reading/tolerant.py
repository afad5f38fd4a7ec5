"""JSON that may be of any shape."""

from typing import TypeVar

import msgspec
from msgspec import Raw

__all__ = ["ABSENT", "decoded"]

_Read = TypeVar("_Read")

ABSENT = Raw()


def decoded(decoder: "msgspec.json.Decoder[_Read]", raw: bytes | Raw) -> _Read | None:
    """What it says; None where it is not there, or of another shape."""
    if not raw:
        return None
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
