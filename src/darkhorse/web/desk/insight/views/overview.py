"""The first page: the launch's day beside the one before, and what needs a look."""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from darkhorse.analytics.insight import Attention
from darkhorse.storage.insight import SpanUse, Use
from darkhorse.storage.launch_view import EndpointUse
from darkhorse.storage.traits import Counts
from darkhorse.web.charts import Chart, Series, Unit
from darkhorse.web.desk.insight.views.rows import generation_path
from darkhorse.web.numbers import NONE, brief, change, ms, percent, speed

__all__ = [
    "Day",
    "OverviewPage",
    "Tile",
    "Warned",
    "overview_page",
    "tiles_of",
    "unbroken",
    "warned",
]

_SECOND_US = 1_000_000
Link = Callable[..., str]


class Tile(Struct, frozen=True):
    """A figure, what it was in the time before, and where its generations are listed."""

    name: str
    value: str
    beside: str = ""
    href: str = ""


class Warned(Struct, frozen=True):
    """A sentence that needs a look, and where."""

    weight: str
    text: str
    href: str


class Day(Struct, frozen=True, kw_only=True):
    """What was read for the page. `before` None: there is no time before to compare with."""

    use: SpanUse
    before: Use | None
    counts: Counts
    counts_before: Counts | None
    apps: int
    running: int
    first_us: int | None
    endpoints: Sequence[EndpointUse]


class OverviewPage(Struct, frozen=True, kw_only=True):
    """`has_traffic`: ever. Charts are none where nobody asked in this time."""

    has_traffic: bool
    running: int
    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...]
    warned: tuple[Warned, ...]


def overview_page(day: Day, attentions: Sequence[Attention], link: Link) -> OverviewPage:
    """Of what was read."""
    has_any = bool(day.use.total.requests)
    return OverviewPage(
        has_traffic=has_any or day.first_us is not None,
        running=day.running,
        tiles=tiles_of(day, link),
        charts=_charts(day.use) if has_any else (),
        warned=tuple(warned(each, link) for each in attentions),
    )


def warned(attention: Attention, link: Link) -> Warned:
    """With the address of the page that shows more."""
    about = attention.about
    hrefs = {
        "failures": generation_path(about) if about else link("/trouble"),
        "outcome": link("/asked/prompts", outcome=about),
        "trouble": link("/asked/prompts", trouble=about),
        "traffic": link("/traffic"),
        "launch": f"/launches/{about}" if about else "/launches",
        "health": "/health",
    }
    return Warned(attention.weight, attention.text, hrefs[attention.where])


def tiles_of(day: Day, link: Link) -> tuple[Tile, ...]:
    """Tokens, requests, people, apps, sessions, what went wrong, and how fast it was."""
    now, was = day.use.total, day.before
    counted, were = day.counts, day.counts_before
    shown = "/asked/prompts"
    return (
        _count("Tokens", now.tokens, was.tokens if was else None),
        _count("Requests", now.requests, was.requests if was else None, link(shown)),
        _count("People", now.people, was.people if was else None),
        Tile("Apps", f"{day.apps:,}", "that named themselves"),
        _count("Sessions named", counted.sessions, were.sessions if were else None),
        _rate("Errors", now.failed, now.ended, _rated(was, "failed"), link("/trouble")),
        _failed_tries(day.endpoints, link),
        _rate(
            "Hung up",
            now.cancelled,
            now.ended,
            _rated(was, "cancelled"),
            link(shown, outcome="cancelled"),
        ),
        _trouble("Refusals", "refused", counted, were, link),
        _trouble("Asked again", "retried", counted, were, link),
        _trouble("Cut answers", "cut", counted, were, link),
        Tile("First token, median", ms(now.first_token_ms.p50), _was(was, "first_token_ms", "p50")),
        Tile("First token, p90", ms(now.first_token_ms.p90), _was(was, "first_token_ms", "p90")),
        Tile(
            "Speed of a stream",
            speed(now.tokens_per_second.p50),
            "" if was is None else _before(speed(was.tokens_per_second.p50)),
        ),
    )


def _failed_tries(endpoints: Sequence[EndpointUse], link: Link) -> Tile:
    """At endpoints: where another one answered, nobody else saw it."""
    tried = sum(each.requests for each in endpoints)
    failed = sum(each.failures for each in endpoints)
    beside = f"{percent(failed / tried)} of {tried:,} at endpoints" if tried else "none was tried"
    return Tile("Failed tries", f"{failed:,}", unbroken(beside), link("/trouble"))


def _count(name: str, now: int, before: int | None, href: str = "") -> Tile:
    beside = ""
    if before is not None:
        changed = change(now, before)
        beside = _before(brief(before)) + (f", {changed}" if changed and before else "")
    return Tile(name, brief(now), unbroken(beside), href)


def unbroken(text: str) -> str:
    """With every number's unit on its line."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def _rate(name: str, count: int, of: int, before: float | None, href: str) -> Tile:
    share = percent(count / of) if of else "none ended"
    told = f"{share}, before {percent(before)}" if before is not None else share
    return Tile(name, f"{count:,}", unbroken(told), href)


def _trouble(name: str, trouble: str, now: Counts, before: Counts | None, link: Link) -> Tile:
    href = link("/asked/prompts", trouble=trouble)
    return _rate(name, getattr(now, trouble), now.ended, _rated(before, trouble), href)


def _rated(of: Use | Counts | None, name: str) -> float | None:
    return getattr(of, name) / of.ended if of and of.ended else None


def _was(before: Use | None, name: str, which: str) -> str:
    return "" if before is None else _before(ms(getattr(getattr(before, name), which)))


def _before(text: str) -> str:
    return "" if text == NONE else f"before {text}"


def _charts(use: SpanUse) -> tuple[Chart, ...]:
    return (
        _chart(
            use,
            "tokens",
            "Tokens",
            "stack",
            "tokens",
            (
                ("prompt", lambda each: each.prompt_tokens, 0),
                ("completion", lambda each: each.completion_tokens, 2),
            ),
        ),
        _chart(
            use,
            "requests",
            "Requests by outcome",
            "stack",
            "count",
            (
                ("done", lambda each: each.done, 0),
                ("hung up", lambda each: each.cancelled, 3),
                ("failed", lambda each: each.failed, 1),
                ("running", lambda each: max(0, each.requests - each.ended), 8),
            ),
        ),
        _chart(
            use, "people", "People", "lines", "count", (("people", lambda each: each.people, 4),)
        ),
        _chart(
            use,
            "latency",
            "Time to the first token",
            "lines",
            "ms",
            (
                ("median", lambda each: each.first_token_ms.p50, 0),
                ("p90", lambda each: each.first_token_ms.p90, 3),
                ("p99", lambda each: each.first_token_ms.p99, 1),
            ),
        ),
    )


def _chart(
    use: SpanUse,
    name: str,
    title: str,
    kind: Literal["stack", "lines"],
    unit: Unit,
    series: Sequence[tuple[str, Callable[[Use], float | None], int]],
) -> Chart:
    step = use.step_us // _SECOND_US
    by = "by hour" if step < 86_400 else "by day"
    return Chart(
        id=f"chart-{name}",
        title=f"{title} {by}",
        kind=kind,
        unit=unit,
        times=[use.first_us // _SECOND_US + at * step for at in range(len(use.steps))],
        step=step,
        series=[
            Series(label, [value(each) for each in use.steps], color)
            for label, value, color in series
        ],
    )
