"""Sets tempers and bars so that a stated share of labs nobody knew is given a name, and no more.

Labs are left out in turn: the library a trial is judged with was learnt without them. What is set
here must be scored on labs that had no part in it (`calibrate_nested`).
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from darkhorse.attribution.fusion.levels import AGAINST, BORNE
from darkhorse.attribution.learn.calibration_fit import (
    bar_of,
    evenly,
    mass_of,
    sibling_of,
    temper_of,
)
from darkhorse.attribution.learn.calibration_trials import (
    Arrays,
    Shares,
    Tempers,
    Trial,
    arrays_of,
    part_of,
    shares_of,
    truth_of,
)
from darkhorse.attribution.library.calibration import Calibration, Step

__all__ = ["FALSE_RATE", "LEAST_GROUPS", "calibrate", "calibrate_nested"]

FALSE_RATE = 0.02
LEAST_GROUPS = 3
"""Labs to leave out in turn; below it there is nothing to set a bar with, and defaults stay."""
_COVERAGE = 0.9
_LEAST_BAR = 0.85  # of a name
_MANY = 8  # answers from which exact signals have enough prompts for one bar to fit all
_LEAST_NONE = 0.8

_Floats = NDArray[np.float64]
_Rows = NDArray[np.bool_]


def calibrate(
    trials: Sequence[Trial], *, told: Callable[[str], None] = lambda _: None
) -> Calibration:
    """Learnt from trials; cautious defaults where fewer than three groups of labs were left out.

    `told` hears what is being done.
    """
    return _learnt(trials, arrays_of(trials), told) if trials else Calibration()


def calibrate_nested(trials: Sequence[Trial]) -> Mapping[str, Calibration]:
    """Group of labs → what is learnt without any trial of theirs: theirs may be scored with it."""
    arrays = arrays_of(trials)
    found = {}
    for group in sorted({each.group for each in trials}):
        kept = [n for n, each in enumerate(trials) if each.group != group]
        found[group] = _learnt([trials[n] for n in kept], part_of(arrays, kept), lambda _: None)
    return found


def _learnt(trials: Sequence[Trial], arrays: Arrays, told: Callable[[str], None]) -> Calibration:
    groups = {each.group for each in trials if not each.is_known}
    if len(groups) < LEAST_GROUPS or not any(each.is_known for each in trials):
        return Calibration()
    told("what style is worth")
    sample = _Sample(trials, arrays)
    steps = sample.tempers()
    told("bars and sets")
    by_style = sample.shares(steps, fused=False)
    fused = sample.shares(steps, fused=True)
    return structs.replace(
        Calibration(),
        **steps,
        exact_bar=sample.exact_bars(fused),
        mixed_bar=sample.mixed_bars(fused),
        style_bar=sample.style_bars(by_style),
        none_bar=sample.none_bar(fused),
        exact_mass=sample.mass(fused, np.ones(len(trials), dtype=np.bool_)),
        style_mass=sample.by_size(lambda rows: sample.mass(by_style, rows)),
        false_rate=FALSE_RATE,
        labs=len(groups),
    )


class _Sample:
    """Trials as arrays, with their truths and weights."""

    def __init__(self, trials: Sequence[Trial], arrays: Arrays) -> None:
        self._arrays = arrays
        self._truth = truth_of(trials, self._arrays)
        kinds = [t.kind for t in trials]
        self._weights = evenly([t.group for t in trials], kinds, Calibration().nobody)
        self._bar_weights = self._weights / 2 + 0.5 / max(1, len(trials))
        self._unknown = np.array([kind == "stranger" for kind in kinds])
        self._new = np.array([kind == "new" for kind in kinds])
        self._sizes = sorted({t.answers for t in trials})

    def by_size(self, value: Callable[[_Rows], float]) -> tuple[Step, ...]:
        """A value for the trials of each number of answers."""
        return tuple(Step(n, value(self._arrays.answers == n)) for n in self._sizes)

    def tempers(self) -> dict[str, tuple[Step, ...]]:
        """What a nat of style is worth, and what somebody new is owed."""
        found = {n: self._temper(self._arrays.answers == n) for n in self._sizes}
        names = ("weight", "novelty", "sibling")
        return {
            name: tuple(Step(n, found[n][at]) for n in self._sizes) for at, name in enumerate(names)
        }

    def _temper(self, rows: _Rows) -> tuple[float, float, float]:
        temper = temper_of(self._arrays, rows, self._truth, self._weights)
        known = rows & ~self._unknown
        if not self._new[known].any():
            return (*temper, 0.0)
        owed = sibling_of(self._arrays, known, self._truth, self._weights, self._new, temper)
        return (*temper, owed)

    def shares(self, steps: Mapping[str, tuple[Step, ...]], *, fused: bool) -> Shares:
        """Posteriors at these tempers."""
        tempers = Tempers(**{name: self._each(values) for name, values in steps.items()})
        return shares_of(self._arrays, tempers, fused=fused)

    def _each(self, steps: tuple[Step, ...]) -> _Floats:
        values = {each.answers: each.value for each in steps}
        return np.array([values[int(n)] for n in self._arrays.answers])

    def exact_bars(self, fused: Shares) -> tuple[Step, ...]:
        """For names that exact signals bear, of labs and of vocabularies."""
        shown = np.maximum(_shown(fused, borne=True), self._arrays.family)
        few = self._arrays.answers < _MANY
        return tuple(
            Step(answers, self._bar(shown, rows & self._unknown, FALSE_RATE))
            for answers, rows in ((1, few), (_MANY, ~few))
            if (rows & self._unknown).any()
        )

    def mixed_bars(self, fused: Shares) -> tuple[Step, ...]:
        """For names that exact signals allow, and do not bear."""
        shown = np.where(self._arrays.has_exact, _shown(fused, borne=False), 0.0)
        return self.by_size(lambda rows: self._bar(shown, rows & self._unknown, FALSE_RATE / 2))

    def style_bars(self, by_style: Shares) -> tuple[Step, ...]:
        """For names where style is all there is."""
        shown = _shown(by_style, borne=False)
        return self.by_size(lambda rows: self._bar(shown, rows & self._unknown, FALSE_RATE))

    def _bar(self, shown: _Floats, rows: _Rows, rate: float) -> float:
        return bar_of(shown[rows], self._bar_weights[rows], rate, _LEAST_BAR)

    def none_bar(self, fused: Shares) -> float:
        """So that few known labs are said to be none of them."""
        known = ~self._unknown
        return bar_of(fused.by_lab[known, 0], self._weights[known], FALSE_RATE, _LEAST_NONE)

    def mass(self, shares: Shares, rows: _Rows) -> float:
        """How much a set has to hold."""
        part = Shares(
            by_lab=shares.by_lab[rows],
            by_root=shares.by_root[rows],
            support=shares.support[rows],
            root_support=shares.root_support[rows],
        )
        return mass_of(part, self._truth[rows], self._weights[rows], _COVERAGE)


def _shown(shares: Shares, *, borne: bool) -> _Floats:
    """The probability of the lab or the weights that would be named; 0: not in this way."""
    found = np.zeros(len(shares.by_lab))
    for share, support in (
        (shares.by_lab, shares.support),
        (shares.by_root, shares.root_support),
    ):
        best = share[:, 1:].argmax(axis=1) + 1
        row = np.arange(len(best))
        held = support[row, best]
        fits = (held >= BORNE) if borne else (held < BORNE) & (held >= AGAINST)
        found = np.maximum(found, np.where(fits, share[row, best], 0.0))
    return found
