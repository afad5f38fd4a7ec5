"""`/rankings`: who is used how much, for what, and by which apps."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from darkhorse.analytics.topics import Quality
from darkhorse.storage.accounting import AppRow
from darkhorse.storage.figures import DayFigures, TopicDay
from darkhorse.web.charts import Chart
from darkhorse.web.numbers import brief, change, percent
from darkhorse.web.views.apps import AppLine, app_lines, trending
from darkhorse.web.views.bars import Bar
from darkhorse.web.views.days import OTHER, by_listing, stacked
from darkhorse.web.views.known import Known
from darkhorse.web.views.moments import Moment, second
from darkhorse.web.views.spans import Span, last_days
from darkhorse.web.views.topics import CategoryRow, by_category, category_name

__all__ = ["SPANS", "Ranked", "RankingsFigures", "RankingsPage", "rankings_page", "span_of"]

SPANS = (7, 30, 90)
"""Days that may be asked for; the first is the usual one."""

_SHARES = 8
_ROWS = 50


class RankingsFigures(Struct, frozen=True, kw_only=True):
    """What was read, `as_of_us`; `before` are the apps of the three spans before."""

    as_of_us: int
    days: Sequence[DayFigures] = ()
    apps: Sequence[AppRow] = ()
    before: Sequence[AppRow] = ()
    topics: Sequence[TopicDay] = ()


class Ranked(Struct, frozen=True, kw_only=True):
    """A line of the table; `slug` is empty for the others together."""

    rank: int
    slug: str
    title: str
    tokens: str
    share: str
    change: str
    direction: str  # "up", "down" or neither


class RankingsPage(Struct, frozen=True, kw_only=True):
    """Figures of the last `days` days; changes are of whole days, for today has just begun."""

    days: int
    spans: tuple[int, ...]
    as_of: Moment
    chart: Chart
    shares: tuple[Bar, ...]
    rows: tuple[Ranked, ...]
    categories: tuple[CategoryRow, ...]
    popular: tuple[AppLine, ...]
    trending: tuple[AppLine, ...]
    quality: Quality  # of the classifier
    scores: tuple[tuple[str, float], ...]  # F1 by category, best first
    is_empty: bool  # nothing was used in all that was read, which is more than `days`


def span_of(text: str) -> int:
    """Days asked for; the usual number for anything that is none of them."""
    return next((days for days in SPANS if str(days) == text), SPANS[0])


def rankings_page(
    known: Known, figures: RankingsFigures, days: int, quality: Quality
) -> RankingsPage:
    titles = known.titles
    span = last_days(known.now_us, days)
    whole = Span(span.first - timedelta(1), span.last - timedelta(1))
    now, last, before = (
        by_listing(figures.days, each, titles) for each in (span, whole, whole.before)
    )
    return RankingsPage(
        days=days,
        spans=SPANS,
        as_of=second(figures.as_of_us),
        chart=stacked([each for each in figures.days if _is_in(each, span)], span, titles),
        shares=_shares(now, titles),
        rows=_rows(now, last, before, titles),
        categories=by_category(figures.topics, titles),
        popular=app_lines(figures.apps),
        trending=app_lines(trending(figures.apps, figures.before)),
        quality=quality,
        scores=_scores(quality),
        is_empty=not any(each.prompt_tokens or each.completion_tokens for each in figures.days),
    )


def _scores(quality: Quality) -> tuple[tuple[str, float], ...]:
    best = sorted(quality.by_category.items(), key=lambda each: (-each[1], each[0]))
    return tuple((category_name(name), score) for name, score in best)


def _is_in(figures: DayFigures, span: Span) -> bool:
    return span.first <= figures.day <= span.last


def _ranked(tokens: Counter[str]) -> list[tuple[str, int]]:
    """Most first; the others, whoever they are, last."""
    used = ((slug, count) for slug, count in tokens.items() if count)
    return sorted(used, key=lambda each: (each[0] == OTHER, -each[1], each[0]))


def _shares(now: Counter[str], titles: dict[str, str]) -> tuple[Bar, ...]:
    total = now.total() or 1
    ranked = _ranked(now)
    named = [each for each in ranked if each[0] != OTHER][:_SHARES]
    rest = sum(count for _, count in ranked) - sum(count for _, count in named)
    bars = [
        Bar(name=titles[slug], text=percent(count / total), share=count / total, href=f"/{slug}")
        for slug, count in named
    ]
    if rest:
        bars.append(Bar(name="Others", text=percent(rest / total), share=rest / total))
    return tuple(bars)


def _rows(
    now: Counter[str], last: Counter[str], before: Counter[str], titles: dict[str, str]
) -> tuple[Ranked, ...]:
    total = now.total() or 1
    return tuple(
        Ranked(
            rank=rank,
            slug="" if slug == OTHER else slug,
            title=titles.get(slug, "Others, which are not listed any more"),
            tokens=brief(count),
            share=percent(count / total),
            change=change(last[slug], before[slug]) or "new",
            direction=_direction(last[slug], before[slug]),
        )
        for rank, (slug, count) in enumerate(_ranked(now)[:_ROWS], 1)
    )


def _direction(now: int, before: int) -> str:
    if not before or now == before:
        return ""
    return "up" if now > before else "down"
