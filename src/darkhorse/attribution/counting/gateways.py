"""What a gateway may do to counts, and how likely charges are once it has done it.

Priors are stated, not fitted: of 68 real routes five count anew, all of them with o200k. Here a
group is a sequence of items whose template is the same.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from statistics import fmean, median

from darkhorse.attribution.counting.items import Item
from darkhorse.attribution.counting.likelihood import intercept_nats, native_nats
from darkhorse.attribution.nats import log_sum

__all__ = [
    "ALIKE",
    "PRIORS",
    "RECOUNTS",
    "Group",
    "formula_nats",
    "noise_nats",
    "rounded_nats",
    "scaled_nats",
    "slope_of",
    "step_of",
]

Group = Sequence[Item]

PRIORS: Mapping[str, float] = {
    "native": 0.855,
    "formula": 0.03,
    "scaled": 0.01,
    "rounded": 0.01,
    "noise": 0.01,
}
"""Of what is done to counts; the rest is counting anew."""
RECOUNTS: Mapping[str, float] = {
    "GPT-4o and later (o200k)": 0.06,
    "GPT-3.5 and GPT-4 (cl100k)": 0.012,
}
"""Vocabularies that gateways count with, whoever answers."""
ALIKE = 0.004
"""The same of all the others together."""


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


_FORMULAS: Mapping[str, Callable[[str], float]] = {
    "a quarter of the bytes": lambda text: _size(text) / 4,
    "a third of the bytes": lambda text: _size(text) / 3,
    "the bytes": _size,
    "a quarter of the characters": lambda text: len(text) / 4,
    "a third of the characters": lambda text: len(text) / 3,
    "half of the characters": lambda text: len(text) / 2,
    "the characters": len,
    "the words": lambda text: len(text.split()),
    "four thirds of the words": lambda text: len(text.split()) * 4 / 3,
    "the same for every text": lambda _: 0,
}
"""Counts that belong to no vocabulary, before they are rounded."""
_ROUNDINGS: tuple[Callable[[float], int], ...] = (math.ceil, math.floor, round)
_STEPS = (4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128)
_TEMPLATES = range(256)  # what a template may add, where charges are rounded
_LEAST = 4  # charges that a slope or a step has to be seen in
_ROUNDED = 0.9  # by which a charge is off that was multiplied and rounded, on a fitted line


def formula_nats(groups: Sequence[Group]) -> tuple[float, str]:
    """Of charges that follow the text's length; the likeliest formula in words."""
    found: dict[str, list[float]] = {}
    for (name, formula), rounding in product(_FORMULAS.items(), _ROUNDINGS):
        nats = math.fsum(
            native_nats([each.charged - rounding(formula(each.text)) for each in group])
            for group in groups
        )
        found.setdefault(name, []).append(nats)
    whole = log_sum(nats for each in found.values() for nats in each)
    best = max(found, key=lambda name: max(found[name]))
    return whole - math.log(len(_FORMULAS) * len(_ROUNDINGS)), best


def noise_nats(groups: Sequence[Group]) -> float:
    """Of charges that rise with the text and are blurred beyond any vocabulary."""
    return math.fsum(_noise(group) for group in groups)


def _noise(group: Group) -> float:
    away = [each.charged - median(each.tokens.values()) for each in group]
    middle = median(away)
    breadth = max(4.0, fmean(abs(each - middle) for each in away))
    fitted = math.fsum(-abs(each - middle) / breadth - math.log(2 * breadth) for each in away)
    return intercept_nats(round(middle)) + fitted + math.log(2 * breadth) - 1


def slope_of(group: Group, family: str) -> tuple[float, float] | None:
    """Slope and constant of charges over tokens; None where they are too few or all alike."""
    pairs = [
        (each.tokens[family], each.charged) for each in group if each.tokens.get(family) is not None
    ]
    if len(pairs) < _LEAST:
        return None
    across, up = fmean(x for x, _ in pairs), fmean(y for _, y in pairs)
    spread = math.fsum((x - across) ** 2 for x, _ in pairs)
    if not spread:
        return None
    slope = math.fsum((x - across) * (y - up) for x, y in pairs) / spread
    return slope, up - slope * across


def scaled_nats(group: Group, family: str) -> float:
    """Of charges that are tokens times a factor, rounded; minus infinity where they are not."""
    line = slope_of(group, family)
    if line is None or not 0.2 < line[0] < 20 or abs(line[0] - 1) < 0.02:
        return -math.inf
    slope, constant = line
    tokens = [each.tokens[family] for each in group]
    off = [abs(each.charged - slope * n - constant) for each, n in zip(group, tokens, strict=True)]
    slips = sum(each > _ROUNDED for each in off)
    if slips > len(off) // 20:
        return -math.inf
    slopes = 3 * (max(tokens) - min(tokens))  # that can be told apart
    hits = len(off) - slips
    return intercept_nats(round(constant)) - math.log(slopes) - 0.7 * hits - 7 * slips


def step_of(group: Group) -> int:
    """The largest step that all charges are multiples of; nought where there is none."""
    charges = {each.charged for each in group}
    if len(charges) < _LEAST:
        return 0
    return next((n for n in reversed(_STEPS) if all(each % n == 0 for each in charges)), 0)


def rounded_nats(group: Group, family: str) -> float:
    """Of charges that are rounded to multiples of a step; minus infinity where they are not."""
    step = step_of(group)
    pairs = [(each.tokens.get(family), each.charged) for each in group]
    if not step or any(x is None for x, _ in pairs):
        return -math.inf
    known = [(x, y // step) for x, y in pairs if x is not None]
    return log_sum(_templates(known, step)) - math.log(len(_STEPS) * len(_ROUNDINGS))


def _templates(pairs: Sequence[tuple[int, int]], step: int) -> Iterator[float]:
    """Of each template with which every charge comes out."""
    for constant, rounding in product(_TEMPLATES, _ROUNDINGS):
        if all(rounding((x + constant) / step) == y for x, y in pairs):
            yield intercept_nats(constant)
