"""Pages and pictures that a model wrote between fences. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

__all__ = ["MEDIA_TYPES", "MOST", "Artefact", "artefacts_of"]

MOST = 20
"""Of one answer."""

MEDIA_TYPES: Final = {"html": "text/html; charset=utf-8", "svg": "image/svg+xml"}

_OPENS = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*(html|svg)\b[^`]*", re.IGNORECASE)
_CLOSES = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*")


class Artefact(Struct, frozen=True):
    """`kind` is one of `MEDIA_TYPES`."""

    kind: str
    code: str


def artefacts_of(text: str) -> list[Artefact]:
    """In their order; one whose fence never closes goes on to the end."""
    return [found for found, _ in zip(_found(text.split("\n")), range(MOST), strict=False)]


def _found(lines: list[str]) -> Iterator[Artefact]:
    fence, kind = "", ""
    held: list[str] = []
    for line in lines:
        if fence and _ends(line, fence):
            yield Artefact(kind, "\n".join(held))
            fence, held = "", []
        elif fence:
            held.append(line)
        elif opened := _OPENS.fullmatch(line.rstrip("\r")):
            fence, kind = opened[1], opened[2].lower()
    if fence and held:
        yield Artefact(kind, "\n".join(held))


def _ends(line: str, fence: str) -> bool:
    closed = _CLOSES.fullmatch(line.rstrip("\r"))
    return closed is not None and closed[1].startswith(fence)
