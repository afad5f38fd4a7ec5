"""What the pages ask of storage, each question once for all visitors (reading.py)."""

import asyncio
from collections.abc import Callable, Hashable
from typing import TypeVar

from darkhorse.base.clock import Clock
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.storage.accounting import AppRow
from darkhorse.storage.figures import DayFigures, HourFigures, PublicFigures, TopicDay
from darkhorse.storage.ports import PublicLaunches
from darkhorse.web.reading import Reading, Readings, SharedReading
from darkhorse.web.settled import LaunchesRead, SettledFigures
from darkhorse.web.views.apps import MOST_APPS
from darkhorse.web.views.known import Known
from darkhorse.web.views.launch import LaunchFigures
from darkhorse.web.views.rankings import RankingsFigures
from darkhorse.web.views.spans import MONTH, last_days, life

__all__ = ["Questions"]

T = TypeVar("T")

_DAYS_S, _HOURS_S, _SLOW_S, _EVER_S = 5.0, 10.0, 30.0, 60.0  # how long each is fresh
_MOST = 512  # questions: slugs are known ones, spans are few
_HOUR_US = 3_600_000_000
_PACE_HOURS = 48
_TREND = 3  # spans before, that a trend is held against


class Questions:
    """Answers with what was read last, and with nothing where that never went well."""

    def __init__(
        self, launches: PublicLaunches, figures: PublicFigures, clock: Clock, patience_s: float
    ) -> None:
        read = LaunchesRead(launches, clock)
        self._figures = figures = SettledFigures(figures, read, clock)
        self._clock = clock
        self._launches = SharedReading("launches", read.launches, clock, patience_s=patience_s)
        self._totals = SharedReading("totals", figures.totals, clock, patience_s=patience_s)
        self._readings = Readings(clock, most=_MOST, patience_s=patience_s)

    async def known(self) -> Known:
        """Launches, totals, and the moment."""
        launches, totals = await asyncio.gather(self._launches.read(), self._totals.read())
        return Known.of(launches, totals, self._clock.now_us())

    async def month(self) -> list[DayFigures]:
        """Of all listings, by day."""
        read = await self._days(MONTH)
        return read.value if read else []

    async def ever(self, known: Known) -> list[DayFigures]:
        """Of all listings, since the oldest launch."""
        lives = [life(each, known.now_us) for each in known.past()]
        if not lives:
            return []
        first, last = min(each.first for each in lives), max(each.last for each in lives)
        days = self._figures.days
        return await self._ask("days", (first, last), lambda: days(first, last), _EVER_S) or []

    async def launch(self, launch: PublicLaunch, known: Known, *, is_by_day: bool) -> LaunchFigures:
        """All that its page shows. Of a past one, its whole life."""
        slug = launch.listing.slug
        span = life(launch, known.now_us)
        is_live = known.state(launch) == "live"
        figures, about = self._figures, (slug, is_live)
        is_by_day = is_by_day or not is_live
        days, pace, quality, apps, topics = await asyncio.gather(
            self._ask("days", about, lambda: figures.days(span.first, span.last, slug), _DAYS_S),
            self._pace(launch, is_by_day=is_by_day, is_live=is_live),
            self.quality(launch, known),
            self._ask("apps", about, lambda: self._apps(launch), _SLOW_S),
            self._ask(
                "topics",
                about,
                lambda: list(figures.topics(span.first, span.last, slug)),
                _SLOW_S,
            ),
        )
        return LaunchFigures(
            span=span,
            days=days or (),
            pace=pace or (),
            is_by_day=is_by_day,
            quality=quality,
            apps=apps or (),
            topics=topics or (),
        )

    async def live(self, launch: PublicLaunch, known: Known) -> LaunchFigures:
        """As much of it as an open page keeps true."""
        apps = await self._ask(
            "apps", (launch.listing.slug, True), lambda: self._apps(launch), _SLOW_S
        )
        return LaunchFigures(
            span=life(launch, known.now_us),
            quality=await self.quality(launch, known),
            apps=apps or (),
        )

    async def quality(self, launch: PublicLaunch, known: Known) -> HourFigures | None:
        """Of the last 24 hours, or of a past one's life."""
        slug, is_live = launch.listing.slug, known.state(launch) == "live"

        def read() -> HourFigures:
            now_us = self._clock.now_us()
            if is_live:
                return self._figures.quality(slug, now_us - 23 * _HOUR_US, now_us)
            span = life(launch, now_us)
            return self._figures.quality(slug, span.since_us, span.until_us)

        return await self._ask("quality", (slug, is_live), read, _HOURS_S if is_live else _EVER_S)

    async def rankings(self, count: int) -> RankingsFigures:
        """Of the last `count` days, and what they are held against."""
        days, apps, before, topics = await asyncio.gather(
            self._days(2 * max(count, MONTH) + 1),
            self._over("apps", count, self._all_apps),
            self._over("earlier apps", count, self._apps_before),
            self._over("topics", count, self._topics),
        )
        return RankingsFigures(
            as_of_us=days.at_us if days else self._clock.now_us(),
            days=days.value if days else (),
            apps=apps or (),
            before=before or (),
            topics=topics or (),
        )

    async def _days(self, count: int) -> Reading[list[DayFigures]] | None:
        def read() -> list[DayFigures]:
            span = last_days(self._clock.now_us(), count)
            return self._figures.days(span.first, span.last)

        fresh_s = _DAYS_S if count == MONTH else _SLOW_S
        return await self._readings.ask("days", count, read, fresh_s=fresh_s)

    async def _pace(
        self, launch: PublicLaunch, *, is_by_day: bool, is_live: bool
    ) -> list[HourFigures] | None:
        slug = launch.listing.slug

        def read() -> list[HourFigures]:
            now_us = self._clock.now_us()
            if not is_by_day:
                since_us = now_us - (_PACE_HOURS - 1) * _HOUR_US
                return self._figures.hours(slug, since_us, now_us)
            span = life(launch, now_us)
            return self._figures.days_quality(slug, span.first, span.last)

        fresh_s = _HOURS_S if is_live else _EVER_S
        return await self._ask("pace", (slug, is_live, is_by_day), read, fresh_s)

    async def _over(self, name: str, count: int, read: Callable[[int], list[T]]) -> list[T] | None:
        return await self._ask(name, count, lambda: read(count), _SLOW_S)

    def _apps(self, launch: PublicLaunch) -> list[AppRow]:
        span = life(launch, self._clock.now_us())
        slug = launch.listing.slug
        return self._figures.apps(span.first, span.last, listing=slug, limit=MOST_APPS)

    def _all_apps(self, count: int) -> list[AppRow]:
        span = last_days(self._clock.now_us(), count)
        return self._figures.apps(span.first, span.last, limit=MOST_APPS)

    def _apps_before(self, count: int) -> list[AppRow]:
        whole = last_days(self._clock.now_us(), (_TREND + 1) * count)
        last = last_days(self._clock.now_us(), count).before.last
        return self._figures.apps(whole.first, last, limit=MOST_APPS)

    def _topics(self, count: int) -> list[TopicDay]:
        span = last_days(self._clock.now_us(), count)
        return list(self._figures.topics(span.first, span.last))

    async def _ask(
        self, name: str, about: Hashable, source: Callable[[], T], fresh_s: float
    ) -> T | None:
        read = await self._readings.ask(name, about, source, fresh_s=fresh_s)
        return read.value if read else None
