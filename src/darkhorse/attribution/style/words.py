"""Marks of wording: runs of letters, words, and the frame of common words around the others.

A mark is a string whose first letter says of which kind it is; values are how often it occurs.
After Stamatatos (2013, 2018): short character n-grams, and text whose rare words are blotted out,
tell writers apart when the topic changes.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

__all__ = ["WORD", "wording", "words_of"]

WORD = re.compile(r"\w+|[^\w\s]|\n+")
_BLANKS = re.compile(r"[ \t]+")
_DIGIT = re.compile(r"\d")
_BLOT = "~"


def words_of(text: str) -> list[str]:
    """Words, signs and runs of line ends, in lower case."""
    return WORD.findall(text.lower())


def wording(text: str, words: Sequence[str], common: Collection[str]) -> Counter[str]:
    """Kinds: c letters (2 to 4), w a word, b two words, k words with all but `common` blotted."""
    found: Counter[str] = Counter()
    letters = _DIGIT.sub("0", _BLANKS.sub(" ", text))
    for many in (2, 3, 4):
        found.update("c" + run for run in map("".join, _runs(letters, many)))
    found.update("w" + word for word in words)
    found.update(f"b{one} {two}" for one, two in pairwise(words))
    frame = [_framed(word, common) for word in words]
    for many in (2, 3, 4):
        found.update("k" + " ".join(run) for run in _runs(frame, many))
    return found


def _runs(items: Sequence[str], many: int) -> Iterator[tuple[str, ...]]:
    return zip(*(items[start:] for start in range(many)), strict=False)


def _framed(word: str, common: Collection[str]) -> str:
    if word[0] == "\n":
        return word[:2]
    return word if word in common or not word[0].isalnum() else _BLOT
