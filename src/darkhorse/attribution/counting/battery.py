r"""Chooses what to ask: probes that tell all vocabularies apart, another set in every run.

A fixed battery can be recognised and answered with made-up counts; hundreds of probes are known,
and any few that tell all apart will do (method: a greedy cover of pairs, over a random sample).
"""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from darkhorse.attribution.library.counts import Counts
from darkhorse.attribution.library.families import FAMILIES
from darkhorse.base.chance import Draw

__all__ = ["choose", "is_safe"]

_LONGEST = 80  # characters
_SAMPLE = 32  # probes looked at for each that is taken
_ENOUGH = 3  # tokens, over all probes, that two vocabularies have to lie apart
_CURRENT = 3.0  # how much more a pair counts of which models are still made

_Pairs = Sequence[tuple[int, int, float]]


def is_safe(probe: str) -> bool:
    """Does a template that trims leave it as it is? The frame shelters its beginning."""
    return (
        0 < len(probe) <= _LONGEST
        and unicodedata.category(probe[-1])[0] not in "ZC"
        and "\ufeff" not in probe
    )


def choose(counts: Counts, number: int, draw: Draw) -> list[str]:
    """So many probes, of which the first few already tell most vocabularies apart."""
    safe = {text: row for text, row in counts.probes.items() if is_safe(text)}
    pairs = _pairs(counts.vocabularies)
    apart = dict.fromkeys(pairs, 0)
    chosen: list[str] = []
    while safe and len(chosen) < number:
        best = max(_sample(safe, apart, draw), key=lambda text: _gain(safe[text], apart))
        row = safe.pop(best)
        chosen.append(best)
        for a, b, weight in pairs:
            apart[a, b, weight] += min(_ENOUGH, abs(row[a] - row[b]))
    return chosen


@lru_cache(maxsize=4)
def _pairs(vocabularies: tuple[str, ...]) -> tuple[tuple[int, int, float], ...]:
    current = [title not in FAMILIES or FAMILIES[title].current for title in vocabularies]
    return tuple(
        (a, b, _CURRENT if current[a] and current[b] else 1.0)
        for a, b in combinations(range(len(vocabularies)), 2)
    )


def _gain(row: Sequence[int], apart: Mapping[tuple[int, int, float], int]) -> float:
    """How much nearer it brings all pairs to being well apart."""
    return sum(
        weight * min(_ENOUGH - reached, abs(row[a] - row[b]))
        for (a, b, weight), reached in apart.items()
        if reached < _ENOUGH
    )


def _sample(
    safe: Mapping[str, Sequence[int]], apart: Mapping[tuple[int, int, float], int], draw: Draw
) -> list[str]:
    """Any probes, and some that tell apart the pair which needs it most."""
    some = _some(list(safe), draw)
    a, b, _ = min(apart, key=lambda pair: (apart[pair] / pair[2], pair), default=(0, 0, 0.0))
    return [*some, *_some([text for text, row in safe.items() if row[a] != row[b]], draw)]


def _some(texts: Sequence[str], draw: Draw) -> list[str]:
    return [texts[int(draw() * len(texts))] for _ in range(min(_SAMPLE, len(texts)))]
