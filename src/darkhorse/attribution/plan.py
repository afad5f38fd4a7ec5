"""What a run asks: every signal's probes, shuffled, within a budget's bounds."""

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import TypeVar

from msgspec import Struct

from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.signal import Budget, Probe, Signal
from darkhorse.base.chance import Draw

__all__ = ["BUDGETS", "Bounds", "Plan", "cost_of", "planned", "shuffled"]

T = TypeVar("T")
_SPARE = 1.25  # calls asked again: refused fields, rate limits, faults that pass


class Bounds(Struct, frozen=True):
    """More than this is never spent, asking again included."""

    calls: int
    tokens: int  # public tokens, sent and got


BUDGETS: Mapping[Budget, Bounds] = {
    "quick": Bounds(100, 60_000),
    "standard": Bounds(320, 250_000),
    "deep": Bounds(900, 1_000_000),
}


class Plan(Struct, frozen=True, kw_only=True):
    """The order is the order of asking: cut anywhere, it holds something of every signal."""

    probes: tuple[Probe, ...]
    bounds: Bounds
    left_out: int = 0  # probes for which the bounds have no room

    @property
    def calls(self) -> int:
        """How many calls it takes where every one is answered."""
        return len(self.probes)

    @property
    def tokens(self) -> int:
        """About how many public tokens."""
        return sum(map(cost_of, self.probes))

    @property
    def subjects(self) -> Mapping[str, int]:
        """Signal → how many of its probes."""
        names = [probe.name.partition("/")[0] for probe in self.probes]
        return {name: names.count(name) for name in sorted(set(names))}


def planned(
    signals: Sequence[Signal],
    budget: Budget,
    draw: Draw,
    known: Library,
    bounds: Bounds | None = None,
) -> Plan:
    """The same draws give the same plan. Where there is no room for all, each signal gives way."""
    bounds = bounds or BUDGETS[budget]
    wanted = [shuffled(signal.probes(budget, draw, known), draw) for signal in signals]
    chosen = _within(_in_turn(wanted), Bounds(int(bounds.calls / _SPARE), bounds.tokens))
    return Plan(
        probes=tuple(shuffled(chosen, draw)),
        bounds=bounds,
        left_out=sum(map(len, wanted)) - len(chosen),
    )


def shuffled(items: Sequence[T], draw: Draw) -> list[T]:
    """In an order that is drawn (Fisher and Yates)."""
    mixed = list(items)
    for last in range(len(mixed) - 1, 0, -1):
        other = int(draw() * (last + 1))
        mixed[last], mixed[other] = mixed[other], mixed[last]
    return mixed


def cost_of(probe: Probe) -> int:
    """Public tokens that it takes, at least what it says itself."""
    return max(probe.about_tokens, sum(map(public_tokens, probe.ask.texts)) + 1)


def _in_turn(wanted: Sequence[Sequence[Probe]]) -> list[Probe]:
    """One of each signal, then the next of each; names that were there before are left out."""
    rounds = chain.from_iterable(zip_longest(*wanted))
    named = {probe.name: probe for probe in rounds if probe is not None}
    return list(named.values())


def _within(probes: Sequence[Probe], bounds: Bounds) -> list[Probe]:
    chosen: list[Probe] = []
    left = bounds.tokens
    for probe in probes:
        if len(chosen) < bounds.calls and cost_of(probe) <= left:
            left -= cost_of(probe)
            chosen.append(probe)
    return chosen
