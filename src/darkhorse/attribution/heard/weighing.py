"""Likelihoods of weak evidence: from tallies of known models, and never more than it can bear."""

import math
from collections.abc import Iterable, Mapping

from darkhorse.attribution.evidence import Level, Likelihoods
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.nats import log_mean

__all__ = ["MOST", "by_lab", "held", "tallied"]

MOST = 1.0
"""Nats that one weak signal may speak for or against anybody."""
_BELIEF = 4.0  # answers that a model's tallies are mixed with
_AT_ONCE = 3.0  # answers of one model are alike: more of them count as so many
_STEADY = 0.4  # of models behave behind one more host, prompt or version as they did before

Tallies = Mapping[str, Mapping[str, int]]  # model → answer → times


def held(level: Level, nats: Mapping[str, float], other: float = 0.0) -> Likelihoods:
    """These, less `other`, within one nat either way; what is no number is nought."""
    kept = {name: _within(value - other) for name, value in nats.items()}
    return Likelihoods(level=level, nats=kept)


def tallied(tallies: Tallies, answers: Iterable[str]) -> dict[str, float]:
    """Nats of the answers under each model with tallies, against a model like none of them.

    Dirichlet smoothing towards what models answer on average, in which an answer that nobody gave
    has the weight of one model. A model may have changed its ways: little is held against it.
    """
    said = list(answers)
    models = {model: given for model, given in tallies.items() if sum(given.values()) > 0}
    if not said or not models:
        return {}
    usual = _usual(models.values())
    least = 1 / (len(models) + 1) / (len(usual) + 1)
    nats = dict.fromkeys(models, 0.0)
    for answer in said:
        shared = usual.get(answer, 0.0) + least
        for model, given in models.items():
            share = (given.get(answer, 0) + _BELIEF * shared) / (sum(given.values()) + _BELIEF)
            nats[model] += math.log(share / shared)
    scale = min(1.0, _AT_ONCE / len(said))
    return {model: _steady(value * scale) for model, value in nats.items()}


def by_lab(nats: Mapping[str, float], known: Library) -> dict[str, float]:
    """Nats of labs: the mean likelihood of those of their models that have any."""
    grouped: dict[str, list[float]] = {}
    for model in known.models:
        if model.name in nats:
            grouped.setdefault(model.lab, []).append(nats[model.name])
    return {lab: log_mean(found) for lab, found in grouped.items()}


def _usual(models: Iterable[Mapping[str, int]]) -> dict[str, float]:
    """What models answer on average, each with the same weight, one unknown model with them."""
    shares: dict[str, float] = {}
    many = 1
    for given in models:
        many += 1
        total = sum(given.values())
        for answer, times in given.items():
            shares[answer] = shares.get(answer, 0.0) + times / total
    return {answer: share / many for answer, share in shares.items()}


def _steady(nats: float) -> float:
    """Of a mixture: the model as it was, or any."""
    most = max(nats, 0.0)
    return most + math.log(_STEADY * math.exp(nats - most) + (1 - _STEADY) * math.exp(-most))


def _within(nats: float) -> float:
    return 0.0 if math.isnan(nats) else max(-MOST, min(MOST, nats))
