"""Spans as facts count them: whole hours, and steps for charts."""

from darkhorse.web.desk.span import Span

__all__ = ["HOUR_US", "step_hours", "whole"]

HOUR_US = 3_600_000_000
_DAY_HOURS = 24
_MOST_STEPS = 7 * _DAY_HOURS


def whole(span: Span) -> Span:
    """As many whole hours, the present one the last: so the time before has none of them.

    Of all time none is left out: its first hour is the one in which it began.
    """
    until_us = -(-span.until_us // HOUR_US) * HOUR_US
    since_us = max(0, until_us - span.hours * HOUR_US)
    if span.name == "all":
        since_us = span.since_us // HOUR_US * HOUR_US
    return Span(span.name, span.label, since_us, until_us)


def step_hours(span: Span) -> int:
    """Hours that a point of a chart stands for: one, or a day where that would be too many."""
    return 1 if span.hours <= _MOST_STEPS else _DAY_HOURS
