"""Plots as shapes for SVG: panels over one another that share their time. Pure.

Everything is in units of the drawing, y downward; colours are classes of launch-report.css.
"""

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from darkhorse.analytics.report.shape import Day, Stability, Step

__all__ = ["Line", "Panel", "Plot", "Rect", "Tick", "growth_plot", "load_plot"]

_WIDTH, _LEFT, _RIGHT = 720.0, 56.0, 8.0
_HIGH, _GAP, _TOP, _FOOT = 90.0, 34.0, 18.0, 22.0
_MOST_TICKS = 7
_WIDEST = 32.0  # of bars
_ROOM = _WIDTH - _LEFT - _RIGHT


class Rect(Struct, frozen=True):
    """A bar."""

    x: float
    y: float
    width: float
    height: float


class Line(Struct, frozen=True):
    """Pieces of a line, each as `points` of a polyline; a gap where nothing was measured."""

    kind: str
    name: str
    pieces: tuple[str, ...]
    dots: tuple[tuple[float, float], ...] = ()  # of pieces of one point


class Tick(Struct, frozen=True):
    """A mark and what it says."""

    at: float
    text: str


class Panel(Struct, frozen=True, kw_only=True):
    """One measure. `top` and `foot` are its ends in the drawing."""

    title: str
    top: float
    foot: float
    ticks: tuple[Tick, ...]
    bars: tuple[Rect, ...] = ()
    lines: tuple[Line, ...] = ()
    kind: str = ""


class Plot(Struct, frozen=True, kw_only=True):
    """A drawing of `width` by `height`."""

    title: str
    height: float
    panels: tuple[Panel, ...]
    times: tuple[Tick, ...]
    width: float = _WIDTH
    left: float = _LEFT
    right: float = _WIDTH - _RIGHT


Values = Sequence[float | None]


def load_plot(stability: Stability) -> Plot | None:
    """Requests, first token, failures; None where there is nothing to draw."""
    steps = stability.steps
    if not any(each.requests for each in steps):
        return None
    waits: list[tuple[str, str, Values]] = [
        ("p50", "median", [each.first_token_ms.p50 for each in steps]),
        ("p90", "one in ten", [each.first_token_ms.p90 for each in steps]),
        ("p99", "one in a hundred", [each.first_token_ms.p99 for each in steps]),
    ]
    hours = stability.step_hours
    every = "an hour" if hours == 1 else f"every {hours} hours"
    panels = [_bars(0, f"Requests {every}", [each.requests for each in steps], _count)]
    if any(value is not None for _, _, values in waits for value in values):
        title = "Wait for the first token (logarithmic): median, one in ten, one in a hundred"
        panels.append(_lines(len(panels), title, waits))
    failed = [_failed(each) for each in steps]
    if any(value is not None for value in failed):
        panels.append(_bars(len(panels), "Share that failed", failed, _percent, "bad", 0.01))
    return _plot("Load, waiting and failures over time", panels, [each.at_us for each in steps])


def growth_plot(days: Sequence[Day]) -> Plot | None:
    """People and apps by day."""
    if not any(each.requests for each in days):
        return None
    panels = [
        _bars(0, "People a day", [each.people for each in days], _count),
        _bars(1, "Apps a day", [each.apps for each in days], _count),
        _bars(2, "Apps not seen before", [each.new_apps for each in days], _count),
    ]
    return _plot("People and apps by day", panels, [each.at_us for each in days])


def _plot(title: str, panels: Sequence[Panel], times: Sequence[int]) -> Plot:
    every = -(-len(times) // _MOST_TICKS)
    marked = range(0, len(times), every)
    says = [f"{_utc(times[at]):%-d %b}" for at in marked]
    if len({*says}) < len(says):  # several of one day
        says = [f"{_utc(times[at]):%-d %b %H:%M}" for at in marked]
    width = _ROOM / len(times)
    ticks = tuple(
        Tick(_rounded(_LEFT + (at + 0.5) * width), text)
        for at, text in zip(marked, says, strict=True)
    )
    foot = panels[-1].foot + _FOOT
    return Plot(title=title, height=foot, panels=tuple(panels), times=ticks)


def _bars(
    at: int,
    title: str,
    values: Values,
    say: Callable[[float], str],
    kind: str = "",
    least: float = 1.0,
) -> Panel:
    """`least`: the top of the scale is not below it."""
    top, foot = _place(at)
    most = _above(max(least, *(each or 0.0 for each in values)))
    width = _ROOM / len(values)
    bar = min(max(width * 0.8, 0.4), _WIDEST)
    bars = tuple(
        Rect(
            _rounded(_LEFT + (place + 0.5) * width - bar / 2),
            _rounded(foot - _HIGH * value / most),
            _rounded(bar),
            _rounded(_HIGH * value / most),
        )
        for place, value in enumerate(values)
        if value
    )
    ticks = tuple(Tick(_rounded(foot - _HIGH * part), say(most * part)) for part in (0.0, 0.5, 1.0))
    return Panel(title=title, top=top, foot=foot, ticks=ticks, bars=bars, kind=kind)


def _lines(at: int, title: str, series: Sequence[tuple[str, str, Values]]) -> Panel:
    """On a logarithmic scale of whole decades."""
    top, foot = _place(at)
    known = [each for _, _, values in series for each in values if each is not None]
    low = math.floor(math.log10(max(1.0, min(known))))
    high = max(low + 1, math.ceil(math.log10(max(1.0, *known))))

    def height(value: float) -> float:
        share = (math.log10(max(value, 10.0**low)) - low) / (high - low)
        return _rounded(foot - _HIGH * min(share, 1.0))

    ticks = tuple(Tick(height(10.0**each), _wait(10.0**each)) for each in range(low, high + 1))
    lines = tuple(_line(kind, name, values, height) for kind, name, values in series)
    return Panel(title=title, top=top, foot=foot, ticks=ticks, lines=lines)


def _line(kind: str, name: str, values: Values, height: Callable[[float], float]) -> Line:
    width = _ROOM / len(values)
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((_rounded(_LEFT + (place + 0.5) * width), height(value)))
    return Line(
        kind,
        name,
        tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1),
        tuple(run[0] for run in runs if len(run) == 1),
    )


def _place(at: int) -> tuple[float, float]:
    top = _TOP + at * (_HIGH + _GAP)
    return top, top + _HIGH


def _failed(step: Step) -> float | None:
    return None if step.failed is None or not step.ended else step.failed / step.ended


def _above(value: float) -> float:
    """The next of 1, 2, 4, 5, 10, 20, … that is not below."""
    decade = 10.0 ** math.floor(math.log10(value))
    return next(part * decade for part in (1, 2, 4, 5, 10) if part * decade >= value * 0.999999)


def _count(value: float) -> str:
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def _percent(value: float) -> str:
    return f"{value * 100:g} %"


def _wait(value_ms: float) -> str:
    return f"{value_ms / 1000:g} s" if value_ms >= 1000 else f"{value_ms:g} ms"


def _rounded(value: float) -> float:
    return round(value, 2)


def _utc(at_us: int) -> datetime:
    return datetime.fromtimestamp(at_us // 1_000_000, UTC)
