"""Two tokenizers behind one name: charges that no single vocabulary explains, and two together do.

A model that is exchanged midway, a router over several models, or a gateway that counts some
answers anew all look like this; none of them allows a name.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate, combinations

from msgspec import Struct, structs

from darkhorse.attribution.counting.items import Item
from darkhorse.attribution.counting.likelihood import intercept_nats
from darkhorse.attribution.counting.reading import Reading, read
from darkhorse.attribution.library.families import is_neutral
from darkhorse.attribution.nats import log_mean, log_sum

__all__ = ["Double", "double_of", "quarrel_of", "turned_of", "without_recounts"]

_PRIOR = math.log(0.005)
_LEAST = 3  # charges that only the one explains, and as many only the other
_CANDIDATES = 8  # vocabularies that explain most
_UNEXPLAINED = -7.0  # nats of a charge that neither explains
_CLEAR = 4.0  # nats by which two have to be likelier than any one
_FEW = 0.2  # of charges that may be counted anew without anybody else answering
_QUARREL = 6.0  # nats between what providers say alone and what they say together
_TURNED = 6.0  # nats by which a change at one place is likelier than none
_BEFORE, _AFTER = 0.95, 0.2  # shares explained on either side of it: at least, at most
_AGAIN = 0.4  # of the charges after a change, that a second template explains, if it is only that


class Double(Struct, frozen=True, kw_only=True):
    """Two vocabularies and the items that each alone explains."""

    families: tuple[str, str]
    alone: tuple[frozenset[int], frozenset[int]]
    neither: int
    nats: float = 0.0

    @property
    def says(self) -> str:
        """In words."""
        first, second = self.families
        some, others = map(len, self.alone)
        return f"two tokenizers answer: {first} counts {some} charges and {second} {others} others"


def double_of(reading: Reading) -> Double | None:
    """The pair that explains one provider's charges, where that is clearly more than any one."""
    first = _hits(reading.items)
    best = sorted(first, key=lambda name: -len(first[name]))[:_CANDIDATES]
    if len(reading.items) - len(first[best[0]]) < _LEAST:
        return None
    found = [pair for a in best if (pair := _second(reading.items, a, first[a])) is not None]
    most = max(found, key=lambda pair: pair.nats, default=None)
    return most if most and most.nats > reading.ways[0].nats + _CLEAR else None


_Hits = Mapping[str, frozenset[int]]


def _hits(items: Sequence[Item], among: frozenset[int] | None = None) -> _Hits:
    """Vocabulary → the items that it explains with a constant a group, which `among` settles."""
    constants: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for n, each in enumerate(items):
        if among is None or n in among:
            for name, tokens in each.tokens.items():
                constants[name, each.group][each.charged - tokens] += 1
    settled = {place: found.most_common(1)[0][0] for place, found in constants.items()}
    names = {name for name, _ in settled}
    return {
        name: frozenset(
            n
            for n, each in enumerate(items)
            if name in each.tokens
            and settled.get((name, each.group)) == each.charged - each.tokens[name]
        )
        for name in sorted(names)
    }


def _second(items: Sequence[Item], first: str, mine: frozenset[int]) -> Double | None:
    """The vocabulary that explains most of what the first does not."""
    rest = frozenset(range(len(items))) - mine
    if len(rest) < _LEAST:
        return None
    theirs = _hits(items, rest)
    second = max(theirs, key=lambda name: (len(theirs[name] & rest), name != first))
    hits = theirs[second]
    alone = mine - hits, hits - mine
    if second == first or min(map(len, alone)) < _LEAST:
        return None
    pair = Double(families=(first, second), alone=alone, neither=len(items) - len(mine | hits))
    return structs.replace(pair, nats=_nats(pair, items))


def _nats(pair: Double, items: Sequence[Item]) -> float:
    names, groups = len(items[0].tokens), len({each.group for each in items})
    choice = math.log(max(1, names * (names - 1) / 2))
    constants = 2 * groups * intercept_nats(12)
    return _PRIOR - choice + constants + _order(pair, items) + pair.neither * _UNEXPLAINED


def _order(pair: Double, items: Sequence[Item]) -> float:
    """Of who answers when: at random; or the one until a place, or a size, the other after it."""
    some, others = pair.alone
    random = math.lgamma(len(some) + 1) + math.lgamma(len(others) + 1)
    whole = len(some) + len(others)
    told = [math.log(0.8) + random - math.lgamma(whole + 2)]
    by_size = {n: (len(items[n].text), n) for n in some | others}
    by_time = {n: (n, n) for n in some | others}
    for ranks in (by_size, by_time):
        first, second = ([ranks[n] for n in those] for those in (some, others))
        if max(first) < min(second) or max(second) < min(first):
            told.append(math.log(0.05 / whole))
    return log_sum(told)


def turned_of(reading: Reading) -> str:
    """Where charges stop to be as one vocabulary counts, in words; empty where they do not.

    The second vocabulary need not be known, as it must be for a pair. A Bayes factor of a change
    of rate at any one place against none.
    """
    family = reading.ways[0].family
    explained = _hits(reading.items).get(family, frozenset())
    fits = [n in explained for n in range(len(reading.items))]
    total, whole = len(fits), sum(fits)
    before = list(accumulate(fits))
    places = {
        n: _evenly(before[n - 1], n) + _evenly(whole - before[n - 1], total - n)
        for n in range(_LEAST, total - _LEAST + 1)
    }
    if not places:
        return ""
    factor = log_mean(list(places.values())) - _evenly(whole, total)
    place = max(places, key=lambda n: places[n])
    shares = before[place - 1] / place, (whole - before[place - 1]) / (total - place)
    if factor < _TURNED or max(shares) < _BEFORE or min(shares) > _AFTER:
        return ""
    poorer = range(place) if shares[0] < shares[1] else range(place, total)
    if _is_retemplated(reading.items, family, frozenset(poorer)):
        return ""
    return f"two tokenizers answer: {family} counts only on one side of charge {place} of {total}"


def _is_retemplated(items: Sequence[Item], family: str, among: frozenset[int]) -> bool:
    """Does the same vocabulary explain these with a template of their own?"""
    return len(_hits(items, among).get(family, frozenset()) & among) > _AGAIN * len(among)


def _evenly(hits: int, number: int) -> float:
    """Of hits in this order, at a rate that may be anything."""
    misses = number - hits
    return math.lgamma(hits + 1) + math.lgamma(misses + 1) - math.lgamma(number + 2)


def without_recounts(reading: Reading) -> tuple[Reading, int]:
    """The same without a few charges that a gateway counted anew, and how many those are.

    Seen: a gateway that counts with o200k those answers for which it got no count.
    """
    double = double_of(reading)
    if not double:
        return reading, 0
    for family, alone in zip(double.families, double.alone, strict=True):
        if is_neutral(family) and len(alone) <= _FEW * len(reading.items):
            kept = [each for n, each in enumerate(reading.items) if n not in alone]
            return read(reading.provider, kept), len(alone)
    return reading, 0


def quarrel_of(readings: Sequence[Reading]) -> str:
    """Why several providers cannot be of one model; empty where they can."""
    told = [(each, _most(each)) for each in readings]
    for (one, mine), (other, theirs) in combinations(told, 2):
        if mine == theirs:
            continue
        names = one.families.keys() | other.families.keys()
        alone = _under(one, mine) + _under(other, theirs)
        together = max(_under(one, name) + _under(other, name) for name in ("", *sorted(names)))
        if alone > together + _QUARREL:
            return f"two tokenizers answer: {_by(one, mine)} and {_by(other, theirs)}"
    return ""


def _most(reading: Reading) -> str:
    """The likeliest vocabulary; empty: one that nobody holds."""
    best = max(reading.families, key=lambda name: reading.families[name])
    return best if reading.families[best] > reading.unseen else ""


def _under(reading: Reading, family: str) -> float:
    return reading.families.get(family, reading.unseen)


def _by(reading: Reading, family: str) -> str:
    name = family or "one that nobody holds"
    return f"{name} by {reading.provider or 'whoever gives no name'}"
