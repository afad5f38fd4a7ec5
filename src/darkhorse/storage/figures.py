"""What anybody may know of a listing's life, for its page: by day, by hour, by app, by topic.

No endpoint, no native count, no key and no word of anybody's is in these structs.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from msgspec import Struct, structs

from darkhorse.base.clock import DAY_US
from darkhorse.catalog.launch import Life
from darkhorse.catalog.rhythm import Rhythm
from darkhorse.storage.accounting import AppRow, RankingRow
from darkhorse.storage.ports import ListingTotals

__all__ = [
    "LEAST",
    "DayFigures",
    "HourFigures",
    "PublicFigures",
    "Quantiles",
    "TopicDay",
    "in_steps",
    "newest_public_day",
    "settled_day",
    "unpaced",
]

LEAST = 20
"""Of fewer generations neither an uptime nor a quantile is public: it would tell of one of them."""

_EPOCH = date(1970, 1, 1)
_FLOWING_US = 3 * 3_600_000_000  # what began before midnight has ended by then


class Quantiles(Struct, frozen=True):
    """All None where fewer than `LEAST` were measured. Within about 1.1 %."""

    p50: float | None = None
    p90: float | None = None
    p99: float | None = None


class DayFigures(Struct, frozen=True, kw_only=True):
    """A UTC day of one listing: generations that began then and have ended. Public tokens."""

    day: date
    listing: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int


class HourFigures(Struct, frozen=True, kw_only=True):
    """An hour of one listing, or a UTC day of it.

    `counted` are those that went well or failed by us: what a client did wrong (400, 401, 402,
    403, 404, 413, 429) and what it cut short counts neither way. `uptime` is their share that went
    well; None below `LEAST` of them, as are the quantiles where too few were measured.
    """

    at_us: int  # when it began
    requests: int
    counted: int = 0
    uptime: float | None = None  # 0 to 1
    first_token_ms: Quantiles = Quantiles()  # of streamed and whole answers alike, since admission
    duration_ms: Quantiles = Quantiles()  # of those that went well
    tokens_per_second: Quantiles = Quantiles()  # of one stream, after its first piece


def unpaced(figures: Sequence[HourFigures], rhythm: Rhythm) -> list[HourFigures]:
    """As they may be shown of a listing of this rhythm: without a pace that its envelope hides.

    A listing keeps its rhythm from the moment it goes live (`catalog.moves`), so the one it has
    decides for all of its hours.
    """
    if not rhythm.is_paced:
        return list(figures)
    none = Quantiles()
    return [
        structs.replace(each, first_token_ms=none, duration_ms=none, tokens_per_second=none)
        for each in figures
    ]


def in_steps(requests: int) -> int:
    """As a count may be told of what a few people did: the newest `LEAST` show together.

    Who looks every second and subtracts is told of no single request what it was about.
    """
    return requests - requests % LEAST


def settled_day(now_us: int) -> date:
    """The last UTC day whose generations have all ended and have all flowed to their clients.

    Of a listing with an envelope nothing newer is public: a count that moves when an engine ends
    would tell how fast it was (docs/rhythm.md).
    """
    settled = datetime.fromtimestamp((now_us - _FLOWING_US) // 1_000_000, UTC)
    return settled.date() - timedelta(1)


def newest_public_day(paced: Iterable[Life], now_us: int) -> date:
    """Today; the settled day while one of the `paced` launches, those with an envelope, needs it.

    For what is of all listings together.
    """
    settled = settled_day(now_us)
    over_us = (settled - _EPOCH + timedelta(1)).days * DAY_US
    for life in paced:
        ends = list(filter(None, (life.retired_us, life.closes_us)))
        if not ends or min(ends) >= over_us:
            return settled
    return datetime.fromtimestamp(now_us // 1_000_000, UTC).date()


class TopicDay(Struct, frozen=True, kw_only=True):
    """What a listing was asked about on a UTC day (since the epoch). Anybody may know it."""

    day: int
    listing: str
    category: str
    requests: int
    tokens: int  # public


class PublicFigures(Protocol):
    """Blocks on the disk; safe from several threads; answers empty while there are no facts."""

    def totals(self) -> dict[str, ListingTotals]:
        """By listing slug, ever."""
        ...

    def days(self, first: date, last: date, listing: str | None = None) -> list[DayFigures]:
        """Oldest day first, then by listing; days without any are left out."""
        ...

    def hours(self, listing: str, since_us: int, until_us: int) -> list[HourFigures]:
        """Oldest first, an hour for each that begins before `until_us`, those without any too.

        The first is the one that `since_us` lies in. Show them through `unpaced` only.
        """
        ...

    def days_quality(self, listing: str, first: date, last: date) -> list[HourFigures]:
        """The same by UTC day: a month's chart, or a listing with few generations an hour."""
        ...

    def quality(self, listing: str, since_us: int, until_us: int) -> HourFigures:
        """The same of all those hours together: a day's tiles, or a past launch's whole life."""
        ...

    def apps(
        self, first: date, last: date, *, listing: str | None = None, limit: int = 20
    ) -> list[AppRow]:
        """Apps that named themselves, by tokens."""
        ...

    def rankings(self, first: date, last: date) -> list[RankingRow]:
        """As `Datasets.rankings`, by day."""
        ...

    def topics(self, first: date, last: date, listing: str | None = None) -> Sequence[TopicDay]:
        """What was asked about, by day."""
        ...
