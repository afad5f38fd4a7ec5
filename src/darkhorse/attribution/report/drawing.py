"""Bars, drawn in Python: each is an SVG of its own beside its words, which stay text on a phone."""

import math
from collections.abc import Iterable

from msgspec import Struct

from darkhorse.attribution.evidence import Plot

__all__ = ["Bar", "Chart", "chart_of", "number", "percent", "shares"]

_MOST_BARS = 24
_LARGE = 1e15


class Bar(Struct, frozen=True, kw_only=True):
    """One value. `x` and `width` are hundredths of the room there is."""

    label: str
    value: str
    x: float
    width: float
    kind: str = ""  # a class of report.css: inside, stranger


class Chart(Struct, frozen=True, kw_only=True):
    """Bars below each other. `left_out`: how many more there were."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    left_out: int = 0


def chart_of(plot: Plot) -> Chart | None:
    """What an exhibit wants drawn; None where nothing of it is a number."""
    sound = [(label, value) for label, value in plot.bars if abs(value) < _LARGE]
    if not sound:
        return None
    shown = sound[:_MOST_BARS]
    low = min(0.0, *(value for _, value in shown))
    room = max(0.0, *(value for _, value in shown)) - low or 1.0
    bars = tuple(
        Bar(
            label=label,
            value=number(value),
            x=_hundredths((min(value, 0.0) - low) / room),
            width=_hundredths(abs(value) / room),
        )
        for label, value in shown
    )
    return Chart(title=plot.title, unit=plot.unit, bars=bars, left_out=len(plot.bars) - len(shown))


def shares(title: str, found: Iterable[tuple[str, float, str]]) -> Chart:
    """Labels with probabilities and a bar's kind, on the whole width from 0 to 1."""
    bars = tuple(
        Bar(label=label, value=percent(share), x=0.0, width=_hundredths(share), kind=kind)
        for label, share, kind in found
    )
    return Chart(title=title, unit="", bars=bars)


def percent(share: float) -> str:
    """For people: certainty is never claimed, and what is not there at all is not rounded up."""
    if not math.isfinite(share):
        return "?"
    if 0 < share < 0.001:
        return "<0.1 %"
    return ">99.9 %" if 0.999 < share < 1 else f"{share * 100:.1f} %"


def number(value: float) -> str:
    """Three figures where there is a fraction, and all of them where there is none."""
    if not math.isfinite(value):
        return "?"
    if value == int(value) and abs(value) < _LARGE:
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.3g}"


def _hundredths(share: float) -> float:
    return round(100 * min(max(share, 0.0), 1.0), 2) if math.isfinite(share) else 0.0
