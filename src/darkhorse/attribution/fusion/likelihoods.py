"""One signal's word, leaf by leaf."""

import math
from collections.abc import Iterable, Mapping, Sequence

from darkhorse.attribution.evidence import Evidence, Level, Likelihoods
from darkhorse.attribution.fusion.hypotheses import Leaf

__all__ = ["nats_of"]

_MOST = 200.0  # nats between any two: more is no more certain, and overflows

Column = tuple[float, ...]


def nats_of(evidence: Evidence, leaves: Sequence[Leaf], *, counts: bool = False) -> Column:
    """Log-likelihood of it under each leaf, the best at nought, none below -200.

    A new model of a known lab is as likely as the lab: that level is of models that the library
    lacks. `counts`: it reads a tokenizer, so that models that count alike are as likely.
    """
    levels = {each.level: _sound(each) for each in evidence.likelihoods}
    if not levels:
        return (0.0,) * len(leaves)
    nats = [_under(levels, _names(leaf, counts=counts)) for leaf in leaves]
    best = max(nats)
    return tuple(max(each - best, -_MOST) for each in nats)


_Levels = Mapping[Level, Likelihoods]


def _under(levels: _Levels, names: Iterable[tuple[Level, str]]) -> float:
    """The most specific level that names it, else what is said of everybody else."""
    other = next(
        levels[level].other for level in ("family", "lab", "model") if level in levels
    )  # all of the same data, so any of them; the coarsest has seen most
    for level, name in names:
        found = levels[level].nats.get(name) if level in levels else None
        if found is not None:
            return found
    return other


def _names(leaf: Leaf, *, counts: bool) -> tuple[tuple[Level, str], ...]:
    named: tuple[tuple[Level, str], ...] = (
        ("model", leaf.model or (leaf.counts_like if counts else "")),
        ("lab", leaf.lab),
        ("family", leaf.family),
    )
    return tuple((level, name) for level, name in named if name)


def _sound(given: Likelihoods) -> Likelihoods:
    """Without what is no number: a name that has none is as likely as everybody else."""
    other = _held(given.other) if not math.isnan(given.other) else 0.0
    nats = {name: _held(each) for name, each in given.nats.items() if not math.isnan(each)}
    return Likelihoods(level=given.level, nats=nats, other=other)


def _held(nats: float) -> float:
    return min(max(nats, -1e6), 1e6)
