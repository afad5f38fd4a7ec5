"""What a check says."""

from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

__all__ = ["Check", "Verdict", "fail", "moment", "ok", "span", "warn"]

Verdict = Literal["ok", "warn", "fail"]


class Check(Struct, frozen=True, kw_only=True):
    """One thing looked at. `remedy` says what to do; empty where nothing is to be done."""

    name: str
    verdict: Verdict
    sentence: str
    remedy: str = ""


def ok(name: str, sentence: str) -> Check:
    """As it should be."""
    return Check(name=name, verdict="ok", sentence=sentence)


def warn(name: str, sentence: str, remedy: str) -> Check:
    """It works, and will not for ever, or not as meant."""
    return Check(name=name, verdict="warn", sentence=sentence, remedy=remedy)


def fail(name: str, sentence: str, remedy: str) -> Check:
    """It does not work."""
    return Check(name=name, verdict="fail", sentence=sentence, remedy=remedy)


_UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60))


def span(length_us: int) -> str:
    """`400 days`: in the largest unit of which it holds two, rounded; seconds at least."""
    seconds = length_us // 1_000_000
    for unit, size in _UNITS:
        if seconds >= 2 * size:
            return f"{round(seconds / size):,} {unit}"
    return f"{seconds:,} s"


def moment(at_us: int) -> str:
    """`2026-12-01 12:00 UTC`; what lies beyond the calendar is told as a number."""
    try:
        return datetime.fromtimestamp(at_us / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return f"{at_us} µs since 1970"
