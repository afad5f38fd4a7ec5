"""One number at a time, out of trials: tempers, bars, and how much a set has to hold."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from darkhorse.attribution.learn.calibration_trials import (
    Arrays,
    Kind,
    Shares,
    Tempers,
    new_of,
    part_of,
    shares_of,
)

__all__ = ["bar_of", "evenly", "mass_of", "sibling_of", "temper_of"]

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]
_TEMPERS = (1.0, 0.5, 0.25, 0.12)
_OWED = (0.0, 5.0, 15.0)
"""Where a search begins: the likeliest of all pairs."""
_ROOM = 0.9  # of what lies above a bar's last one out: the next lab is none of these
_RIDGE = 0.02  # keeps a temper near one where trials are few


def evenly(groups: Sequence[str], kinds: Sequence[Kind], nobody: float) -> _Floats:
    """Weights of trials: every lab counts alike within a kind, strangers as much as their prior."""
    keys = list(zip(groups, kinds, strict=True))
    times = Counter(keys)
    labs = Counter(kind for _, kind in times)
    known = [kind for kind in ("known", "new") if labs[kind]]
    shares = {kind: (1 - nobody * bool(labs["stranger"])) / len(known) for kind in known}
    shares["stranger"] = nobody if known else 1.0
    return np.array([shares[kind] / labs[kind] / times[group, kind] for group, kind in keys])


def temper_of(
    arrays: Arrays, rows: NDArray[np.bool_], truth: _Ints, weights: _Floats
) -> tuple[float, float]:
    """Weight and novelty of style (`Calibration`): likeliest over these trials."""
    part = part_of(arrays, rows)
    right, counted = truth[rows], weights[rows] / weights[rows].sum()
    row = np.arange(len(right))

    def loss(at: _Floats) -> float:
        shares = shares_of(
            part, _alike(len(right), (float(np.exp(at[0])), at[1], 0.0)), fused=False
        ).by_lab
        told = np.log(np.maximum(shares[row, right], 1e-12))
        away = at[0] ** 2 + 0.01 * at[1] ** 2
        return float(-(told * counted).sum() + _RIDGE * away)

    grid = [np.array((np.log(w), n)) for w in _TEMPERS for n in _OWED]
    start = min(grid, key=loss)
    corners = np.vstack([start, start + np.diag((0.5, 2.0))])
    options = {"xatol": 1e-3, "fatol": 1e-5, "initial_simplex": corners}
    found = minimize(loss, start, method="Nelder-Mead", options=options)
    return round(float(np.exp(found.x[0])), 4), round(float(found.x[1]), 4)


def sibling_of(
    arrays: Arrays,
    rows: NDArray[np.bool_],
    truth: _Ints,
    weights: _Floats,
    is_new: NDArray[np.bool_],
    temper: tuple[float, float],
) -> float:
    """Nats that a known lab's new model is owed; `rows`: trials of known labs."""
    part = part_of(arrays, rows)
    new, counted = is_new[rows], weights[rows] / weights[rows].sum()

    def loss(owed: float) -> float:
        told = new_of(part, _alike(len(new), (*temper, owed)), truth[rows])
        right = np.maximum(np.where(new, told, 1 - told), 1e-6)
        return float(-(np.log(right) * counted).sum() + _RIDGE * 0.01 * owed**2)

    found = minimize_scalar(loss, bounds=(-30.0, 30.0), method="bounded")
    return round(float(found.x), 4)


def _alike(trials: int, values: Sequence[float]) -> Tempers:
    weight, novelty, sibling = (np.full(trials, value) for value in values)
    return Tempers(weight=weight, novelty=novelty, sibling=sibling)


def bar_of(shown: _Floats, weights: _Floats, rate: float, least: float) -> float:
    """The least bar that so few of these, who should not be named, reach.

    `shown`: the probability of the name that would be given.
    """
    order = np.argsort(-shown, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    over = np.flatnonzero(reached > rate)
    worst = float(shown[order[over[0]]]) if len(over) else 0.0
    return round(max(least, min(1 - (1 - worst) * _ROOM, 0.99999)), 6)


def mass_of(shares: Shares, truth: _Ints, weights: _Floats, coverage: float) -> float:
    """How much of a posterior a set has to hold to hold the truth this often; no less than that."""
    own = shares.by_lab[np.arange(len(truth)), truth]
    before = np.where(shares.by_lab > own[:, None], shares.by_lab, 0.0).sum(axis=1)
    order = np.argsort(before, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    at = int(np.searchsorted(reached, coverage))
    enough = float(before[order[min(at, len(order) - 1)]]) + 1e-6
    return round(min(max(enough, coverage), 1.0), 6)
