"""Public figures, of a listing with an envelope up to its last settled day only.

A count that moves when an engine has ended tells its pace, however slowly the answer still flows
to its client (docs/rhythm.md).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from threading import Lock

from darkhorse.base.clock import DAY_US, Clock
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.storage.accounting import AppRow, RankingRow
from darkhorse.storage.figures import (
    DayFigures,
    HourFigures,
    PublicFigures,
    TopicDay,
    newest_public_day,
    settled_day,
)
from darkhorse.storage.ports import ListingTotals, PublicLaunches

__all__ = ["LaunchesRead", "SettledFigures"]

_EPOCH = date(1970, 1, 1)
_FRESH_S = 0.5


class LaunchesRead:
    """`PublicLaunches` that remember what they were read as."""

    def __init__(self, launches: PublicLaunches, clock: Clock) -> None:
        self._source = launches
        self._clock = clock
        self._lock = Lock()
        self._last: list[PublicLaunch] | None = None
        self._fresh_until = 0.0

    def launches(self) -> list[PublicLaunch]:
        """As they are; of two that ask at once, the second has what the first was given."""
        with self._lock:
            now = self._clock.monotonic()
            if self._last is None or now >= self._fresh_until:
                self._last = self._source.launches()
                self._fresh_until = now + _FRESH_S
            return self._last

    def last(self) -> list[PublicLaunch]:
        """As they were read last: pages know of no newer ones either."""
        last = self._last
        return self.launches() if last is None else last


class SettledFigures:
    """`PublicFigures` over another; `launches` say which listings have an envelope."""

    def __init__(self, figures: PublicFigures, launches: LaunchesRead, clock: Clock) -> None:
        self._figures = figures
        self._launches = launches
        self._clock = clock

    def totals(self) -> dict[str, ListingTotals]:
        """By listing slug, ever."""
        totals, paced = self._figures.totals(), self._paced()
        return {slug: self._settled(slug) if slug in paced else totals[slug] for slug in totals}

    def days(self, first: date, last: date, listing: str | None = None) -> list[DayFigures]:
        """Oldest day first, then by listing."""
        rows, paced, settled = self._figures.days(first, last, listing), self._paced(), self._day
        return [each for each in rows if each.listing not in paced or each.day <= settled]

    def hours(self, listing: str, since_us: int, until_us: int) -> list[HourFigures]:
        """Oldest first; as many, and earlier ones where there is an envelope."""
        back_us = self._back_us(listing, until_us)
        return self._figures.hours(listing, since_us - back_us, until_us - back_us)

    def days_quality(self, listing: str, first: date, last: date) -> list[HourFigures]:
        """The same by UTC day; empty where none has settled."""
        last = self._last(last, listing)
        return self._figures.days_quality(listing, first, last) if first <= last else []

    def quality(self, listing: str, since_us: int, until_us: int) -> HourFigures:
        """Of all those hours together; of earlier ones where there is an envelope."""
        back_us = self._back_us(listing, until_us)
        return self._figures.quality(listing, since_us - back_us, until_us - back_us)

    def apps(
        self, first: date, last: date, *, listing: str | None = None, limit: int = 20
    ) -> list[AppRow]:
        """By tokens. Of all listings together, up to the day that holds for each of them."""
        last = self._last(last, listing)
        return self._figures.apps(first, last, listing=listing, limit=limit)

    def rankings(self, first: date, last: date) -> list[RankingRow]:
        """By day; up to the day that holds for each listing, since `other` may be any."""
        return self._figures.rankings(first, self._last(last, None))

    def topics(self, first: date, last: date, listing: str | None = None) -> Sequence[TopicDay]:
        """What was asked about, by day."""
        rows, paced = self._figures.topics(first, last, listing), self._paced()
        settled = (self._day - _EPOCH).days
        return [each for each in rows if each.listing not in paced or each.day <= settled]

    @property
    def _day(self) -> date:
        return settled_day(self._clock.now_us())

    def _paced(self) -> set[str]:
        """Listings with an envelope."""
        launches = self._launches.last()
        return {each.listing.slug for each in launches if each.listing.rhythm.is_paced}

    def _last(self, last: date, listing: str | None) -> date:
        """`last`, or the settled day: of this listing, or of all while one of them needs it."""
        if listing is not None:
            return min(last, self._day) if listing in self._paced() else last
        paced = [each.life for each in self._launches.last() if each.listing.rhythm.is_paced]
        return min(last, newest_public_day(paced, self._clock.now_us()))

    def _back_us(self, listing: str, until_us: int) -> int:
        over_us = until_us - _end_us(self._day)
        return over_us if over_us > 0 and listing in self._paced() else 0

    def _settled(self, listing: str) -> ListingTotals:
        days = self._figures.days(_EPOCH, self._day, listing)
        return ListingTotals(
            listing=listing,
            requests=sum(each.requests for each in days),
            prompt_tokens=sum(each.prompt_tokens for each in days),
            completion_tokens=sum(each.completion_tokens for each in days),
        )


def _end_us(day: date) -> int:
    """The moment after it."""
    return (day - _EPOCH + timedelta(1)).days * DAY_US
