"""How likely charges are, in nats: under a vocabulary, and under one that nobody holds.

Under its own vocabulary a charge is tokens plus a constant, but for a few: a cache, another
template on another machine, a slip of the table. Beta priors stand for how many; a group may have
up to three constants, since a name may stand for several machines. Under a vocabulary that nobody
holds a charge is near one that is held: how near was fitted by leaving out each held one in turn
(`bench/unmask.py` measures it).
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from darkhorse.attribution.nats import log_sum

__all__ = [
    "Residuals",
    "edition_nats",
    "intercept_nats",
    "native_nats",
    "near_nats",
]

Residuals = Sequence[int]
"""Charges less tokens, of one group."""

_SLIPS = ((0.93, 0.3, 30.0), (0.07, 1.0, 6.0))
"""Weight, a and b of Beta: most routes slip on fewer than 2 in 100 charges, a few on some."""
_CONSTANTS = (0.93, 0.05, 0.02)
"""Of routes that show one, two, three constants."""
_EXACTS = ((0.2, 0.75), (0.4, 0.45), (0.4, 0.15))
"""Weight, and how often an unseen vocabulary counts like its neighbour: few are derived from it."""
_EDITIONS = ((1.0, 0.88),)
"""The same of another edition of a vocabulary: a server that trims, merges or folds a little."""
_BREADTHS = (0.12, 0.3, 0.8, 1.6)
"""How far it is off where it does not, in shares of how far the held ones lie apart."""


def intercept_nats(constant: int) -> float:
    """Of a template that adds so many tokens; fewer than none are next to impossible."""
    if constant < -3:
        return -12.0 - math.log(-constant)
    n = constant + 3
    short = (12 / 13) ** min(n, 400) / 13
    return math.log(0.6 * short + 0.3 * 60 / (60 + n) ** 2 + 0.1 * 1000 / (1000 + n) ** 2)


def native_nats(residuals: Residuals) -> float:
    """Of charges that are tokens plus a constant. `residuals`: of one group, in any order."""
    if not residuals:
        return 0.0
    common = Counter(residuals).most_common(len(_CONSTANTS))
    return log_sum(
        math.log(_CONSTANTS[n - 1]) + _with_constants(residuals, common[:n])
        for n in range(1, len(common) + 1)
        if n == 1 or common[n - 1][1] > 1
    )


def _with_constants(residuals: Residuals, common: Sequence[tuple[int, int]]) -> float:
    main = common[0][0]
    constants = {value for value, _ in common}
    hits = sum(times for _, times in common)
    slips = len(residuals) - hits
    told = intercept_nats(main) + sum(_slip(value - main) for value, _ in common[1:])
    shared = _dirichlet([times for _, times in common])
    rate = log_sum(
        math.log(weight) + _log_beta(a + slips, b + hits) - _log_beta(a, b)
        for weight, a, b in _SLIPS
    )
    off = math.fsum(_slip(each - main) for each in residuals if each not in constants)
    return told + shared + rate + off


def _dirichlet(times: Sequence[int]) -> float:
    """Of this order of hits, whatever the shares of the constants are."""
    kinds, total = len(times), sum(times)
    hits = math.fsum(math.lgamma(n + 1) for n in times)
    return math.lgamma(kinds) + hits - math.lgamma(kinds + total)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


@lru_cache(maxsize=4096)
def _slip(off: int) -> float:
    """By how much a charge is off that is off."""
    wide = 20 / (2 * (20 + min(abs(off), 10**6)) ** 2)
    return math.log(0.4 * _around(off, 1.5) + 0.6 * wide)


Groups = Sequence[tuple[Residuals, Sequence[float]]]
"""Residuals and scales, group by group. Scales: how far the held vocabularies lie apart on each
text, in tokens."""


def near_nats(groups: Groups) -> float:
    """Of charges by an unseen vocabulary near this one."""
    return _nearly(groups, _EXACTS, _BREADTHS)


def edition_nats(groups: Groups) -> float:
    """Of charges by this vocabulary, counted a little differently now and then."""
    return _nearly(groups, _EDITIONS, _BREADTHS[:3])


def _nearly(
    groups: Groups, exacts: Sequence[tuple[float, float]], breadths: Sequence[float]
) -> float:
    there = [group for group in groups if group[0]]
    constants = [_middle(residuals) for residuals, _ in there]
    off = [
        (residual - constant, scale)
        for constant, (residuals, scales) in zip(constants, there, strict=True)
        for residual, scale in zip(residuals, scales, strict=True)
    ]
    guesses = []
    for breadth in breadths:
        steps = Counter((each, _step(scale * breadth)) for each, scale in off)
        guesses += [
            math.log(weight)
            + math.fsum(n * _near(each, step, exact) for (each, step), n in steps.items())
            for weight, exact in exacts
        ]
    return math.fsum(map(intercept_nats, constants)) + log_sum(guesses) - math.log(len(breadths))


def _middle(residuals: Residuals) -> int:
    """The constant: the most frequent residual, and the one in the middle where none is."""
    [(value, times)] = Counter(residuals).most_common(1)
    return value if times > 1 else sorted(residuals)[len(residuals) // 2]


def _step(breadth: float) -> int:
    """Breadths in steps of a fifth, so that few are worked out."""
    return round(5 * math.log(breadth)) if breadth > 0.2 else -8


@lru_cache(maxsize=65536)
def _near(off: int, step: int, exact: float) -> float:
    away = 0.97 * _around(off, math.exp(step / 5)) + 0.03 * 20 / (2 * (20 + abs(off)) ** 2)
    return math.log((exact if off == 0 else 0.0) + (1 - exact) * away)


def _around(off: int, breadth: float) -> float:
    """A two-sided geometric distribution of whole numbers."""
    ratio = math.exp(-1 / breadth)
    return (1 - ratio) / (1 + ratio) * ratio ** min(abs(off), 5000)
