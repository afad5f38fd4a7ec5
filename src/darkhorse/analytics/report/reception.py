"""Who came to a launch, who came back, and what they said. Pure but for the readers."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from darkhorse.analytics.report.capability import in_order, named
from darkhorse.analytics.report.shape import App, Day, Quote, Reception
from darkhorse.analytics.report.sources import HOUR_US, Life, Sources
from darkhorse.storage.insight import SpanUse
from darkhorse.storage.reports import Feedback, Report

__all__ = ["apps_of", "reception"]

_DAY_US = 24 * HOUR_US
_MOST_APPS, _MOST_QUOTES, _MOST_TEXT = 15, 12, 280
_MOST_DAYS = 120  # days whose apps are counted one by one
_MOST_REPORTS = 10_000
_UNCOUNTED = ("0", "more")  # named none; beyond what an hour tells apart


def reception(
    sources: Sources, life: Life, feedback: Sequence[Feedback], sessions: int
) -> Reception:
    """`feedback`: of this launch, newest first; `sessions` that clients named."""
    slug = sources.launch.listing.slug
    daily = sources.spans.span(slug, life.since_us, life.until_us, 24)
    reports = [
        each
        for each in sources.reports.reports(closed=True, limit=_MOST_REPORTS)
        if each.listing == slug and each.at_us >= life.since_us
    ]
    turns = sources.traits.sums(slug, life.since_us, life.last_us, "turns")
    return Reception(
        days=tuple(_days(sources, daily)),
        people=daily.total.people,
        person_days=sum(each.people for each in daily.steps),
        sessions=sessions,
        turns=named((each.value, each.counts.requests) for each in in_order("turns", turns)),
        apps=tuple(
            App(name=each.name or each.slug, requests=each.requests, tokens=each.tokens)
            for each in sources.figures.apps(
                _date(life.since_us), _date(life.last_us), listing=slug, limit=_MOST_APPS
            )
        ),
        feedback=named(Counter(each.category for each in feedback).most_common()),
        reports=named(Counter(each.what or "without a kind" for each in reports).most_common()),
        reports_open=sum(each.closed_us is None for each in reports),
        quotes=tuple(_quotes(feedback, reports)),
        notes=tuple(sources.notes.notes(sources.launch.id)),
    )


def apps_of(sources: Sources, life: Life) -> int:
    """How many named themselves."""
    slug = sources.launch.listing.slug
    return len(_apps(sources, slug, life.since_us, life.last_us))


def _apps(sources: Sources, slug: str, since_us: int, last_us: int) -> set[str]:
    found = sources.traits.sums(slug, since_us, last_us, "app")
    return {each.value for each in found if each.counts.requests} - {*_UNCOUNTED}


def _days(sources: Sources, daily: SpanUse) -> Iterator[Day]:
    """Those after the `_MOST_DAYS`th have no apps counted; nothing lives that long unwatched."""
    apps = _apps_by_day(sources, daily)
    known: set[str] = set()
    for at, use in enumerate(daily.steps):
        at_us = daily.first_us + at * daily.step_us
        there = apps[at_us // _DAY_US]
        yield Day(
            at_us=at_us,
            requests=use.requests,
            people=use.people,
            apps=len(there),
            new_apps=len(there - known),
        )
        known |= there


def _apps_by_day(sources: Sources, daily: SpanUse) -> defaultdict[int, set[str]]:
    """By day since the epoch: which of those that named themselves were there."""
    until_us = daily.first_us + min(len(daily.steps), _MOST_DAYS) * _DAY_US - 1
    found: defaultdict[int, set[str]] = defaultdict(set)
    slug = sources.launch.listing.slug
    for each in sources.traits.days(slug, daily.first_us, until_us, "app"):
        if each.counts.requests and each.value not in _UNCOUNTED:
            found[each.hour // 24].add(each.value)
    return found


def _quotes(feedback: Sequence[Feedback], reports: Sequence[Report]) -> Iterator[Quote]:
    """Newest first, each kind half of the room."""
    said = [each for each in feedback if each.comment.strip()][: _MOST_QUOTES // 2]
    for each in said:
        kind = each.category.replace("_", " ")
        yield Quote(at_us=each.at_us, kind=f"feedback: {kind}", text=_short(each.comment))
    for one in reports[::-1][: _MOST_QUOTES - len(said)]:
        yield Quote(at_us=one.at_us, kind=f"report: {_short(one.what)}", text=_short(one.text))


def _short(text: str) -> str:
    text = " ".join(text.encode("utf-8", "replace").decode().split())
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 1]}…"


def _date(at_us: int) -> date:
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).date()
