"""Text as the frames read it: one spelling for what looks alike, one blank, no marks of markdown.

Made for reading only. What is delivered stays as it was written.
"""

import re
import unicodedata

from darkhorse.cloak.words.alike import LOOK_ALIKES

__all__ = ["folded", "squeezed"]

_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u0640\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff*_`~]"
)
_QUOTES = dict.fromkeys("\u2018\u2019\u201b\u2032\u02bc", "'") | dict.fromkeys(
    "\u201c\u201d\u201e", '"'
)
_EMPHASIS = str.maketrans("", "", "*_`~")
_BLANK = re.compile(r"[^\S \n]")
_BLANKS = re.compile("  +")
_LINES = re.compile("\n[ \n]+")
_MARKS = re.compile("[\u0300-\u036f\u0653-\u0655\u3099\u309a]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[a-z]")
_NOT_LATIN = {key: value for key, value in LOOK_ALIKES.items() if not key.isascii()}
_ALIKE = str.maketrans(_NOT_LATIN)
_HAS_ALIKE = re.compile(f"[{''.join(_NOT_LATIN)}]")


class _Folding(dict[int, str]):
    """For str.translate: a character as it is read, by its code point."""

    def __missing__(self, point: int) -> str:
        self[point] = read = _folded(chr(point))
        return read


def _folded(character: str) -> str:
    if character in _QUOTES:
        return _QUOTES[character]
    return _HIDDEN.sub("", unicodedata.normalize("NFKC", character).casefold())


_FOLDING = _Folding()


def folded(text: str) -> str:
    """`text` as NFKC, small, without hidden characters and emphasis.

    In words that have Latin letters look-alikes are those. A run of blanks is one blank, or one
    line break if it has one.
    """
    if text.isascii():
        return _run_together(text.translate(_EMPHASIS).lower())
    read = text.translate(_FOLDING)
    if _MARKS.search(read):
        read = unicodedata.normalize("NFC", read)
    if _HAS_ALIKE.search(read):
        read = _WORD.sub(_unmixed, read)
    return _run_together(read)


def squeezed(text: str) -> str:
    """`text` without what is not read: of two parts, it is what it is of the whole."""
    return _run_together(_HIDDEN.sub("", text))


def _run_together(text: str) -> str:
    """A run of blanks as one. In steps that look for one character each: it is read often."""
    text = _BLANK.sub(" ", text)
    if "  " in text:
        text = _BLANKS.sub(" ", text)
    return _LINES.sub("\n", text.replace(" \n", "\n")) if "\n" in text else text


def _unmixed(word: re.Match[str]) -> str:
    written = word[0]
    is_mixed = not written.isascii() and _LATIN.search(written)
    return written.translate(_ALIKE) if is_mixed else written
