"""Text as words: what is indexed, and what is looked for. Pure.

Words are runs of letters and digits, without case and Latin accents (Unicode NFKD, casefold).
Scripts that put no space between words (Han, kana, Thai, Lao, Burmese, Khmer) become pairs of
neighbours and the last character of each run; an emoji is a word. Underscores and points divide.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["LONGEST_WORD", "Found", "is_unspaced", "spans", "words_of"]

LONGEST_WORD = 64
"""Characters; what is behind them is not looked at."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_SIGNS = "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_MARKS = (  # vowel signs and points that Python does not count among letters
    "\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0963\u0966-\u0dff"
)
_PIECE = re.compile(
    f"(?P<run>[{_UNSPACED}]+)|(?P<sign>[{_SIGNS}])|(?:[^\\W_{_UNSPACED}]|[{_MARKS}])+"
)
_ASCII = re.compile("[a-z0-9]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_is_unspaced = re.compile(f"[{_UNSPACED}]+").fullmatch


class Found(NamedTuple):
    """A stretch of a text, and its words."""

    start: int
    end: int
    words: list[str]


def words_of(text: str) -> list[str]:
    """Its words, in order."""
    folded = _fold(text)
    if folded.isascii():
        return [word[:LONGEST_WORD] for word in _ASCII.findall(folded)]
    return [word for piece in _PIECE.finditer(folded) for word in _words(piece)]


def spans(text: str) -> Iterator[Found]:
    """Where its words stand in the text as it was written."""
    for piece in _PIECE.finditer(text):
        yield Found(piece.start(), piece.end(), words_of(piece.group()))


def is_unspaced(word: str) -> bool:
    """Is it of a script without spaces?"""
    return _is_unspaced(word) is not None


def _words(piece: re.Match[str]) -> list[str]:
    text = piece.group()
    if piece.lastgroup != "run":
        return [text[:LONGEST_WORD]]
    return [text[at : at + 2] for at in range(len(text))]


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", bare).casefold()
