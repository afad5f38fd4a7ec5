"""Masks every text inside JSON values and leaves their structure as it is."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from darkhorse.storage.ledger.masking.masker import Masked, Masker, Piece
from darkhorse.storage.ledger.masking.numbers import is_card

__all__ = ["cover"]


def cover(values: Sequence[Any], masker: Masker, counts: Counter[str]) -> list[Any]:
    """The values masked; `counts` grows by kind. Raises ConfigError where masking fails."""
    pieces = [piece for value in values for piece in _pieces(value, "", theirs=False)]
    masked = iter(masker.mask(pieces))
    return [_rebuilt(value, "", masked, counts, theirs=False) for value in values]


def _pieces(value: Any, key: str, *, theirs: bool) -> Iterator[Piece]:
    """`theirs`: the names of fields are a tool's or a client's, and mean what those please."""
    if isinstance(value, str):
        inner = _inner(value, key)
        if inner is not None:
            yield from _pieces(inner, "", theirs=True)
        elif theirs or _is_read(value, key):
            yield Piece(value, _SAME.get(key, key))
    elif isinstance(value, dict):
        for name, each in value.items():
            if _is_long(name):
                yield Piece(name)
            yield from _pieces(each, name, theirs=theirs or _is_theirs(name, each))
    elif isinstance(value, list):
        for each in value:
            yield from _pieces(each, key, theirs=theirs)


def _rebuilt(
    value: Any, key: str, masked: Iterator[Masked], counts: Counter[str], *, theirs: bool
) -> Any:
    """Walks as `_pieces` does, so that each text meets its own."""
    if isinstance(value, str):
        inner = _inner(value, key)
        if inner is not None:
            before = counts.total()
            rebuilt = _rebuilt(inner, "", masked, counts, theirs=True)
            return msgspec.json.encode(rebuilt).decode() if counts.total() > before else value
        return _taken(masked, counts) if theirs or _is_read(value, key) else value
    if isinstance(value, dict):
        rebuilt = {}
        for name, each in value.items():
            new = _taken(masked, counts) if _is_long(name) else name
            while new in rebuilt:
                new += "_"  # two addresses as keys
            inside = theirs or _is_theirs(name, each)
            rebuilt[new] = _rebuilt(each, name, masked, counts, theirs=inside)
        return rebuilt
    if isinstance(value, list):
        return [_rebuilt(each, key, masked, counts, theirs=theirs) for each in value]
    return _number(value, counts) if theirs and type(value) is int else value


def _taken(masked: Iterator[Masked], counts: Counter[str]) -> str:
    one = next(masked)
    counts.update(one.counts)
    return one.text


def _number(value: int, counts: Counter[str]) -> int | str:
    """A card's number written as one; anything else that is a number tells nothing by itself."""
    if not 10**14 <= value < 10**19 or not is_card(str(value)) or str(value)[0] not in "3456":
        return value
    counts["CARD"] += 1
    return "[CARD]"


def _inner(text: str, key: str) -> Any:
    """What a tool was called with is JSON in a string; None where it is not."""
    if key != "arguments" or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _is_theirs(name: str, value: Any) -> bool:
    """Of `input` only what a tool was called with: elsewhere it is a list of messages."""
    return name in ("arguments", "metadata") or (name == "input" and isinstance(value, dict))


_SAME = {"tool_call_id": "id", "tool_use_id": "id", "call_id": "id"}
"""What names the same thing is read the same way, or an answer would lose its call."""

_FORMAT = frozenset({"role", "type", "object", "detail", "format"})
_WORD = re.compile(r"(?!(?:[^0-9]*[0-9]){9})[a-z][a-z0-9_.-]{0,39}")  # image_url, pcm16, date-time
_IDS = frozenset({"id", *_SAME})
_ID = re.compile(
    r"(?:call|toolu|srvtoolu|tooluse|chatcmpl|functions|msg|resp|rs|fc|item)[-_.][\w.:-]{1,64}|"
    r"[\w.-]{1,12}"
)
_MEDIA = frozenset({"data", "file_data", "b64_json"})
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]{256,}={0,2}[\r\n]{0,2}")
_DATA_URL = re.compile(r"data:[\w/+.;=-]{0,200};base64,[\w+/=%\r\n-]*")
_KEY = 12  # characters; a shorter name of a field is no address and no key


def _is_read(text: str, key: str) -> bool:
    """Not a picture's or a sound's bytes, and not the words of the format itself."""
    if key in _FORMAT:
        return _WORD.fullmatch(text) is None
    if key in _IDS:
        return _ID.fullmatch(text) is None
    if key in _MEDIA and _BASE64.fullmatch(text):
        return False
    return not (text.startswith("data:") and _DATA_URL.fullmatch(text))


def _is_long(name: str) -> bool:
    return len(name) > _KEY or "@" in name
