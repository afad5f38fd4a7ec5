"""Text that looks like nothing in particular, any amount of it, the same again for the same seed.

Words of a fixed vocabulary, drawn so that few are frequent and many are rare (Zipf: the k-th word
has the weight 1 / (k + 2) ** tilt). A higher tilt makes text that compresses better; bench/day
says which tilt gives the ratio of real transcripts. Not English: nothing here needs to be read.
"""

import functools
import hashlib
from collections.abc import Iterator

__all__ = ["USUAL_TILT", "Prose"]

USUAL_TILT = 1.4
_WORDS = 2_000
_SLOTS = 1 << 16  # a word's share of them is its probability; two random bytes choose one
_ONSETS = (*"bcdfghjklmnprstvw", "st", "tr", "pr", "ch", "sh", "th", "pl", "gr")
_VOWELS = (*"aeiou", "ai", "ea", "ou", "io", "e", "a", "i")
_CODAS = ("", "", "", "n", "r", "s", "l", "t", "m", "d", "ck", "ng")
_BEHIND = (" ", " ", " ", " ", " ", " ", " ", ", ", ". ", "\n", "_", "(")


class Prose:
    """An endless supply; one instance serves everybody, and costs about 10 ns a byte."""

    def __init__(self, tilt: float = USUAL_TILT) -> None:
        self._table = _table(tilt)
        self._bytes_a_word = sum(map(len, self._table)) / _SLOTS

    @staticmethod
    @functools.cache
    def usual(tilt: float = USUAL_TILT) -> "Prose":
        """One of this tilt, made once."""
        return Prose(tilt)

    def text(self, seed: bytes, size: int) -> bytes:
        """`size` bytes of ASCII. A longer text of the same seed begins with the shorter one."""
        words, enough = b"", int(size / self._bytes_a_word) + 32
        while len(words) < size:
            chosen = memoryview(hashlib.shake_128(seed).digest(2 * enough)).cast("H")
            words = b"".join(map(self._table.__getitem__, chosen))
            enough += enough // 8
        return words[:size]


def _table(tilt: float) -> list[bytes]:
    """Each word as often as its weight says, with what stands behind it."""
    weights = [1 / (rank + 2) ** tilt for rank in range(_WORDS)]
    total, filled, table = sum(weights), 0.0, list[bytes]()
    for rank, (word, weight) in enumerate(zip(_vocabulary(), weights, strict=False)):
        filled += weight / total * _SLOTS
        forms = [(word + behind).encode() for behind in _BEHIND]  # few objects: they stay cached
        for turn in range(round(filled) - len(table)):
            table.append(forms[(rank * 7 + turn) % len(forms)])
    return table


def _vocabulary() -> Iterator[str]:
    """Different words of one to three syllables, for ever."""
    dice = hashlib.shake_128(b"vocabulary").digest(24 * _WORDS)
    rolls, told = iter(dice), set[str]()
    while True:
        word = "".join(_syllable(rolls) for _ in range(1 + next(rolls) % 3))
        if word not in told:
            told.add(word)
            yield word


def _syllable(rolls: Iterator[int]) -> str:
    parts = (_ONSETS, _VOWELS, _CODAS)
    return "".join(part[next(rolls) % len(part)] for part in parts)
