"""Invented tokenizers: they differ from one another as real ones do, and belong to nobody.

A token is a run of UTF-8 bytes; all tokens of a text, joined, are the text. Some end in the middle
of a character, as byte-level tokenizers' do.
"""

import codecs
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Literal

__all__ = ["VOCABULARIES", "Tokenize", "VocabularyName", "decoded", "encoded", "tokenizer"]

Tokenize = Callable[[str], list[bytes]]

VocabularyName = Literal["", "quads", "words", "syllables", "pairs", "merges"]
"""`quads`: four bytes each. `words`: short words whole, three digits, any other script byte by
byte. `syllables`: one digit, one character of any other script. `pairs`: three letters, two
digits, two characters of Chinese, Japanese or Korean. `merges`: the longest run that a seeded
table holds."""

_WORDS = re.compile(r" ?[A-Za-z]{1,8}|[0-9]{1,3}| ?[!-~]|\s+|.", re.DOTALL)
_SYLLABLES = re.compile(r" ?[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]*[aeiouyAEIOUY]+|.", re.DOTALL)
_PAIRS = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,2}|[A-Za-z]{1,3}|[0-9]{1,2}|\s+|.", re.DOTALL
)
_LONGEST_MERGE = 6
_SHARES = {6: 40, 5: 60, 4: 90, 3: 130, 2: 180}
"""How many of 256 runs of so many characters the table of `merges` holds."""


def tokenizer(name: VocabularyName, seed: int = 0) -> Tokenize:
    """The vocabulary of that name; `seed` chooses among tables of merges. KeyError for ""."""
    if name == "merges":
        return lambda text: _merges(text, seed)
    return VOCABULARIES[name]


def _quads(text: str) -> list[bytes]:
    data = encoded(text)
    return [data[start : start + 4] for start in range(0, len(data), 4)]


def _words(text: str) -> list[bytes]:
    pieces = map(encoded, _WORDS.findall(text))
    return list(chain.from_iterable(_bytes(each) if each[0] > 127 else [each] for each in pieces))


def _bytes(data: bytes) -> Iterator[bytes]:
    return (bytes((number,)) for number in data)


def _syllables(text: str) -> list[bytes]:
    return [encoded(each) for each in _SYLLABLES.findall(text)]


def _pairs(text: str) -> list[bytes]:
    return [encoded(each) for each in _PAIRS.findall(text)]


def _merges(text: str, seed: int) -> list[bytes]:
    """Greedy, from the left."""
    found, start = list[bytes](), 0
    while start < len(text):
        size = next(
            (size for size in _SHARES if _is_merged(text[start : start + size], size, seed)), 1
        )
        found.append(encoded(text[start : start + size]))
        start += size
    return found


def _is_merged(piece: str, size: int, seed: int) -> bool:
    """Is it in the table? Runs that mix letters with anything but one leading blank never are."""
    if len(piece) < size or not (piece[1:].isalpha() and (piece[0] == " " or piece[0].isalpha())):
        return False
    return zlib.crc32(encoded(piece), seed) % 256 < _SHARES[size]


VOCABULARIES: Mapping[str, Tokenize] = {
    "quads": _quads,
    "words": _words,
    "syllables": _syllables,
    "pairs": _pairs,
    "merges": lambda text: _merges(text, 0),
}


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def decoded(tokens: list[bytes]) -> list[str]:
    """What each token adds to the text: a character shows with the token that ends it."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
    return [decoder.decode(each) for each in tokens]
