"""A posterior over leaves, added up the ways a verdict asks for it."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from darkhorse.attribution.fusion.hypotheses import Leaf
from darkhorse.attribution.fusion.weighing import Weighed
from darkhorse.attribution.library.families import is_neutral

__all__ = ["Standing", "standing_of"]

_LEAST = 1e-300
_FITS = 2.0  # nats over the next vocabulary
_FITS_ANEW = 0.5  # the same of one that gateways count with: what they say is worth little anyway


class Standing(Struct, frozen=True, kw_only=True):
    """Name → probability, most likely first; the empty name is nobody we know."""

    labs: Mapping[str, float]
    roots: Mapping[str, float]  # whose weights
    families: Mapping[str, float]
    counted: Mapping[str, float]  # vocabularies by exact signals alone
    models: Mapping[str, float]  # those of the library
    new: Mapping[str, float]  # lab → that its model is none of the library's
    unfit: Mapping[str, float]  # lab → the same within it, by exact signals alone
    family_of: Mapping[str, str]  # root → the likeliest vocabulary under it
    support: Mapping[str, float]  # lab → nats of exact signals over nobody we know
    root_support: Mapping[str, float]
    family_support: Mapping[str, float]  # vocabulary → nats over all others
    told_family: str  # the vocabulary that `usage` fits, where it fits one better than any other
    style: Mapping[str, float]  # labs by style alone
    style_models: Mapping[str, float]


def standing_of(weighed: Weighed) -> Standing:
    """All sums of it."""
    leaves = weighed.leaves
    whole = weighed.posterior()
    exact = _by(leaves, weighed.exact_alone(), lambda leaf: leaf.lab)
    roots = _by(leaves, weighed.exact_alone(), lambda leaf: leaf.root)
    families = _by(leaves, weighed.exact_alone(), lambda leaf: leaf.family)
    before = [math.exp(leaf.prior) for leaf in leaves]
    style = weighed.style_alone()
    return Standing(
        labs=_ranked(_by(leaves, whole, lambda leaf: leaf.lab)),
        roots=_ranked(_by(leaves, whole, lambda leaf: leaf.root)),
        families=_ranked(_by(leaves, whole, lambda leaf: leaf.family)),
        counted=_ranked(families),
        models=_ranked(_without_none(_by(leaves, whole, lambda leaf: leaf.model))),
        new=_by(leaves, whole, lambda leaf: "" if leaf.model else leaf.lab),
        unfit=_unfit(leaves, weighed.exact_alone()),
        family_of=_likeliest_family(leaves, whole),
        support=_over_nobody(exact, _by(leaves, before, lambda leaf: leaf.lab)),
        root_support=_over_nobody(roots, _by(leaves, before, lambda leaf: leaf.root)),
        family_support=_over_rest(families, _by(leaves, before, lambda leaf: leaf.family)),
        told_family=_told(weighed, _by(leaves, before, lambda leaf: leaf.family)),
        style=_ranked(_by(leaves, style, lambda leaf: leaf.lab)),
        style_models=_ranked(_without_none(_by(leaves, style, lambda leaf: leaf.model))),
    )


_Shares = Mapping[str, float]


def _by(leaves: Sequence[Leaf], shares: Sequence[float], name: Callable[[Leaf], str]) -> _Shares:
    total: dict[str, list[float]] = defaultdict(list)
    for leaf, share in zip(leaves, shares, strict=True):
        total[name(leaf)].append(share)
    return {each: min(math.fsum(parts), 1.0) for each, parts in total.items()}


def _ranked(shares: _Shares) -> _Shares:
    return dict(sorted(shares.items(), key=lambda each: (-each[1], each[0])))


def _without_none(shares: _Shares) -> _Shares:
    return {name: share for name, share in shares.items() if name}


def _unfit(leaves: Sequence[Leaf], shares: Sequence[float]) -> _Shares:
    labs = _by(leaves, shares, lambda leaf: leaf.lab)
    new = _by(leaves, shares, lambda leaf: "" if leaf.model else leaf.lab)
    return {lab: new.get(lab, 0.0) / share for lab, share in labs.items() if lab and share > 0}


def _told(weighed: Weighed, before: _Shares) -> str:
    after = _by(weighed.leaves, weighed.told_alone(), lambda leaf: leaf.family)
    gained = _ranked({name: _log(after[name]) - _log(before[name]) for name in after})
    (family, most), (_, second) = [*gained.items(), ("", 0.0)][:2]
    return family if most - second > (_FITS_ANEW if is_neutral(family) else _FITS) else ""


def _likeliest_family(leaves: Sequence[Leaf], shares: Sequence[float]) -> Mapping[str, str]:
    pairs: dict[tuple[str, str], float] = defaultdict(float)
    for leaf, share in zip(leaves, shares, strict=True):
        pairs[leaf.root, leaf.family] += share
    return dict(sorted(pairs, key=lambda pair: (pairs[pair], pair)))  # the last of a root stays


def _over_nobody(after: _Shares, before: _Shares) -> _Shares:
    """Nats by which each has gained on nobody we know."""
    gained = _log(after.get("", 0.0)) - _log(before.get("", 0.0))
    return {name: _log(after[name]) - _log(before[name]) - gained for name in after if name}


def _over_rest(after: _Shares, before: _Shares) -> _Shares:
    return {name: _odds(after[name]) - _odds(before[name]) for name in after if name}


def _odds(share: float) -> float:
    return _log(share) - _log(1 - share)


def _log(share: float) -> float:
    return math.log(max(share, _LEAST))
