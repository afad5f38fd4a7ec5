"""Where a request is cut: at the elements of its lists of messages, tools and the like. Pure.

Nothing here is trusted: parts are slices of the body in order, so together they are the body,
whatever was found. What is no JSON, or of a shape we do not know, stays in one part.
"""

import re
import string
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct

__all__ = ["Chain", "Link", "Piece", "cut_body", "cut_media"]

_LEAST_LIST = 512  # bytes; a shorter list costs less as it is
_LEAST_ELEMENT = 16  # bytes on average: a list of numbers is no conversation
_TRIES = 4  # places where a key of that name stands

_GAP = re.compile(rb"[\s,]*")
_LEAST_MEDIA = 4096
_WINDOW = _LEAST_MEDIA // 2
_FULL = re.compile(rb"[A-Za-z0-9+/_-]{%d}" % _WINDOW)
_REST = re.compile(rb"([A-Za-z0-9+/_-]*)={0,2}")
_BASE64 = string.ascii_letters.encode() + string.digits.encode() + b"+/_-"


class Link(NamedTuple):
    """An element of a list, and the comma and space before it."""

    gap: bytes
    content: bytes


Chain = list[Link]


class Piece(NamedTuple):
    """A part of an element."""

    content: bytes
    media: bool


_Value = list[Raw] | dict[str, Raw] | str | int | float | bool | None


class _Body(Struct):
    messages: _Value = None
    tools: _Value = None
    input: _Value = None
    system: _Value = None


_decode = msgspec.json.Decoder(_Body).decode
_KEYS = {name: re.compile(rb'"%s"\s*:\s*\[' % name.encode()) for name in _Body.__struct_fields__}


class _Span(NamedTuple):
    start: int
    end: int
    chain: Chain


def cut_body(body: bytes) -> list[bytes | Chain]:
    """The body in order: bytes as they are, and lists as chains."""
    spans = sorted(span for name, list_ in _lists(body) if (span := _span(body, name, list_)))
    parts: list[bytes | Chain] = []
    at = 0
    for start, end, chain in spans:
        if start < at:
            continue  # inside one that we have
        parts += [body[at:start], chain]
        at = end
    parts.append(body[at:])
    return [part for part in parts if part]


def _lists(body: bytes) -> list[tuple[str, list[Raw]]]:
    try:
        read = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    found = [(name, getattr(read, name)) for name in _Body.__struct_fields__]
    return [(name, value) for name, value in found if isinstance(value, list) and value]


def _span(body: bytes, name: str, elements: list[Raw]) -> _Span | None:
    """Where the list stands; None where it cannot be found or is not worth a cut."""
    contents = [bytes(element) for element in elements]
    size = sum(map(len, contents))
    if size < max(_LEAST_LIST, _LEAST_ELEMENT * len(contents)):
        return None
    at = 0
    for _ in range(_TRIES):
        key = _KEYS[name].search(body, at)
        if key is None:
            return None
        if span := _row(body, key.end(), contents):
            return span
        at = key.end()
    return None


def _row(body: bytes, start: int, contents: list[bytes]) -> _Span | None:
    """The elements one behind the other from `start`; None if they do not stand there."""
    chain, at = Chain(), start
    for content in contents:
        gap = _GAP.match(body, at)
        after = gap.end() if gap else at
        if not body.startswith(content, after):
            return None
        chain.append(Link(body[at:after], content))
        at = after + len(content)
    return _Span(start, at, chain)


def cut_media(content: bytes) -> list[Piece]:
    """The content in order; pictures, sound and files in it (long runs of base64) stand alone.

    Always one piece where there is nothing to cut, or where all of it is one run.
    """
    if len(content) < _LEAST_MEDIA:
        return [Piece(content, media=False)]
    pieces, at = [], 0
    for start, end in _runs(content):
        if at < start:
            pieces.append(Piece(content[at:start], media=False))
        pieces.append(Piece(content[start:end], media=True))
        at = end
    if at < len(content):
        pieces.append(Piece(content[at:], media=False))
    return pieces


def _runs(content: bytes) -> Iterator[tuple[int, int]]:
    """Where long runs of base64 begin and end.

    One of them fills at least one whole window, so text costs a look at each window's beginning,
    and nothing costs more than two looks at each byte.
    """
    at = 0
    while at + _WINDOW <= len(content):
        if not _FULL.match(content, at):
            at += _WINDOW
            continue
        before = content[max(0, at - _WINDOW) : at]
        start = at - (len(before) - len(before.rstrip(_BASE64)))
        rest = _REST.match(content, at)
        assert rest is not None  # it matches nothing, too
        if rest.end(1) - start >= _LEAST_MEDIA:
            yield start, rest.end()
        at += -(-(rest.end() - at) // _WINDOW) * _WINDOW
