"""Charges of one provider, read in every way that is known: whose tokenizer, and who counted.

P(charges | vocabulary) is a sum over what may stand between: native counts, counting anew, a
formula, a factor, steps, noise. All of them but the first and the two after it say nothing of the
vocabulary, so a likely one of those flattens everything.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median

from msgspec import Struct

from darkhorse.attribution.counting.gateways import (
    ALIKE,
    PRIORS,
    RECOUNTS,
    Group,
    formula_nats,
    noise_nats,
    rounded_nats,
    scaled_nats,
)
from darkhorse.attribution.counting.items import Item
from darkhorse.attribution.counting.likelihood import (
    edition_nats,
    native_nats,
    near_nats,
)
from darkhorse.attribution.nats import log_mean, log_sum

__all__ = ["Reading", "Way", "distinct", "read"]

_EXACTLY, _ALMOST = math.log(0.9), math.log(0.1)
_FITS = 0.55
"""Of the charges, that a vocabulary explains with its one most frequent constant. Three constants
are enough for a vocabulary that is near; of 68 real routes the worst fit of its own explains 0.56,
and the best of another's 0.48."""
_MOST = 300  # charges of a provider that are weighed; more say nothing more


class Way(Struct, frozen=True, kw_only=True):
    """One way in which the charges may have come about."""

    kind: str  # native, unseen, recount, formula, scaled, rounded, noise
    family: str = ""  # whose tokens, where it is anybody's
    nats: float  # with its prior
    says: str = ""


class Reading(Struct, frozen=True, kw_only=True):
    """What one provider's charges say."""

    provider: str
    items: tuple[Item, ...]
    families: Mapping[str, float]  # nats of the charges under each vocabulary
    unseen: float  # the same under one that nobody holds
    ways: tuple[Way, ...]  # likeliest first

    @property
    def margin(self) -> float:
        """Nats between the likeliest way and the next of another kind or vocabulary."""
        return self.ways[0].nats - self.ways[1].nats if len(self.ways) > 1 else 0.0


def distinct(items: Iterable[Item]) -> list[Item]:
    """Each text once in each group, at its most frequent charge: a repeat is no new evidence."""
    charges: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    first: dict[tuple[str, str], Item] = {}
    for each in items:
        place = each.group, each.text
        charges[place][each.charged] += 1
        first.setdefault(place, each)
    return [
        Item(
            text=item.text,
            charged=charges[place].most_common(1)[0][0],
            tokens=item.tokens,
            provider=item.provider,
            group=item.group,
        )
        for place, item in first.items()
    ]


def read(provider: str, items: Sequence[Item]) -> Reading:
    """All ways for the charges of one provider. `items`: one at least, distinct."""
    kept = _thinned(items)
    groups = _grouped(kept)
    names = sorted({name for each in kept for name in each.tokens})
    unseen = _Unseen(groups, names)
    none = unseen.nats(None)
    fitting = {name for name in names if _fits(groups, name)}
    native = {name: _native(groups, name, unseen) for name in names}
    native = {name: n if name in fitting else min(n, none) for name, n in native.items()}
    blind = [_formula(groups), Way(kind="noise", nats=_prior("noise") + noise_nats(groups))]
    anew = [_recount(name, native[name], len(names)) for name in sorted(fitting)]
    bent = {name: _bent(groups, name) for name in names}
    shared = log_sum(each.nats for each in (*blind, *anew))
    families = {
        name: log_sum([_prior("native") + nats, shared, *(w.nats for w in bent[name])])
        for name, nats in native.items()
    }
    own = {name: _prior("native") + nats for name, nats in native.items() if name in fitting}
    ways = [
        *blind,
        *anew,
        *(way for each in bent.values() for way in each),
        *(Way(kind="native", family=name, nats=nats) for name, nats in own.items()),
        Way(kind="unseen", nats=_prior("native") + none),
    ]
    return Reading(
        provider=provider,
        items=tuple(kept),
        families=families,
        unseen=log_sum([_prior("native") + none, shared]),
        ways=tuple(sorted(ways, key=lambda way: -way.nats)),
    )


def _prior(kind: str) -> float:
    return math.log(PRIORS[kind])


def _thinned(items: Sequence[Item]) -> list[Item]:
    """Few enough, spread over all of them."""
    every = max(1, -(-len(items) // _MOST))
    return list(items[::every])


def _grouped(items: Iterable[Item]) -> list[Group]:
    groups: dict[str, list[Item]] = defaultdict(list)
    for each in items:
        groups[each.group].append(each)
    return list(groups.values())


def _fits(groups: Sequence[Group], name: str) -> bool:
    """Does one constant a group explain most of the charges that it has counts for?"""
    residuals = [[e.charged - e.tokens[name] for e in g if name in e.tokens] for g in groups]
    hits = sum(Counter(each).most_common(1)[0][1] for each in residuals if each)
    return hits >= _FITS * sum(map(len, residuals))


def _native(groups: Sequence[Group], name: str, unseen: "_Unseen") -> float:
    """Of its own vocabulary. A text that it was never counted for counts as an unseen one would."""
    nats = math.fsum(
        native_nats([e.charged - e.tokens[name] for e in group if name in e.tokens])
        for group in groups
    )
    edition = unseen.edition(name)
    return log_sum([_EXACTLY + nats, _ALMOST + edition]) + unseen.beside(name)


def _recount(name: str, nats: float, names: int) -> Way:
    prior = math.log(RECOUNTS.get(name, ALIKE / names))
    return Way(kind="recount", family=name, nats=prior + nats)


def _formula(groups: Sequence[Group]) -> Way:
    nats, says = formula_nats(groups)
    return Way(kind="formula", nats=_prior("formula") + nats, says=says)


def _bent(groups: Sequence[Group], name: str) -> list[Way]:
    """Its counts, changed by a gateway. Only charges of one template can show that."""
    if len(groups) > 1 or any(name not in each.tokens for each in groups[0]):
        return []
    ways = (
        ("scaled", scaled_nats(groups[0], name)),
        ("rounded", rounded_nats(groups[0], name)),
    )
    return [
        Way(kind=kind, family=name, nats=_prior(kind) + nats)
        for kind, nats in ways
        if nats > -math.inf
    ]


class _Unseen:
    """Charges under what is near a held vocabulary and is not it."""

    def __init__(self, groups: Sequence[Group], names: Sequence[str]) -> None:
        self._groups = groups
        self._names = names
        self._scales = {id(e): _apart(e) for group in groups for e in group}
        self._found: dict[frozenset[int], float] = {}

    def nats(self, only: str | None) -> float:
        """Of all items; with a name, of those that have its count."""
        held = [[e for e in g if only is None or only in e.tokens] for g in self._groups]
        place = frozenset(id(e) for g in held for e in g)
        if place not in self._found:
            self._found[place] = log_mean(
                [self._near(held, name) for name in self._names if self._is_held(held, name)]
            )
        return self._found[place]

    def edition(self, name: str) -> float:
        """Of the items with its count, under a slightly other edition of this vocabulary."""
        held = [[e for e in g if name in e.tokens] for g in self._groups]
        return edition_nats(self._residuals(held, name))

    def beside(self, name: str) -> float:
        """Of the items without its count, given those with it."""
        if all(name in each.tokens for group in self._groups for each in group):
            return 0.0
        return self.nats(None) - self.nats(name)

    def _is_held(self, groups: Sequence[Group], name: str) -> bool:
        return any(name in each.tokens for group in groups for each in group)

    def _near(self, groups: Sequence[Group], name: str) -> float:
        return near_nats(self._residuals(groups, name))

    def _residuals(self, groups: Sequence[Group], name: str) -> list[tuple[list[int], list[float]]]:
        return [
            (
                [e.charged - e.tokens.get(name, _usual(e)) for e in group],
                [self._scales[id(e)] for e in group],
            )
            for group in groups
        ]


def _usual(item: Item) -> int:
    return round(median(item.tokens.values()))


def _apart(item: Item) -> float:
    """How far vocabularies lie apart on it, in tokens."""
    middle = median(item.tokens.values())
    return max(0.3, fmean(abs(each - middle) for each in item.tokens.values()))
