"""Masks every text inside JSON values and leaves their structure as it is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from darkhorse.storage.ledger.masking.masker import Masked, Masker, Piece

__all__ = ["cover"]


def cover(values: Sequence[Any], masker: Masker, counts: Counter[str]) -> list[Any]:
    """The values masked; `counts` grows by kind. Raises ConfigError where masking fails."""
    pieces = [piece for value in values for piece in _pieces(value, "")]
    masked = iter(masker.mask(pieces))
    return [_rebuilt(value, "", masked, counts) for value in values]


def _pieces(value: Any, key: str) -> Iterator[Piece]:
    if isinstance(value, str):
        inner = _inner(value, key)
        if inner is not None:
            yield from _pieces(inner, "")
        elif _is_read(value, key):
            yield Piece(value, key)
    elif isinstance(value, dict):
        for name, each in value.items():
            if _is_long(name):
                yield Piece(name)
            yield from _pieces(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _pieces(each, key)


def _rebuilt(value: Any, key: str, masked: Iterator[Masked], counts: Counter[str]) -> Any:
    """Walks as `_pieces` does, so that each text meets its own."""
    if isinstance(value, str):
        inner = _inner(value, key)
        if inner is not None:
            before = counts.total()
            rebuilt = _rebuilt(inner, "", masked, counts)
            return msgspec.json.encode(rebuilt).decode() if counts.total() > before else value
        return _taken(masked, counts) if _is_read(value, key) else value
    if isinstance(value, dict):
        rebuilt = {}
        for name, each in value.items():
            new = _taken(masked, counts) if _is_long(name) else name
            while new in rebuilt:
                new += "_"  # two addresses as keys
            rebuilt[new] = _rebuilt(each, name, masked, counts)
        return rebuilt
    if isinstance(value, list):
        return [_rebuilt(each, key, masked, counts) for each in value]
    return value


def _taken(masked: Iterator[Masked], counts: Counter[str]) -> str:
    one = next(masked)
    counts.update(one.counts)
    return one.text


def _inner(text: str, key: str) -> Any:
    """What a tool was called with is JSON in a string; None where it is not."""
    if key != "arguments" or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


_NEVER = frozenset({"role", "type", "id", "tool_call_id", "object", "detail", "format"})
_KEY = 12  # characters; a shorter name of a field is no address and no key


def _is_read(text: str, key: str) -> bool:
    """Not a picture's or a sound's bytes, and not the words of the format itself."""
    return key not in _NEVER and not (text.startswith("data:") and ";base64," in text[:200])


def _is_long(name: str) -> bool:
    return len(name) > _KEY or "@" in name
