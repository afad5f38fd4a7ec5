"""Three plots as one SVG: cost, latency and bytes against the number of generations."""

import math
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

_WIDTH, _HEIGHT = 330, 230  # of one plot's inside
_LEFT, _TOP, _GAP, _FOOT = 60, 40, 190, 50
_COLOURS = (
    *("#1b6ca8", "#d1495b", "#2e933c", "#edae49", "#6f4c9b"),
    *("#00798c", "#8c564b", "#555555", "#e377c2", "#9a9a00"),
)


class _Plot(Struct, frozen=True):
    title: str
    series: dict[str, list[tuple[float, float]]]  # by name: (generations, value)
    is_log: bool = False
    limit: float | None = None  # a goal, drawn as a dashed line


def draw(lines: list[dict[str, Any]]) -> str:
    """The SVG of what `growth.py` printed."""
    plots = [
        _Plot("keeper CPU, µs a generation", _series(lines, "cost_us", "cost_us_in_all")),
        _Plot("median latency, ms", _series(lines, "latency_ms"), is_log=True, limit=50),
        _Plot("bytes a generation", _series(lines, "bytes", "bytes_in_all"), is_log=True),
    ]
    width = _LEFT + len(plots) * (_WIDTH + _GAP)
    height = _TOP + _HEIGHT + _FOOT
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="11">'
        f'<rect width="{width}" height="{height}" fill="white"/>'
    )
    parts = [opening]
    for number, plot in enumerate(plots):
        left = _LEFT + number * (_WIDTH + _GAP)
        parts += [f'<g transform="translate({left},{_TOP})">', *_drawn(plot), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _series(
    lines: list[dict[str, Any]], field: str, total: str = ""
) -> dict[str, list[tuple[float, float]]]:
    """Each part with a share worth seeing, and their sum."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line in lines:
        values = dict(line[field])
        if total:
            values["in all"] = line[total]
        for name, value in values.items():
            found.setdefault(name, []).append((line["generations"], value))
    least = max(v for points in found.values() for _, v in points) / 1000
    return {name: points for name, points in found.items() if max(v for _, v in points) > least}


def _drawn(plot: _Plot) -> Iterator[str]:
    values = [value for points in plot.series.values() for _, value in points]
    values += [plot.limit] if plot.limit else []
    counts = [count for points in plot.series.values() for count, _ in points]
    across = _scale(math.log10(min(counts)) - 0.2, math.log10(max(counts)) + 0.2, _WIDTH)
    ticks = _decades(values) if plot.is_log else _steps(max(values))
    low, high = ticks[0], ticks[-1]
    up = _scale(_place(low, plot), _place(high, plot), _HEIGHT)

    def x(count: float) -> float:
        return across(math.log10(count))

    def y(value: float) -> float:
        return _HEIGHT - up(_place(max(value, low), plot))

    yield f'<text x="0" y="-16" font-size="13" font-weight="bold">{plot.title}</text>'
    for tick in ticks:
        yield f'<path d="M0 {y(tick):.1f}H{_WIDTH}" stroke="#ddd"/>'
        yield f'<text x="-6" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:,g}</text>'
    for count in sorted(set(counts)):
        power = round(math.log10(count))
        if count != 10**power:
            continue
        yield (
            f'<text x="{x(count):.1f}" y="{_HEIGHT + 18}" text-anchor="middle">10'
            f'<tspan dy="-5" font-size="8">{power}</tspan></text>'
        )
    yield f'<text x="{_WIDTH / 2}" y="{_HEIGHT + 38}" text-anchor="middle">generations</text>'
    if plot.limit:
        yield f'<path d="M0 {y(plot.limit):.1f}H{_WIDTH}" stroke="#999" stroke-dasharray="5 4"/>'
        yield f'<text x="4" y="{y(plot.limit) - 4:.1f}" fill="#777">goal: {plot.limit:g}</text>'
    yield from _curves(plot, x, y)


def _curves(plot: _Plot, x: Callable[[float], float], y: Callable[[float], float]) -> Iterator[str]:
    """A line each, and a legend in the order of their last values."""
    ranked = sorted(plot.series.items(), key=lambda item: -item[1][-1][1])
    for rank, (name, points) in enumerate(ranked):
        colour = _COLOURS[rank % len(_COLOURS)]
        places = " ".join(f"{x(count):.1f},{y(value):.1f}" for count, value in points)
        yield f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for count, value in points:
            yield f'<circle cx="{x(count):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>'
        at = 8 + 16 * rank
        yield f'<rect x="{_WIDTH + 8}" y="{at - 8}" width="10" height="10" fill="{colour}"/>'
        yield f'<text x="{_WIDTH + 22}" y="{at + 1}">{name}</text>'


def _place(value: float, plot: _Plot) -> float:
    return math.log10(value) if plot.is_log else value


def _scale(low: float, high: float, size: float) -> Callable[[float], float]:
    return lambda value: (value - low) / (high - low) * size


def _decades(values: list[float]) -> list[float]:
    """Powers of ten around the values."""
    positive = [value for value in values if value > 0]
    first, last = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def _steps(most: float) -> list[float]:
    """From zero to at least `most` in about five round steps."""
    rough = most / 5
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    return [step * number for number in range(math.ceil(most / step) + 1)]
