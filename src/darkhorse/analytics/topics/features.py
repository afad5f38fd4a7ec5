"""A prompt as a set of strings: words, their beginnings, their neighbours, and its shape.

Beginnings of words stand in for grammar, in Russian and Spanish above all; Chinese, which has no
spaces, is cut into runs of one to four signs. Only the start and the end of a text are read: there
people say what they want, and what lies between is what they pasted.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from darkhorse.analytics.topics.shapes import shapes

__all__ = ["features", "phrase", "view"]

_HEAD, _TAIL = 1_500, 500  # characters that are read
_SHORTEST, _LONGEST = 3, 9  # letters of a word's beginning
_NEIGHBOUR = 5  # letters of a word that stands beside another
_IDEOGRAMS = 4
_WORDS = re.compile(r"[぀-ヿ㐀-鿿가-힯]+|[^\W_぀-ヿ㐀-鿿가-힯]+(?:\+\+|#)?")
_KEPT = "ñйї"  # letters of their own, not a letter with a mark


def _bare(letter: str) -> str:
    return letter if letter in _KEPT else unicodedata.normalize("NFD", letter)[0]


_PLAIN = {
    sign: _bare(chr(sign))
    for sign in (*range(0xC0, 0x250), *range(0x400, 0x460))
    if _bare(chr(sign)) != chr(sign)
}


def view(text: str) -> str:
    """What is read of a text of any length."""
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"


def features(text: str) -> set[str]:
    """What is known of a text: some hundreds of strings for one that fills the view."""
    seen = view(text)
    found = set(shapes(seen))
    words = _words(seen)
    found.update(_opening(words))
    spaced = [word for word in words if word[0] < "぀" or word[0] > "힯"]
    found.update(_neighbours(spaced))
    distinct = set(spaced)
    found.update(f"{word} " for word in distinct)
    found.update(
        word[:length]
        for word in distinct
        for length in range(_SHORTEST, min(len(word), _LONGEST) + 1)
    )
    for run in set(words) - distinct:
        found.update(_runs(run))
    return found


def phrase(entry: str) -> str:
    """The feature that an entry of a word list stands for.

    `word.` is that word, `word` whatever begins so, `two_words` the pair in any inflection.
    """
    words = _words(entry.replace("_", " "))
    if len(words) > 1:
        return " ".join(word[:_NEIGHBOUR] for word in words[:2])
    word = words[0] if words else ""
    if "぀" <= word[:1] <= "힯":
        return word[:_IDEOGRAMS]
    is_whole = entry[-1:] in "._" or len(word) < _SHORTEST
    return f"{word} " if is_whole else word[:_LONGEST]


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.lower().translate(_PLAIN))


def _opening(words: list[str]) -> Iterator[str]:
    for word in words[:1]:
        yield f"^{word[:_NEIGHBOUR] if word < '぀' else word[:2]}"
    if len(words) > 1:
        yield f"^{words[0][:_NEIGHBOUR]} {words[1][:_NEIGHBOUR]}"


def _neighbours(words: list[str]) -> Iterator[str]:
    short = [word[:_NEIGHBOUR] for word in words]
    yield from map(" ".join, pairwise(short))


def _runs(run: str) -> Iterator[str]:
    for length in range(1, _IDEOGRAMS + 1):
        for start in range(len(run) - length + 1):
            yield run[start : start + length]
