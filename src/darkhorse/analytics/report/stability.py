"""How a launch held under real load. Pure but for the readers."""

import statistics
from collections.abc import Iterator, Sequence

from darkhorse.analytics.failures import clusters
from darkhorse.analytics.report.capability import named
from darkhorse.analytics.report.shape import Cause, Load, Stability, Step, WorstHour
from darkhorse.analytics.report.shares import LEAST, differ, share_of
from darkhorse.analytics.report.sources import HOUR_US, Life, Sources, counts_of
from darkhorse.storage.insight import SpanUse, Use

__all__ = ["hourly_of", "stability"]

_MOST_HOURS = 24 * 90
"""Hours that are looked at one by one: the newest."""
_MOST_CAUSES, _MOST_WORST = 12, 5
_SIGNATURES = 300
_QUARTERS = 4
_LEAST_HOURS = 8  # for quarters of them
_SLOWER = 1.5  # times as long in the busiest quarter as in the quietest


def hourly_of(sources: Sources, life: Life) -> SpanUse:
    """Hour by hour, of the last 90 days of its life."""
    since_us = max(life.since_us, life.until_us - _MOST_HOURS * HOUR_US)
    return sources.spans.span(sources.launch.listing.slug, since_us, life.until_us, 1)


def stability(sources: Sources, life: Life, hourly: SpanUse) -> Stability:
    """`hourly`: as `hourly_of` gives it."""
    slug = sources.launch.listing.slug
    hours = _step_hours(life.hours)
    use = hourly if hours == 1 else sources.spans.span(slug, life.since_us, life.until_us, hours)
    span = (slug, life.since_us, life.last_us)
    every = counts_of(sources, life)
    load, worst = _load(hourly), [*_hours(hourly)]
    total = use.total
    endpoints = sources.spans.endpoints(slug, life.since_us, life.until_us)
    return Stability(
        step_hours=hours,
        steps=tuple(_step(use, at, each) for at, each in enumerate(use.steps)),
        first_token_ms=total.first_token_ms,
        duration_ms=total.duration_ms,
        tokens_per_second=total.tokens_per_second,
        failed=share_of(total.failed, total.ended),
        cancelled=share_of(total.cancelled, total.ended),
        retried=share_of(every.retried, every.ended),
        attempts=sum(each.requests for each in endpoints),
        says=tuple(_says(load)),
        load=load,
        errors=named(
            (each.value, each.counts.requests) for each in sources.traits.sums(*span, "error")
        ),
        causes=_causes(sources, life),
        worst=tuple(sorted(filter(_has_failed, worst), key=_by_failures)[:_MOST_WORST]),
        slowest=tuple(sorted(filter(_is_measured, worst), key=_by_wait)[:_MOST_WORST]),
        endpoints=tuple(endpoints),
    )


def _step_hours(hours: int) -> int:
    """As many steps as a plot has room for."""
    if hours <= 24 * 4:
        return 1
    return 6 if hours <= 24 * 21 else 24


def _step(use: SpanUse, at: int, each: Use) -> Step:
    return Step(
        at_us=use.first_us + at * use.step_us,
        requests=each.requests,
        ended=each.ended,
        failed=each.failed,
        first_token_ms=each.first_token_ms,
        duration_ms=each.duration_ms,
    )


# --- hours ---


def _hours(hourly: SpanUse) -> Iterator[WorstHour]:
    for at, each in enumerate(hourly.steps):
        yield WorstHour(
            at_us=hourly.first_us + at * hourly.step_us,
            requests=each.requests,
            failed=share_of(each.failed, each.ended),
            p90_ms=each.first_token_ms.p90,
        )


def _has_failed(hour: WorstHour) -> bool:
    return bool(hour.failed.share)


def _is_measured(hour: WorstHour) -> bool:
    return hour.p90_ms is not None and hour.failed.of >= LEAST


def _by_failures(hour: WorstHour) -> tuple[float, int]:
    return -(hour.failed.share or 0.0), hour.at_us


def _by_wait(hour: WorstHour) -> tuple[float, int]:
    return -(hour.p90_ms or 0.0), hour.at_us


def _load(hourly: SpanUse) -> tuple[Load, ...]:
    """Hours with enough in them, in quarters by how much was asked; least first."""
    busy = sorted((each for each in hourly.steps if each.ended >= LEAST), key=_requests)
    if len(busy) < _LEAST_HOURS:
        return ()
    bounds = [len(busy) * at // _QUARTERS for at in range(_QUARTERS + 1)]
    return tuple(_quarter(busy[bounds[at] : bounds[at + 1]]) for at in range(_QUARTERS))


def _requests(use: Use) -> int:
    return use.requests


def _quarter(hours: Sequence[Use]) -> Load:
    waits = [each.first_token_ms.p90 for each in hours if each.first_token_ms.p90 is not None]
    return Load(
        hours=len(hours),
        least=min(map(_requests, hours)),
        most=max(map(_requests, hours)),
        p90_ms=statistics.median(waits) if waits else None,
        failed=share_of(sum(each.failed for each in hours), sum(each.ended for each in hours)),
    )


def _says(load: Sequence[Load]) -> Iterator[str]:
    """The busiest quarter beside the quietest."""
    if not load:
        return
    quiet, busy = load[0], load[-1]
    if quiet.most >= busy.least:
        yield "Every hour was about as busy as the others, so load itself cannot be judged."
        return
    told = {
        1: "More failed in the busiest quarter of its hours than in the quietest.",
        -1: "Fewer failed in the busiest quarter of its hours than in the quietest.",
        0: "Between the busiest quarter of its hours and the quietest no difference in failures "
        "can be told.",
    }
    yield told[differ(busy.failed, quiet.failed)]
    if busy.p90_ms and quiet.p90_ms:
        than = "more" if busy.p90_ms > quiet.p90_ms * _SLOWER else "no more"
        yield (
            f"When it was busiest, one in ten waited {than} than half as long again for the first "
            "token as when it was quietest."
        )


# --- causes ---


def _causes(sources: Sources, life: Life) -> tuple[Cause, ...]:
    found = sources.traits.signatures(
        sources.launch.listing.slug, life.since_us, life.until_us, limit=_SIGNATURES
    )
    return tuple(
        Cause(
            error_type=each.error_type,
            count=each.count,
            share=each.share,
            means=each.remedy.means,
            next=each.remedy.next,
            signature=each.signature,
            example=each.example,
        )
        for each in clusters(found)[:_MOST_CAUSES]
    )
