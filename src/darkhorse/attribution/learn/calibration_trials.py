"""Decisions whose right answer is known, and what they look like to a calibration.

A trial is an endpoint, as many of its answers as somebody might have, and a library that either
knows its lab or was learnt without it. All that a calibration can change is what a nat of style is
worth, what somebody new is owed, and the bars; so the rest is worked out once, as arrays.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.fusion.hypotheses import Leaf
from darkhorse.attribution.fusion.levels import counted
from darkhorse.attribution.fusion.standing import standing_of
from darkhorse.attribution.fusion.weighing import Weighed, weigh
from darkhorse.attribution.library.calibration import Calibration, Step
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.nats import log_sum

__all__ = [
    "Arrays",
    "Kind",
    "Shares",
    "Tempers",
    "Trial",
    "arrays_of",
    "new_of",
    "part_of",
    "shares_of",
    "truth_of",
]

_Floats = NDArray[np.float64]
_PLAIN = Calibration(weight=(Step(1, 1.0),), novelty=(Step(1, 0.0),), sibling=(Step(1, 0.0),))
"""Style as it came."""


Kind = Literal["known", "new", "stranger"]
"""new: the library knows the lab and not the model. stranger: nor the lab."""


class Trial(Struct, frozen=True, kw_only=True):
    """One decision. `group`: labs that are left out together; those that share weights."""

    lab: str
    model: str
    group: str
    kind: Kind
    answers: int
    known: Library
    evidence: tuple[Evidence, ...]

    @property
    def is_known(self) -> bool:
        """Is the lab in the library?"""
        return self.kind != "stranger"


class Arrays(Struct, frozen=True, kw_only=True):
    """Trials by hypotheses (a maker and a model, of any vocabulary); padded with none at all."""

    labs: tuple[str, ...]  # what `lab` counts; the first is nobody we know
    lab: NDArray[np.int64]
    root: NDArray[np.int64]
    new: NDArray[np.bool_]  # a known lab's new model
    prior: _Floats
    fixed: _Floats  # prior and every signal but style
    exact: _Floats  # prior and exact signals
    style: _Floats  # untempered
    answers: NDArray[np.int64]
    has_exact: NDArray[np.bool_]
    family: _Floats  # a value a trial: probability of the vocabulary that would be named


class Shares(Struct, frozen=True, kw_only=True):
    """Posteriors, trials by labs, in the order of `Arrays.labs`."""

    by_lab: _Floats
    by_root: _Floats
    support: _Floats  # nats of exact signals over nobody we know
    root_support: _Floats


def arrays_of(trials: Sequence[Trial]) -> Arrays:
    """What of the trials a calibration works with."""
    weighed = [_weighed(trial) for trial in trials]
    rows = [_row(each) for each in weighed]
    names = sorted(
        {key[n] for row in rows for key in row for n in (0, 2)} | {t.lab for t in trials}
    )
    labs = ("", *(each for each in names if each))
    where = {lab: n for n, lab in enumerate(labs)}
    shape = (len(rows), max((len(row) for row in rows), default=0))
    found: dict[str, Any] = {name: np.zeros(shape, dtype=np.int64) for name in ("lab", "root")}
    found["new"] = np.zeros(shape, dtype=np.bool_)
    found |= {name: np.full(shape, -np.inf) for name in ("prior", "fixed", "exact")}
    found["style"] = np.zeros(shape)
    for n, row in enumerate(rows):
        keys = list(row)
        found["lab"][n, : len(keys)] = [where[lab] for lab, _, _ in keys]
        found["root"][n, : len(keys)] = [where[root] for _, _, root in keys]
        found["new"][n, : len(keys)] = [bool(lab) and not model for lab, model, _ in keys]
        columns = np.array([row[key] for key in keys]).T
        for name, column in zip(("prior", "fixed", "exact", "style"), columns, strict=True):
            found[name][n, : len(keys)] = column
    found["answers"] = np.array([trial.answers for trial in trials])
    found["has_exact"] = np.array([each.has_exact for each in weighed])
    found["family"] = np.array([counted(standing_of(each))[1] for each in weighed])
    return Arrays(labs=labs, **found)


def part_of(arrays: Arrays, rows: Any) -> Arrays:
    """Some of the trials; `rows`: whatever picks them from an array."""
    names = (
        "lab",
        "root",
        "new",
        "prior",
        "fixed",
        "exact",
        "style",
        "answers",
        "has_exact",
        "family",
    )
    return Arrays(labs=arrays.labs, **{name: getattr(arrays, name)[rows] for name in names})


def truth_of(trials: Sequence[Trial], arrays: Arrays) -> NDArray[np.int64]:
    """The lab of each trial, as a column; nobody where the library was learnt without it."""
    return np.array([arrays.labs.index(t.lab) if t.is_known else 0 for t in trials], dtype=np.int64)


class Tempers(Struct, frozen=True, kw_only=True):
    """What style is worth, a value a trial; see `Calibration`."""

    weight: _Floats
    novelty: _Floats
    sibling: _Floats


def new_of(arrays: Arrays, tempers: Tempers, truth: NDArray[np.int64]) -> _Floats:
    """P(its model is new | the lab that it is of), by style alone."""
    shares = _probabilities(arrays.prior + _tempered(arrays, tempers))
    theirs = np.where(arrays.lab == truth[:, None], shares, 0.0)
    whole: _Floats = np.where(arrays.new, theirs, 0.0).sum(axis=1) / np.maximum(
        theirs.sum(axis=1), 1e-300
    )
    return whole


def shares_of(arrays: Arrays, tempers: Tempers, *, fused: bool) -> Shares:
    """Posteriors with so much worth of style; `fused`: with all other signals."""
    style = _tempered(arrays, tempers)
    all_of_it = _probabilities((arrays.fixed if fused else arrays.prior) + style)
    before = _probabilities(arrays.prior)
    after = _probabilities(arrays.exact) if fused else before
    return Shares(
        by_lab=_summed(all_of_it, arrays.lab, arrays),
        by_root=_summed(all_of_it, arrays.root, arrays),
        support=_gained(after, before, arrays.lab, arrays),
        root_support=_gained(after, before, arrays.root, arrays),
    )


_Key = tuple[str, str, str]  # lab, model, root


def _weighed(trial: Trial) -> Weighed:
    return weigh(trial.evidence, structs.replace(trial.known, calibration=_PLAIN))


def _row(weighed: Weighed) -> dict[_Key, tuple[float, float, float, float]]:
    grown: dict[_Key, list[int]] = {}
    for n, leaf in enumerate(weighed.leaves):
        grown.setdefault(_key(leaf), []).append(n)
    priors = [leaf.prior for leaf in weighed.leaves]
    vetoed = [-math.inf if each else 0.0 for each in weighed.vetoed]
    exact = [sum(each) for each in zip(priors, weighed.exact, vetoed, strict=True)]
    fixed = [sum(each) for each in zip(exact, weighed.rest, strict=True)]
    return {
        key: (
            log_sum([priors[n] for n in leaves]),
            log_sum([fixed[n] for n in leaves]),
            log_sum([exact[n] for n in leaves]),
            weighed.style[leaves[0]],
        )
        for key, leaves in grown.items()
    }


def _key(leaf: Leaf) -> _Key:
    return leaf.lab, leaf.model, leaf.root


def _tempered(arrays: Arrays, tempers: Tempers) -> _Floats:
    """As in fusion/weighing.py."""
    style = arrays.style * tempers.weight[:, None]
    owed = np.where(arrays.new, tempers.sibling[:, None], 0.0)
    tempered: _Floats = style + np.where(arrays.lab == 0, tempers.novelty[:, None], owed)
    return tempered


def _probabilities(nats: _Floats) -> _Floats:
    odds = np.exp(nats - nats.max(axis=1, keepdims=True))
    shares: _Floats = odds / odds.sum(axis=1, keepdims=True)
    return shares


def _summed(shares: _Floats, column: NDArray[np.int64], arrays: Arrays) -> _Floats:
    total = np.zeros((len(shares), len(arrays.labs)))
    np.add.at(total, (np.arange(len(shares))[:, None], column), shares)
    return total


def _gained(after: _Floats, before: _Floats, column: NDArray[np.int64], arrays: Arrays) -> _Floats:
    late, early = (np.log(np.maximum(_summed(s, column, arrays), 1e-300)) for s in (after, before))
    gained: _Floats = late - early
    gained -= gained[:, :1]
    return gained
