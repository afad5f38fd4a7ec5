"""Up to which quarter does a model know the world? From which events it knew.

A cut-off has a likelihood: what lies well before it is known at the model's own rate, less so in
its last two quarters, after it only by chance. The rate is unknown, and summed over.
"""

import math
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from darkhorse.attribution.asked.events import EVENTS, Event, Quarter
from darkhorse.attribution.heard.names import folded
from darkhorse.attribution.nats import log_mean

__all__ = ["QUARTERS", "Knowledge", "Ladder", "climb", "is_known"]

_RATES = (0.5, 0.75, 0.9, 0.98)  # how much a model knows of what it could
_FRESH = {0: 0.45, 1: 0.8}  # of that, in the last quarters before the cut-off
_CHANCE = 0.02  # to name what cannot be known
_WITHIN = 0.9

QUARTERS: tuple[Quarter, ...] = tuple(
    Quarter(index // 4, index % 4 + 1)
    for index in range(EVENTS[0].quarter.index - 1, EVENTS[-1].quarter.index + 1)
)
"""Cut-offs that are told apart; the first stands for all before, the last for all after."""


class Knowledge(Struct, frozen=True):
    """Of one event: how often it was asked, how often known."""

    quarter: Quarter
    asked: int
    known: int


class Ladder(Struct, frozen=True, kw_only=True):
    """`nats`: of all answers under each of QUARTERS as cut-off; `shares`: their posterior."""

    nats: Mapping[Quarter, float]
    shares: Mapping[Quarter, float]
    likeliest: Quarter
    first: Quarter
    last: Quarter  # with `first`: holds nine tenths

    @property
    def is_open(self) -> bool:
        """Does it reach the last event? Then it ends anywhere later, or looks things up."""
        return self.likeliest == QUARTERS[-1]


def is_known(event: Event, answer: str) -> bool:
    """Does the answer hold one of its words, as a whole word in any spelling?"""
    plain = folded(answer)
    return any(re.search(rf"(?<!\w){re.escape(key)}(?!\w)", plain) for key in event.keys)


def climb(known: Sequence[Knowledge]) -> Ladder | None:
    """None where nothing was known at all: whoever knows nothing was not answering."""
    asked = [each for each in known if each.asked > 0]
    if not any(each.known for each in asked):
        return None
    nats = {cut: log_mean([_nats(asked, cut, rate) for rate in _RATES]) for cut in QUARTERS}
    best = max(nats.values())
    weights = {cut: math.exp(value - best) for cut, value in nats.items()}
    total = math.fsum(weights.values())
    shares = {cut: weight / total for cut, weight in weights.items()}
    likeliest = max(QUARTERS, key=lambda cut: shares[cut])
    first, last = _interval(shares)
    return Ladder(nats=nats, shares=shares, likeliest=likeliest, first=first, last=last)


def _nats(known: Sequence[Knowledge], cut: Quarter, rate: float) -> float:
    """An event asked often counts once: its answers are one memory."""
    total = 0.0
    for each in known:
        before = cut.index - each.quarter.index
        fresh = _FRESH.get(before, 1.0) if before >= 0 else 0.0
        chance = _CHANCE + (1 - _CHANCE) * rate * fresh
        share = each.known / each.asked
        total += share * math.log(chance) + (1 - share) * math.log1p(-chance)
    return total


def _interval(shares: Mapping[Quarter, float]) -> tuple[Quarter, Quarter]:
    tail = (1 - _WITHIN) / 2
    return _reached(shares, QUARTERS, tail), _reached(shares, QUARTERS[::-1], tail)


def _reached(shares: Mapping[Quarter, float], order: Sequence[Quarter], tail: float) -> Quarter:
    passed = 0.0
    for cut in order:
        passed += shares[cut]
        if passed > tail:
            return cut
    return order[-1]
