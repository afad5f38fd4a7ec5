"""The operator's live view of a launch, drawn for a terminal of 80 columns or for a pipe."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from darkhorse.cli.launch_view import counted
from darkhorse.wiring.facts import HourUse, LaunchView, Quantiles, Window

__all__ = ["render", "sparkline", "watch"]

_BARS = "▁▂▃▄▅▆▇█"
_NONE = "–"  # noqa: RUF001 (a dash where there is no figure)
_HOURS_SHOWN = 8


def watch(
    read: Callable[[], LaunchView],
    console: Console,
    *,
    title: Callable[[], str],
    every_s: float = 1.0,
) -> None:
    """Draw a view every `every_s` seconds until Ctrl-C. Raises what `read` raises.

    A terminal has its screen redrawn in place and gets it back at the end; anything else gets
    one view after another. `title` is asked each time, for a state and the time that is left.
    """
    try:
        if console.is_terminal:
            _redraw(read, console, title, every_s)
        else:
            _print(read, console, title, every_s)
    except KeyboardInterrupt:
        return


def _redraw(
    read: Callable[[], LaunchView], console: Console, title: Callable[[], str], every_s: float
) -> None:
    first = render(read(), title())
    pause = threading.Event()
    with Live(first, console=console, screen=True, auto_refresh=False) as live:
        live.refresh()
        while not pause.wait(every_s):
            live.update(render(read(), title()), refresh=True)


def _print(
    read: Callable[[], LaunchView], console: Console, title: Callable[[], str], every_s: float
) -> None:
    pause = threading.Event()
    while True:
        console.print(render(read(), title()))
        console.file.flush()
        if pause.wait(every_s):
            return


def render(view: LaunchView, title: str) -> RenderableType:
    """One view under `title`, at most 80 columns wide; what matters most is on the first 24 lines.

    A low screen cuts the bottom.
    """
    parts: list[RenderableType] = [Text(title, style="bold"), Text(_clock(view), style="dim")]
    if not view.folded:
        parts.append(Text("No facts yet: the server makes them when it runs.", style="yellow"))
    parts += [Text(), _now(view), *_shares(view.five_minutes), _refused(view)]
    parts += [_total(view), _line(view.hours)]
    if view.endpoints:
        parts.append(_endpoints(view))
    parts += [Text(), _day(view.hours)]
    return Group(*parts)


def _clock(view: LaunchView) -> str:
    at = datetime.fromtimestamp(view.at_us / 1_000_000, UTC)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC · {view.running:,} running"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    return table


def _now(view: LaunchView) -> Table:
    windows = (view.minute, view.five_minutes)
    table = _table("now", "last minute", "last 5 minutes")
    for name, shown in _NOW:
        table.add_row(name, *(shown(window) for window in windows))
    return table


_NOW: Sequence[tuple[str, Callable[[Window], str]]] = (
    ("requests", lambda w: f"{w.requests:,}"),
    ("people, keys", lambda w: f"{w.people:,}, {w.keys:,}"),
    ("tokens in a minute", lambda w: f"{w.prompt_tokens_per_minute:,.0f}"),
    ("tokens out a minute", lambda w: f"{w.completion_tokens_per_minute:,.0f}"),
    ("errors", lambda w: f"{sum(w.errors.values()):,}"),
    ("first token p50/90/99", lambda w: _seconds(w.first_token_ms)),
    ("duration p50/90/99", lambda w: _seconds(w.duration_ms)),
    ("tokens/s p50/90/99", lambda w: _numbers(w.tokens_per_second)),
)


def _seconds(spread: Quantiles) -> str:
    if spread.p50 is None:
        return _NONE
    return " / ".join(map(_second, (spread.p50, spread.p90, spread.p99))) + " s"


def _second(ms: float | None) -> str:
    """Seconds, in three or four digits."""
    if ms is None:
        return _NONE
    digits = 2 if ms < 9_995 else 1 if ms < 99_950 else 0
    return f"{ms / 1000:,.{digits}f}"


def _numbers(spread: Quantiles) -> str:
    values = (spread.p50, spread.p90, spread.p99)
    return " / ".join(_NONE if value is None else f"{value:,.0f}" for value in values)


def _shares(window: Window) -> list[Text]:
    lines = (
        ("outcome", window.outcomes),
        ("errors", window.errors),
        ("finish", window.finishes),
    )
    return [Text(f"{name:<8} {_share(counts)}") for name, counts in lines]


def _share(counts: dict[str, int]) -> str:
    whole = sum(counts.values())
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count / whole:.0%}" for name, count in most_first) or _NONE


def _refused(view: LaunchView) -> Text:
    """Requests that no generation began for: they are in no other line."""
    if view.refused is None:
        return Text(f"refused  {_NONE} (the server does not answer)")
    told = f"refused  since the server's start: {_counts(view.refused)}"
    if view.refused_nameless:
        told += f"; to no model: {_counts(view.refused_nameless)}"
    return Text(told)


def _counts(counts: dict[str, int]) -> str:
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count:,}" for name, count in most_first) or "none"


def _line(hours: Sequence[HourUse]) -> Text:
    most = max(hour.requests for hour in hours)
    line = sparkline([hour.requests for hour in hours])
    return Text(f"24 hours {line}  at most {counted(most, 'request')} an hour")


def _day(hours: Sequence[HourUse]) -> Table:
    table = _table("hour", "requests", "in", "out", "people", "err", "gone", "first s", "whole s")
    for hour in reversed(hours[-_HOURS_SHOWN:]):
        table.add_row(
            f"{datetime.fromtimestamp(hour.at_us / 1_000_000, UTC):%H:%M}",
            f"{hour.requests:,}",
            _short(hour.prompt_tokens),
            _short(hour.completion_tokens),
            f"{hour.people:,}",
            f"{hour.errors:,}",
            f"{hour.cancelled:,}",
            _pair(hour.first_token_ms),
            _pair(hour.duration_ms),
        )
    return table


def _pair(spread: Quantiles) -> str:
    """p50 and p99."""
    if spread.p50 is None or spread.p99 is None:
        return _NONE
    return f"{_brief(spread.p50)}/{_brief(spread.p99)}"


def _brief(ms: float) -> str:
    return f"{ms / 1000:.1f}" if ms < 99_950 else f"{ms / 1000:.0f}"


def sparkline(values: Sequence[int]) -> str:
    """One bar a value, the highest full; a space for nothing at all."""
    most = max(values, default=0)
    return "".join(_BARS[(value * 8 - 1) // most] if value else " " for value in values)


def _short(number: int) -> str:
    """Three digits or four, and a unit."""
    for unit, size in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= 10 * size:
            return f"{number // size:,}{unit}"
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number)


def _total(view: LaunchView) -> Text:
    total = view.total
    return Text(
        f"since live: {counted(total.requests, 'request')}, {_short(total.prompt_tokens)} in, "
        f"{_short(total.completion_tokens)} out, {counted(total.people, 'person', 'people')}, "
        f"{counted(total.errors, 'error')}"
    )


def _endpoints(view: LaunchView) -> Table:
    table = _table("endpoint, 24 hours", "attempts", "failed", "p50 s")
    table.columns[0].max_width = 40
    for one in view.endpoints:
        failed = f"{one.failures:,} ({one.failures / one.requests:.1%})"
        table.add_row(Text(one.name), f"{one.requests:,}", failed, _second(one.p50_ms))
    return table
