"""How likely it is that a limited echo ends where it does: under each vocabulary, and under none.

A limit of n tokens shows n tokens, or a few less where the server counts a mark of its own. What
came back is compared without white space at its end, which some servers take away.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec import Struct

from darkhorse.attribution.borders.table import Cuts, Table
from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.attribution.nats import log_mean, log_sum

__all__ = ["Cut", "cut_nats", "cutting_habit", "shown"]

_UNSEEN = (0.8, 0.12, 0.05, 0.03)
"""How likely none, one … of the limit's tokens are marks that nobody sees."""
_SLIPS, _LOOSE = (0.01,), (0.01, 0.1, 0.3)
"""How often a cut is elsewhere: where a table's borders are exact, and where approximate."""
_NATIVE, _NEUTRAL, _PUBLIC, _ANY = 0.88, 0.02, 0.07, 0.03
"""Who cuts: the model's own tokens; a gateway's o200k; a habit, as a quarter of the bytes; none."""
_NEUTRAL_FAMILY = "GPT-4o and later (o200k)"
_MOST_CUTS = 0.9  # that a habit explains, where it is named
_WIDTH = 4  # characters a token has at most, for a cut at random
_NEW = 2.0  # vocabularies whose weight an unseen cut has beside the known
_KIN = (0.08, 0.2, 0.4)
"""How often an unseen vocabulary cuts otherwise than its nearest."""


class Cut(Struct, frozen=True):
    """A limited echo: which lines, the limit in tokens, how many characters came."""

    picks: tuple[int, ...]
    limit: int
    length: int  # without white space at the end


def shown(target: str, ends: Sequence[int], tokens: int) -> int:
    """Characters that so many tokens show, without white space at their end."""
    if tokens <= 0:
        return 0
    end = ends[min(tokens, len(ends)) - 1]
    return len(target[:end].rstrip())


def cut_nats(cuts: Sequence[Cut], known: Table) -> tuple[dict[str, float], float]:
    """Nats by family, and under a vocabulary that is none of these."""
    expected = {v.family: _expected(cuts, known, v) for v in known.vocabularies}
    native = {v.family: _native(cuts, expected[v.family], v) for v in known.vocabularies}
    shared = [
        math.log(_NEUTRAL) + native.get(_NEUTRAL_FAMILY, -math.inf),
        math.log(_PUBLIC) + _by_habit(cuts, known),
        math.log(_ANY) + math.fsum(_at_random(each) for each in cuts),
    ]
    own = math.log(_NATIVE)
    nats = {family: log_sum([own + each, *shared]) for family, each in native.items()}
    return nats, log_sum([own + _unknown(cuts, expected), *shared])


_Expected = list[list[int]]  # by cut, by tokens nobody sees: characters


def _expected(cuts: Sequence[Cut], known: Table, by: Cuts) -> _Expected:
    found = []
    for cut in cuts:
        target, ends = known.text(cut.picks), by.ends(cut.picks)
        found.append([shown(target, ends, cut.limit - n) for n in range(len(_UNSEEN))])
    return found


def _native(cuts: Sequence[Cut], expected: _Expected, by: Cuts) -> float:
    slips = _LOOSE if by.approximate else _SLIPS
    return log_mean([_slipping(cuts, expected, slip) for slip in slips])


def _slipping(cuts: Sequence[Cut], expected: _Expected, slip: float) -> float:
    """Of cuts where they are expected, but for a share that is anywhere."""
    return log_sum(
        math.log(prior)
        + math.fsum(
            math.log((1 - slip) * (row[unseen] == cut.length) + slip * math.exp(_at_random(cut)))
            for cut, row in zip(cuts, expected, strict=True)
        )
        for unseen, prior in enumerate(_UNSEEN)
    )


def _unknown(cuts: Sequence[Cut], expected: Mapping[str, _Expected]) -> float:
    """A vocabulary that nobody holds: like no known one, or like one but for some cuts."""
    like_one = [_slipping(cuts, rows, off) for rows in expected.values() for off in _KIN]
    return log_mean([_like_none(cuts, expected), log_mean(like_one)])


def _like_none(cuts: Sequence[Cut], expected: Mapping[str, _Expected]) -> float:
    """It cuts where some of the known do, or elsewhere."""
    total = len(expected) + _NEW

    def one(place: int, unseen: int) -> float:
        cut = cuts[place]
        alike = sum(rows[place][unseen] == cut.length for rows in expected.values())
        return math.log((alike + _NEW * math.exp(_at_random(cut))) / total)

    return log_sum(
        math.log(prior) + math.fsum(one(place, unseen) for place in range(len(cuts)))
        for unseen, prior in enumerate(_UNSEEN)
    )


def _public(text: str, limit: int) -> int:
    return max(n for n in range(len(text) + 1) if public_tokens(text[:n]) <= limit)


def _characters(text: str, limit: int, each: int) -> int:
    return min(len(text), each * limit)


def _bytes(text: str, limit: int, each: int) -> int:
    """Halves of a character at the end are left out."""
    return len(text.encode()[: each * limit].decode("utf-8", "ignore"))


def _words(text: str, limit: int, pattern: str) -> int:
    ends = [found.end() for found in re.finditer(pattern, text)]
    return ends[min(limit, len(ends)) - 1] if ends else 0


_Habit = Callable[[str, int], int]
_OWN = "a quarter of the bytes a token"
_HABITS: Mapping[str, _Habit] = {
    _OWN: _public,
    **{f"{n} characters a token": partial(_characters, each=n) for n in range(2, 9)},
    **{f"{n} bytes a token": partial(_bytes, each=n) for n in range(2, 9)},
    "a character a token": partial(_characters, each=1),
    "a byte a token": partial(_bytes, each=1),
    "a word a token": partial(_words, pattern=r"\S+"),
    "a word or a mark a token": partial(_words, pattern=r"\w+|[^\w\s]"),
}
"""Text, limit → characters that are shown by whoever cuts without a vocabulary."""


def _by_habit(cuts: Sequence[Cut], known: Table) -> float:
    """Cut as a gateway does that belongs to nobody: by bytes as ours does, or otherwise."""
    nats = {
        name: math.fsum(
            math.log(0.97 * (end == cut.length) + 0.03 * math.exp(_at_random(cut)))
            for cut, end in zip(cuts, _cut_by(habit, cuts, known), strict=True)
        )
        for name, habit in _HABITS.items()
    }
    own = nats.pop(_OWN)
    return log_mean([own, log_mean(list(nats.values()))])


def _cut_by(habit: _Habit, cuts: Sequence[Cut], known: Table) -> list[int]:
    """Characters, without white space at their end."""
    texts = [(known.text(cut.picks), cut.limit) for cut in cuts]
    return [len(text[: habit(text, limit)].rstrip()) for text, limit in texts]


def cutting_habit(cuts: Sequence[Cut], known: Table) -> str:
    """By what most of them are cut, where that is no vocabulary; empty where it is nothing such."""
    for name, habit in _HABITS.items():
        ends = _cut_by(habit, cuts, known)
        hits = sum(end == cut.length for cut, end in zip(cuts, ends, strict=True))
        if hits >= _MOST_CUTS * len(cuts):
            return name
    return ""


def _at_random(cut: Cut) -> float:
    return -math.log(_WIDTH * cut.limit + 1)
