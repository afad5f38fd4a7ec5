"""Finds makers and models in what a model says, however it is spelled, and who is meant by them.

The reader of whoever asks from outside: it shares nothing with the filter that the audit tries.
"""

# ruff: noqa: RUF001 (as it is written)

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from darkhorse.attribution.heard.claims import is_claim
from darkhorse.catalog.makers import Maker

__all__ = ["Hit", "Namebook", "book_of", "folded", "joined"]

_TWINS = str.maketrans("авекмнорстухіјѕԁһαβεηικμνορτυχ", "abekmhopctyxijsdhabehikmvoptux")
_TWIN = "авекмнорстухіјѕԁһαβεηικμνορτυχ"
_BESIDE = re.compile(rf"(?<=[a-z])[{_TWIN}]+|[{_TWIN}]+(?=[a-z])")
_WORD = re.compile(r"[0-9a-z]+|[^\W_0-9a-z]+")
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u1100-\u11ff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LEET = str.maketrans("0134578i", "oleastbl")
_LEET_FROM = 5  # shorter words are too often others
_MOST_WORDS = 6
_SPELLED = 3  # letters one by one that are a word


class Hit(Struct, frozen=True):
    """A name that was said. `is_claim`: the speaker says it of itself."""

    name: str
    maker: str
    is_claim: bool


class Namebook:
    """Names of makers and their models, to be looked for in answers."""

    def __init__(self, makers: Iterable[Maker]) -> None:
        self._latin: dict[str, tuple[str, str]] = {}
        self._stems: list[tuple[str, str, str]] = []
        self._runs: list[tuple[str, str, str]] = []
        self._read: dict[str, tuple[Hit, ...]] = {}
        for maker in makers:
            for name in (maker.name, *maker.aliases, *maker.models):
                self._learn(name, maker.name)

    def _learn(self, name: str, maker: str) -> None:
        plain = folded(name)
        key = joined(plain)
        if _EAST.search(plain) or _ARABIC.search(plain):
            if len(key) >= (_SPELLED if _ARABIC.search(plain) else 2):
                self._runs.append((key, name, maker))
        elif _CYRILLIC.search(plain):
            stem = key[:-1] if len(key) > 4 and key[-1] in "аеиоуыэюяь" else key
            self._stems.append((stem, name, maker))
        elif len(key) >= _SPELLED and not key.isdigit():
            self._latin.setdefault(_key(key), (name, maker))

    def find(self, text: str) -> tuple[Hit, ...]:
        """Every name in it, in any spelling: spaced, cased, with twins of other alphabets."""
        if text not in self._read:
            self._read[text] = self._found_in(text)
        return self._read[text]

    def _found_in(self, text: str) -> tuple[Hit, ...]:
        plain = folded(text)
        found = [*self._latin_in(plain), *self._other_in(plain), *self._spelled_in(plain)]
        return tuple(
            Hit(name, maker, is_claim(plain, start, end)) for name, maker, start, end in found
        )

    def _latin_in(self, plain: str) -> Iterator[tuple[str, str, int, int]]:
        words = list(_WORD.finditer(plain))
        at = 0
        while at < len(words):
            taken = 1
            for many in range(min(_MOST_WORDS, len(words) - at), 0, -1):
                run = words[at : at + many]
                known = self._latin.get(_key("".join(word[0] for word in run)))
                if known:
                    yield (*known, run[0].start(), run[-1].end())
                    taken = many
                    break
            at += taken

    def _other_in(self, plain: str) -> Iterator[tuple[str, str, int, int]]:
        if _CYRILLIC.search(plain):
            for word in _WORD.finditer(plain):
                for stem, name, maker in self._stems:
                    if word[0].startswith(stem) and len(word[0]) <= len(stem) + 3:
                        yield name, maker, word.start(), word.end()
        if _EAST.search(plain) or _ARABIC.search(plain):
            yield from self._runs_in(plain)

    def _runs_in(self, plain: str) -> Iterator[tuple[str, str, int, int]]:
        """Names in scripts without blanks, or with particles before a word."""
        places = [at for at, sign in enumerate(plain) if sign.isalnum()]
        dense = "".join(plain[at] for at in places)
        for key, name, maker in self._runs:
            if (at := dense.find(key)) >= 0:
                yield name, maker, places[at], places[at + len(key) - 1] + 1

    def _spelled_in(self, plain: str) -> Iterator[tuple[str, str, int, int]]:
        """Z-h-i-p-u."""
        for run in re.finditer(r"(?<![^\W_])(?:[0-9a-z][\W_]{1,4}){2,}[0-9a-z](?![^\W_])", plain):
            word = joined(run[0])
            for key, (name, maker) in self._latin.items():
                if key in (word, _key(word)) or (len(key) > _SPELLED and key in word):
                    yield name, maker, run.start(), run.end()


@lru_cache(maxsize=64)
def book_of(*makers: Maker) -> Namebook:
    """Their names; one book for all who ask for it."""
    return Namebook(makers)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """In small plain letters, without marks and invisible signs; twins of Latin letters Latin."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in apart if unicodedata.category(sign) not in ("Mn", "Cf"))
    small = re.sub(r"[^\S\n]+", " ", bare.casefold().replace("’", "'"))
    small = re.sub(r"[^\W\d_]+", _untwinned, small)
    return _BESIDE.sub(lambda found: found[0].translate(_TWINS), small)


def _untwinned(word: re.Match[str]) -> str:
    """A mixed word in Latin letters; one that is of its own alphabet stays."""
    latin = word[0].translate(_TWINS)
    return latin if latin.isascii() and re.search(r"[a-z]", word[0]) else word[0]


def joined(plain: str) -> str:
    """Folded text without what is no letter and no digit."""
    return "".join(_WORD.findall(plain))


def _key(word: str) -> str:
    """The same for Zhipu and Zh1pu."""
    return word.translate(_LEET) if len(word) >= _LEET_FROM and not word.isdigit() else word
