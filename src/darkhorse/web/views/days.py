"""Figures by day, as charts, lines and sums."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from darkhorse.storage.figures import DayFigures
from darkhorse.web.charts import Chart, Series
from darkhorse.web.views.moments import Moment, short_day
from darkhorse.web.views.spans import Span, times

__all__ = ["OTHER", "activity", "by_listing", "peak", "stacked", "tokens_by_day"]

OTHER = "other"
"""What listings that are not named are called together."""

_NAMED = 8  # series of a stack that have a colour of their own


def tokens_by_day(days: Iterable[DayFigures], slug: str, span: Span) -> tuple[int, ...]:
    """Public tokens of one listing, of each day of the span."""
    held = {each.day: _tokens(each) for each in days if each.listing == slug}
    return tuple(held.get(each, 0) for each in span)


def activity(days: Iterable[DayFigures], span: Span) -> Chart:
    """One listing's tokens a day: what was asked, thought and answered."""
    held = {each.day: each for each in days}
    rows = [held.get(each) for each in span]
    prompt = [each.prompt_tokens if each else 0 for each in rows]
    thought = [each.reasoning_tokens if each else 0 for each in rows]
    answer = [each.completion_tokens - each.reasoning_tokens if each else 0 for each in rows]
    return Chart(
        id="activity",
        title="Public tokens a day",
        kind="stack",
        unit="tokens",
        times=times(span),
        series=(
            Series("prompt", prompt, 0),
            Series("reasoning", thought, 3),
            Series("answer", answer, 2),
        ),
    )


def by_listing(days: Iterable[DayFigures], span: Span, titles: Mapping[str, str]) -> Counter[str]:
    """Tokens of each listing in the span; those that have no title are `OTHER`."""
    sums: Counter[str] = Counter()
    for each in days:
        if span.first <= each.day <= span.last:
            sums[each.listing if each.listing in titles else OTHER] += _tokens(each)
    return sums


def stacked(days: Sequence[DayFigures], span: Span, titles: Mapping[str, str]) -> Chart:
    """Tokens a day by listing: those with the most have a colour, the others are one layer."""
    ranked = [slug for slug, _ in by_listing(days, span, titles).most_common() if slug != OTHER]
    named = ranked[:_NAMED]
    layers: dict[str, Counter[date]] = {slug: Counter() for slug in named}
    rest: Counter[date] = Counter()
    for each in days:
        layers.get(each.listing, rest)[each.day] += _tokens(each)
    series = [
        Series(titles[slug], [layers[slug][each] for each in span], color)
        for color, slug in enumerate(named)
    ]
    if any(rest[each] for each in span):
        series.append(Series(OTHER, [rest[each] for each in span], _NAMED))
    return Chart(
        id="tokens",
        title=f"Public tokens a day, by model, last {len(span)} days",
        kind="stack",
        unit="tokens",
        times=times(span),
        series=tuple(series),
        height=280,
    )


def peak(days: Iterable[DayFigures]) -> dict[str, tuple[Moment, int]]:
    """Each listing's day with the most tokens, and how many."""
    most: dict[str, DayFigures] = {}
    for each in days:
        if each.listing not in most or _tokens(each) > _tokens(most[each.listing]):
            most[each.listing] = each
    return {
        slug: (short_day(times([each.day])[0] * 1_000_000), _tokens(each))
        for slug, each in most.items()
    }


def _tokens(figures: DayFigures) -> int:
    return figures.prompt_tokens + figures.completion_tokens
