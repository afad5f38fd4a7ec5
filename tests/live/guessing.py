"""Which of two made this? A guesser that learns from examples, and how sure one may be of it.

Gradient-boosted decision stumps on the logistic loss over features in quantile bins (Friedman 2001;
bins as in LightGBM), so that the scale of a feature and its outliers do not matter and any number
of weak signs add up. Judged by halves: what it says of streams it has not learned from.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

_BINS = 24
_RATE = 0.2
_LEAST = 12  # examples on each side of a cut
_STEADY = 4.0  # keeps a leaf of few examples small


@dataclass(frozen=True)
class _Stump:
    feature: int
    cut: int  # bins below it go left
    left: float
    right: float


class _Binned:
    """Features as the number of their bin; cuts are the quantiles of what was learned from."""

    def __init__(self, rows: Sequence[Sequence[float]]) -> None:
        self._cuts = []
        for column in zip(*rows, strict=True):
            ordered = sorted(column)
            marks = {ordered[len(ordered) * at // _BINS] for at in range(1, _BINS)}
            self._cuts.append(sorted(marks))

    def of(self, rows: Sequence[Sequence[float]]) -> list[list[int]]:
        """By feature, then by row."""
        columns = zip(*rows, strict=True)
        return [
            [sum(value >= mark for mark in cuts) for value in column]
            for column, cuts in zip(columns, self._cuts, strict=True)
        ]


def _best(columns: list[list[int]], gradient: list[float], weight: list[float]) -> _Stump | None:
    """The stump that lowers the loss most (Newton's step in each leaf)."""
    best, found = 0.0, None
    whole_g, whole_w, count = sum(gradient), sum(weight), len(gradient)
    for feature, column in enumerate(columns):
        sums = [[0.0, 0.0, 0] for _ in range(_BINS + 1)]
        for at, number in enumerate(column):
            of_bin = sums[number]
            of_bin[0] += gradient[at]
            of_bin[1] += weight[at]
            of_bin[2] += 1
        g, w, n = 0.0, 0.0, 0
        for cut in range(1, _BINS + 1):
            g, w, n = g + sums[cut - 1][0], w + sums[cut - 1][1], n + sums[cut - 1][2]
            if n < _LEAST or count - n < _LEAST:
                continue
            left, right = g / (w + _STEADY), (whole_g - g) / (whole_w - w + _STEADY)
            gain = g * left + (whole_g - g) * right
            if gain > best:
                best, found = gain, _Stump(feature, cut, left, right)
    return found


class Guesser:
    """Learns to tell True from False."""

    def __init__(
        self, rows: Sequence[Sequence[float]], truth: Sequence[bool], *, rounds: int = 60
    ) -> None:
        self._binned = _Binned(rows)
        columns, scores = self._binned.of(rows), [0.0] * len(rows)
        self._stumps: list[_Stump] = []
        for _ in range(rounds):
            chances = [1 / (1 + math.exp(-score)) for score in scores]
            gradient = [is_so - chance for is_so, chance in zip(truth, chances, strict=True)]
            stump = _best(columns, gradient, [chance * (1 - chance) for chance in chances])
            if stump is None:
                break
            self._stumps.append(stump)
            _add(scores, columns, stump)

    def guess(self, rows: Sequence[Sequence[float]]) -> list[bool]:
        columns, scores = self._binned.of(rows), [0.0] * len(rows)
        for stump in self._stumps:
            _add(scores, columns, stump)
        return [score > 0 for score in scores]


def _add(scores: list[float], columns: list[list[int]], stump: _Stump) -> None:
    for at, number in enumerate(columns[stump.feature]):
        scores[at] += _RATE * (stump.left if number < stump.cut else stump.right)


def right_guesses(
    rows: Sequence[Sequence[float]], truth: Sequence[bool], source: random.Random
) -> int:
    """How many of all are guessed right: each half by who has learned from the other."""
    order = list(range(len(rows)))
    source.shuffle(order)
    halves = order[::2], order[1::2]
    right = 0
    for learned, asked in (halves, halves[::-1]):
        guesser = Guesser([rows[at] for at in learned], [truth[at] for at in learned])
        said = guesser.guess([rows[at] for at in asked])
        right += sum(guess == truth[at] for guess, at in zip(said, asked, strict=True))
    return right


def upper_bound(right: int, total: int, sigmas: float = 1.96) -> float:
    """Wilson's: the accuracy is below it, 95 % of the intervals hold the truth."""
    share, spread = right / total, sigmas**2 / total
    middle = share + spread / 2
    width = sigmas * math.sqrt(share * (1 - share) / total + spread / total / 4)
    return (middle + width) / (1 + spread)


def lower_bound(right: int, total: int, sigmas: float = 1.96) -> float:
    """Likewise."""
    return 1 - upper_bound(total - right, total, sigmas)
