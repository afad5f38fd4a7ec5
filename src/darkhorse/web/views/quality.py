"""How well a listing answers, over time: uptime, time to the first token, speed."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from darkhorse.storage.figures import HourFigures, Quantiles
from darkhorse.web.charts import Chart, Series
from darkhorse.web.numbers import clock, percent

__all__ = ["Performance", "UptimeRow", "performance"]

HOUR_S = 3600
DAY_S = 86_400


class UptimeRow(Struct, frozen=True):
    """One cell of the strip, in words."""

    when: str
    uptime: str
    counted: int


class Performance(Struct, frozen=True, kw_only=True):
    """`shares` are of the strip, oldest first. A paced listing has no charts."""

    unit: str  # "hour" or "day"
    shares: tuple[float | None, ...]
    label: str  # of the strip
    rows: tuple[UptimeRow, ...]  # newest first, those with any request
    charts: tuple[Chart, ...]
    is_paced: bool


def performance(figures: Sequence[HourFigures], *, step: int, is_paced: bool) -> Performance:
    """Of figures that may be shown (`storage.figures.unpaced`), `step` seconds each."""
    shares = tuple(each.uptime for each in figures)
    rows = [
        UptimeRow(clock(each.at_us // 1_000_000, step), percent(each.uptime), each.counted)
        for each in figures
        if each.counted
    ]
    unit = "hour" if step == HOUR_S else "day"
    return Performance(
        unit=unit,
        shares=shares,
        label=_label(shares, unit),
        rows=tuple(reversed(rows)),
        charts=() if is_paced else _charts(figures, step),
        is_paced=is_paced,
    )


def _label(shares: Sequence[float | None], unit: str) -> str:
    known = [share for share in shares if share is not None]
    told = f"Uptime by {unit}, the last {len(shares)} {unit}s"
    return f"{told}: lowest {percent(min(known))}" if known else f"{told}: too few requests to tell"


def _charts(figures: Sequence[HourFigures], step: int) -> tuple[Chart, ...]:
    def chart(name: str, title: str, unit: str, pick: _Pick, lines: tuple[str, ...]) -> Chart:
        return Chart(
            id=name,
            title=title,
            kind="lines",
            unit="ms" if unit == "ms" else "tps",
            times=[each.at_us // 1_000_000 for each in figures],
            step=step,
            series=tuple(
                Series(line, [getattr(pick(each), line) for each in figures], color)
                for color, line in enumerate(lines)
            ),
        )

    return (
        chart("first", "Time to the first token", "ms", _first_token, ("p50", "p90", "p99")),
        chart("speed", "Tokens a second of one answer", "tps", _speed, ("p50", "p90")),
        chart("whole", "Time to the whole answer", "ms", _whole, ("p50", "p90", "p99")),
    )


_Pick = Callable[[HourFigures], Quantiles]


def _first_token(figures: HourFigures) -> Quantiles:
    return figures.first_token_ms


def _speed(figures: HourFigures) -> Quantiles:
    return figures.tokens_per_second


def _whole(figures: HourFigures) -> Quantiles:
    return figures.duration_ms
