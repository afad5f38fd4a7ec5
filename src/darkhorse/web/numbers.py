"""Numbers as a page says them."""

from collections.abc import Callable
from datetime import UTC, datetime

__all__ = ["NONE", "brief", "change", "clock", "ms", "percent", "plural", "quantity", "speed"]

NONE = "\N{EN DASH}"
"""Where there is nothing to say."""

_DAY_S = 86_400
_LEAST_SHARE = 0.0005  # below it one decimal would say 0.0 %
_NEARLY = 0.99
_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))


def brief(value: float) -> str:
    """`1.23M`: three digits and a unit. static/charts.js says it so too."""
    for least, unit in _UNITS:
        if abs(value) >= least * 0.9995:
            return f"{_three(value / least)}{unit}"
    return _three(value)


def ms(value: float | None) -> str:
    """`340 ms`, `1.34 s`; a dash where there is none."""
    if value is None:
        return NONE
    return f"{_three(value / 1000)} s" if value >= 999.5 else f"{value:.0f} ms"


def percent(share: float | None) -> str:
    """`36.9 %`, `99.96 %` above 99; a dash where there is none.

    Only nothing is `0 %`, and only everything is `100 %`.
    """
    if share is None:
        return NONE
    if share in (0, 1):
        return "100 %" if share else "0 %"
    if 0 < share < _LEAST_SHARE:
        return "< 0.1 %"
    if _NEARLY < share < 1:
        return f"{min(share * 100, 99.99):.2f} %"
    return f"{share * 100:.1f} %"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 request`, `1,234 requests`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def speed(tokens_per_second: float | None) -> str:
    """`83 tok/s`; a dash where there is none."""
    return NONE if tokens_per_second is None else f"{brief(tokens_per_second)} tok/s"


def change(now: float, before: float) -> str:
    """`+12 %` from one span to the next; `new` where there was nothing."""
    if not before:
        return "new" if now else ""
    grown = round((now / before - 1) * 100)
    return f"{grown:+,} %" if grown else "±0 %"


def clock(at_s: int, step_s: int) -> str:
    """`2026-02-11`, or `2026-02-11 16:00` where steps are shorter than a day; UTC."""
    moment = datetime.fromtimestamp(at_s, UTC)
    return f"{moment:%Y-%m-%d}" if step_s >= _DAY_S else f"{moment:%Y-%m-%d %H:%M}"


def quantity(value: float | None, unit: str) -> str:
    """In a chart's unit (`charts.Unit`)."""
    if value is None:
        return NONE
    return _SAY[unit](value) if unit in _SAY else f"{value:,.10g}"


def _three(value: float) -> str:
    text = f"{value:.3g}"
    return f"{float(text):.0f}" if "e" in text else text


_SAY: dict[str, Callable[[float], str]] = {"ms": ms, "percent": percent, "tps": speed}
