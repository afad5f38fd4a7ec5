"""Masks texts: first what Kingfisher finds, then what our own patterns find in what is left."""

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from darkhorse.storage.ledger.masking.kingfisher import Finding
from darkhorse.storage.ledger.masking.patterns import mask_patterns, placeholder

__all__ = ["Masked", "Masker", "Piece", "Scanner"]


class Piece(Struct, frozen=True):
    """A text, and the name of the field it stands in, where that says what it is."""

    text: str
    key: str = ""


class Masked(Struct, frozen=True):
    """A text without what was masked, and how much that was by kind ("EMAIL" …)."""

    text: str
    counts: Mapping[str, int] = {}


class Scanner(Protocol):
    """What Kingfisher does."""

    def find(self, texts: Sequence[str]) -> list[list[Finding]]: ...


class Masker:
    """Remembers what it has seen: a conversation comes again with every turn.

    What was seen longest ago is forgotten where that takes more than `memory` bytes.
    """

    def __init__(self, scanner: Scanner, *, memory: int = 64_000_000) -> None:
        self._scanner = scanner
        self._seen: dict[bytes, Masked | None] = {}  # None: nothing to mask in it
        self._size = 0  # of them in memory, bytes
        self._memory = memory

    def mask(self, pieces: Sequence[Piece]) -> list[Masked]:
        """Each of them; what becomes of one depends on no other. Raises ConfigError."""
        names = [_name(piece) for piece in pieces]
        known = {name: self._recalled(name) for name in names if name in self._seen}
        fresh = {
            name: piece
            for name, piece in zip(names, pieces, strict=True)
            if name not in known and len(piece.text) >= _SHORTEST
        }
        for name, masked in zip(fresh, self._masked(list(fresh.values())), strict=True):
            known[name] = masked if masked.counts else None
        for name, told in known.items():
            self._remember(name, told)
        return [
            known.get(name) or Masked(piece.text) for name, piece in zip(names, pieces, strict=True)
        ]

    def _recalled(self, name: bytes) -> Masked | None:
        """Taken out; `_remember` puts it in again as the newest."""
        told = self._seen.pop(name)
        self._size -= _weight(told)
        return told

    def _remember(self, name: bytes, told: Masked | None) -> None:
        self._seen[name] = told
        self._size += _weight(told)
        while self._size > self._memory:
            self._recalled(next(iter(self._seen)))

    def _masked(self, pieces: Sequence[Piece]) -> list[Masked]:
        framed = [_framed(piece) for piece in pieces]
        counts: list[Counter[str]] = [Counter() for _ in framed]
        self._scan(framed, counts)
        texts = [mask_patterns(text, counted) for text, counted in zip(framed, counts, strict=True)]
        return [
            Masked(_unframed(text, piece), counted)
            for text, piece, counted in zip(texts, pieces, counts, strict=True)
        ]

    def _scan(self, texts: list[str], counts: Sequence[Counter[str]]) -> None:
        """Ask, mask, and ask again about what has changed, until nothing more is found."""
        numbers = list(range(len(texts)))
        while numbers:
            found = self._scanner.find([texts[number] for number in numbers])
            changed = []
            for number, findings in zip(numbers, found, strict=True):
                text = texts[number]
                for finding in sorted(findings, key=lambda each: (-len(each.words), each.rule)):
                    text = _without(text, finding, counts[number])
                if text != texts[number]:
                    texts[number] = text
                    changed.append(number)
            numbers = changed


_ENTRY = 200  # bytes of a name and its place in a dictionary
_COUNTED = 500  # of the counts beside a text
_SHORTEST = 5  # characters: `a@b.c` is the shortest there is
_PLAIN_KEY = re.compile(r"[A-Za-z][\w.-]{0,60}\Z")


def _name(piece: Piece) -> bytes:
    text = f"{piece.key}\0{piece.text}".encode(errors="surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


def _weight(told: Masked | None) -> int:
    return _ENTRY + (_COUNTED + sys.getsizeof(told.text) if told else 0)


def _framed(piece: Piece) -> str:
    """A value looks like one: `password` beside it says what it is."""
    return f'{piece.key}="{piece.text}"' if _PLAIN_KEY.match(piece.key) else piece.text


def _unframed(text: str, piece: Piece) -> str:
    if not _PLAIN_KEY.match(piece.key):
        return text
    return text[len(piece.key) + 2 : -1]


def _without(text: str, finding: Finding, counts: Counter[str]) -> str:
    """Wherever the words stand in the text, but not inside a longer word."""
    words = finding.words.strip(" \t\r\n\"'`;,")
    if len(placeholder.sub("", words)) < _LEAST:
        return text
    before = r"(?<![A-Za-z0-9_])" if re.match(r"\w", words) else ""
    after = r"(?![A-Za-z0-9_])" if re.search(r"\w\Z", words) else ""
    kind = _kind(finding)
    masked, times = re.subn(f"{before}{re.escape(words)}{after}", f"[{kind}]", text)
    counts[kind] += times
    return masked


_LEAST = 4


def _kind(finding: Finding) -> str:
    return "SECRET" if _SECRETS.search(finding.rule) else "API_KEY"


_SECRETS = re.compile(r"password|private-key|credential|curl|connection|jwt|secret-key|url|uri")
