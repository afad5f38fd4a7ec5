"""Where a request is cut: at the elements of its lists of messages, tools and the like. Pure.

Nothing here is trusted: parts are slices of the body in order, so together they are the body,
whatever was found. What is no JSON, or of a shape we do not know, stays in one part.
"""

import re
from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct

__all__ = ["Chain", "Link", "Piece", "cut_body", "cut_media"]

_LEAST_LIST = 512  # bytes; a shorter list costs less as it is
_LEAST_ELEMENT = 16  # bytes on average: a list of numbers is no conversation
_TRIES = 4  # places where a key of that name stands

_GAP = re.compile(rb"[\s,]*")
_MEDIA = re.compile(rb"[A-Za-z0-9+/_-]{4096,}={0,2}")
_LEAST_MEDIA = 4096


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
    for run in _MEDIA.finditer(content):
        if at < run.start():
            pieces.append(Piece(content[at : run.start()], media=False))
        pieces.append(Piece(run.group(), media=True))
        at = run.end()
    if at < len(content):
        pieces.append(Piece(content[at:], media=False))
    return pieces
