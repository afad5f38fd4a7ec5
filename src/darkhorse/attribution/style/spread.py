"""How likely a place among models is: under each of them, a lab's new model, or somebody new.

Whether it is anybody known is told by densities: the two-covariance model of speaker recognition
(Brümmer & de Villiers 2010), in axes that make all covariances diagonal. Scores of several answers
are averaged: what they share of one topic does not grow less with their number, the rest does.
Who of those known it is, is told by the classifier's own probabilities, which bear other topics
and languages better, and by densities a little (`Spread.density`).
"""

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct

from darkhorse.attribution.library.style import Spread
from darkhorse.attribution.nats import log_mean

__all__ = ["Nats", "added", "nats_of"]

_TOPICS = 3  # several answers are taken to be of no more topics than this


class Nats(Struct, frozen=True, kw_only=True):
    """Log-likelihoods of the same scores. `labs`: of a model that the library lacks."""

    models: Mapping[str, float]
    labs: Mapping[str, float]
    other: float


def nats_of(scores: Sequence[Sequence[float]], spread: Spread, classes: Sequence[str]) -> Nats:
    """`scores`: one or more answers by classes, as `Reader.place` gives them.

    Each answer is taken to be as good as all others; how much less they say together than one
    by one is for a calibration to find out.
    """
    likely = _summed(scores)
    if not spread.density:
        return _unmoved(dict(zip(classes, likely, strict=True)))
    models, kin, other = _densities(scores, spread)
    leaning = [spread.density * one + two for one, two in zip(models, likely, strict=True)]
    by_lab = _by_lab(dict(zip(classes, leaning, strict=True)))
    kin_total = log_mean(list(_by_lab(dict(zip(classes, kin, strict=True))).values()))
    return Nats(
        models=_raised(dict(zip(classes, leaning, strict=True)), log_mean(models)),
        labs=_raised(by_lab, kin_total),
        other=other,
    )


def _unmoved(likely: Mapping[str, float]) -> Nats:
    """Where densities do not hold, somebody new stays as likely as before."""
    return Nats(models=_raised(likely, 0.0), labs=_raised(_by_lab(likely), 0.0), other=0.0)


def _raised(nats: Mapping[str, float], mean: float) -> dict[str, float]:
    """The same differences, with this log of their mean."""
    by = mean - log_mean(list(nats.values()))
    return {name: each + by for name, each in nats.items()}


def _summed(scores: Sequence[Sequence[float]]) -> list[float]:
    """Log-probabilities of the classes, added over answers."""
    shifts = [log_mean(row) for row in scores]
    rows = zip(*scores, strict=True)
    return [math.fsum(column) - math.fsum(shifts) for column in rows]


def _densities(
    scores: Sequence[Sequence[float]], spread: Spread
) -> tuple[list[float], list[float], float]:
    """Under each model, under a new one akin to it, and under somebody new."""
    at = _turned([math.fsum(column) / len(scores) for column in zip(*scores, strict=True)], spread)
    share = 1 / min(len(scores), _TOPICS)
    noise = [
        within / len(scores) + topic * share
        for within, topic in zip(spread.within, spread.topics, strict=True)
    ]
    akin = [one + two for one, two in zip(noise, spread.kin, strict=True)]
    wide = [one + two for one, two in zip(noise, spread.labs, strict=True)]
    models = [_normal(at, centre, noise) for centre in spread.centres]
    return (
        models,
        [_normal(at, centre, akin) for centre in spread.centres],
        _normal(at, spread.origin, wide),
    )


def added(parts: Sequence[Nats]) -> Nats:
    """Of different answers."""
    return Nats(
        models={name: math.fsum(part.models[name] for part in parts) for name in parts[0].models},
        labs={name: math.fsum(part.labs[name] for part in parts) for name in parts[0].labs},
        other=math.fsum(part.other for part in parts),
    )


def _turned(scores: Sequence[float], spread: Spread) -> list[float]:
    return [
        math.fsum(score * each for score, each in zip(scores, column, strict=True))
        for column in zip(*spread.axes, strict=True)
    ]


def _normal(at: Sequence[float], centre: Sequence[float], variance: Sequence[float]) -> float:
    return -0.5 * math.fsum(
        (a - c) ** 2 / v + math.log(v) for a, c, v in zip(at, centre, variance, strict=True)
    )


def _by_lab(nats: Mapping[str, float]) -> dict[str, float]:
    labs: dict[str, list[float]] = {}
    for model, value in nats.items():
        labs.setdefault(model.partition("/")[0], []).append(value)
    return {lab: log_mean(values) for lab, values in labs.items()}
