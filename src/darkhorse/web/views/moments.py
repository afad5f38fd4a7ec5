"""Moments and stretches of time, as a page says them."""

from datetime import UTC, datetime

from msgspec import Struct

from darkhorse.catalog import notices
from darkhorse.catalog.launch import PublicLaunch

__all__ = [
    "Countdown",
    "Moment",
    "countdown",
    "day",
    "lasting",
    "minute",
    "second",
    "short_day",
    "short_days",
]


class Moment(Struct, frozen=True):
    """For a <time> element."""

    iso: str  # UTC
    text: str


class Countdown(Struct, frozen=True, kw_only=True):
    """How long a live launch has left. static/countdown.js keeps `left` true in an open page."""

    left: str
    left_ms: int
    closes: Moment
    is_last_day: bool


def countdown(launch: PublicLaunch, now_us: int) -> Countdown | None:
    """None where it does not end by itself."""
    closes_us = launch.life.closes_us
    if closes_us is None:
        return None
    return Countdown(
        left=lasting(closes_us - now_us),
        left_ms=-(-(closes_us - now_us) // 1000),  # up, so that no page ends before the server
        closes=minute(closes_us),
        is_last_day=notices.is_ending(launch, now_us),
    )


def lasting(length_us: int) -> str:
    """`3 days 4 hours`: the two largest units, rounded down. static/countdown.js says it so too."""
    minutes = max(0, length_us) // 60_000_000
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        parts = [_count(days, "day"), _count(hours, "hour")]
    else:
        parts = [_count(hours, "hour"), _count(minutes, "minute")]
    return " ".join(filter(None, parts)) or "less than a minute"


def day(at_us: int) -> Moment:
    """`11 February 2026`."""
    return Moment(f"{_utc(at_us):%Y-%m-%d}", notices.day(at_us))


def short_day(at_us: int) -> Moment:
    """`11 Feb`, where its year is clear."""
    return Moment(f"{_utc(at_us):%Y-%m-%d}", f"{_utc(at_us):%-d %b}")


def short_days(since_us: int, until_us: int) -> tuple[Moment, ...]:
    """`9`, `14 Feb 2026`: the first without what both have in common; one, where they are one."""
    since, until = _utc(since_us), _utc(until_us)
    last = Moment(f"{until:%Y-%m-%d}", f"{until:%-d %b %Y}")
    if since.date() == until.date():
        return (last,)
    form = "%-d %b %Y"
    if since.year == until.year:
        form = "%-d" if since.month == until.month else "%-d %b"
    return (Moment(f"{since:%Y-%m-%d}", since.strftime(form)), last)


def minute(at_us: int) -> Moment:
    """`11 February 2026, 16:00 UTC`."""
    return Moment(f"{_utc(at_us):%Y-%m-%dT%H:%M:%SZ}", notices.moment(at_us))


def second(at_us: int) -> Moment:
    """`11 February 2026, 16:00:05 UTC`."""
    moment = _utc(at_us)
    return Moment(f"{moment:%Y-%m-%dT%H:%M:%SZ}", f"{moment:%-d %B %Y, %H:%M:%S UTC}")


def _utc(at_us: int) -> datetime:
    return datetime.fromtimestamp(at_us // 1_000_000, UTC)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'s' * (number != 1)}" if number else ""
