"""Of a listing with an envelope nothing public moves when its engine ends (docs/rhythm.md)."""

import asyncio
from datetime import date

import pytest
from pages_kit import DAY_US, HOUR_US, LIVE_US, Facts, HandClock, Launches, Site, ask, live, over
from pages_kit import listing as listed

from darkhorse.catalog.rhythm import Rhythm
from darkhorse.storage.accounting import AppRow
from darkhorse.storage.figures import DayFigures, HourFigures, TopicDay
from darkhorse.storage.ports import ListingTotals
from darkhorse.web.settled import LaunchesRead, SettledFigures
from darkhorse.web.streams import Streams

SLOW, PLAIN = "stealth/slow-mare", "stealth/plain-colt"
PACED = live(listed(slug=SLOW, aliases=(), rhythm=Rhythm(first_ms=5000, chars_per_s=20)))
OTHER = live(listed(slug=PLAIN, aliases=()))
TENTH_US = LIVE_US + 4 * DAY_US  # 10 February, 00:00 UTC
EPOCH = date(1970, 1, 1).toordinal()


class Ledger(Facts):
    """Days are asked for by listing; what of hours, apps and quality is asked for is noted."""

    def __init__(self, days, **held):
        totals = (ListingTotals(listing=slug, **USED) for slug in (SLOW, PLAIN))
        super().__init__(*totals, days=days, **held)
        self.spans = []

    def hours(self, listing, since_us, until_us):
        self.spans.append((since_us, until_us))
        return []

    def quality(self, listing, since_us, until_us):
        self.spans.append((since_us, until_us))
        return HourFigures(at_us=since_us, requests=0)

    def days_quality(self, listing, first, last):
        self.spans.append((first.day, last.day))
        return []

    def apps(self, first, last, *, listing=None, limit=20):
        self.spans.append((first.day, last.day))
        return [AppRow(rank=1, app=1, slug="a", name="a", tokens=1, requests=1)]

    def rankings(self, first, last):
        self.spans.append((first.day, last.day))
        return []


USED = {"requests": 99, "prompt_tokens": 99, "completion_tokens": 99}


def day(number, slug, requests=1):
    return DayFigures(
        day=date(2026, 2, number),
        listing=slug,
        requests=requests,
        prompt_tokens=10 * requests,
        completion_tokens=100 * requests,
        reasoning_tokens=0,
    )


DAYS = [day(number, slug, number) for number in (7, 8, 9, 10) for slug in (PLAIN, SLOW)]


def settled(now_us, *launches, **held):
    ledger, clock = Ledger(DAYS, **held), HandClock(now_us)
    read = LaunchesRead(Launches(*(launches or (PACED, OTHER))), clock)
    return SettledFigures(ledger, read, clock), ledger


@pytest.mark.parametrize(("hour", "last"), [(2.9, 8), (3, 9), (23.9, 9)])
def test_totals_and_days_end_with_a_day_that_is_three_hours_over(hour, last):
    figures, _ = settled(TENTH_US + round(hour * HOUR_US))
    told = figures.totals()
    requests = sum(range(7, last + 1))
    assert told[SLOW] == ListingTotals(
        listing=SLOW,
        requests=requests,
        prompt_tokens=10 * requests,
        completion_tokens=100 * requests,
    )
    assert told[PLAIN].requests == 99
    days = figures.days(date(2026, 2, 1), date(2026, 2, 28))
    assert [each.day.day for each in days if each.listing == SLOW] == list(range(7, last + 1))
    assert [each.day.day for each in days if each.listing == PLAIN] == [7, 8, 9, 10]


def test_topics_end_there_too():
    topics = [
        TopicDay(
            day=date(2026, 2, each).toordinal() - EPOCH,
            listing=slug,
            category="general",
            requests=1,
            tokens=1,
        )
        for each in (9, 10)
        for slug in (PLAIN, SLOW)
    ]
    figures, _ = settled(TENTH_US + 5 * HOUR_US, topics=topics)
    told = figures.topics(date(2026, 2, 1), date(2026, 2, 28))
    assert [each for each in told if each.listing == SLOW] == [topics[1]]
    assert len(told) == 3


def test_hours_and_uptime_are_of_as_long_a_time_before():
    figures, ledger = settled(TENTH_US + 5 * HOUR_US)
    now_us = TENTH_US + 5 * HOUR_US
    for slug in (SLOW, PLAIN):
        figures.hours(slug, now_us - 47 * HOUR_US, now_us)
        figures.quality(slug, now_us - 23 * HOUR_US, now_us)
        figures.days_quality(slug, date(2026, 2, 1), date(2026, 2, 10))
    assert ledger.spans == [
        (TENTH_US - 47 * HOUR_US, TENTH_US),
        (TENTH_US - 23 * HOUR_US, TENTH_US),
        (1, 9),
        (now_us - 47 * HOUR_US, now_us),
        (now_us - 23 * HOUR_US, now_us),
        (1, 10),
    ]
    assert figures.days_quality(SLOW, date(2026, 2, 10), date(2026, 2, 10)) == []


@pytest.mark.parametrize(
    ("launches", "last"),
    [
        ((PACED, OTHER), 9),
        ((OTHER,), 10),
        ((over(PACED, at_us=TENTH_US + 1),), 9),
        ((over(PACED, at_us=TENTH_US - 1), OTHER), 10),
    ],
)
def test_what_is_of_all_together_waits_while_one_needs_it(launches, last):
    figures, ledger = settled(TENTH_US + 5 * HOUR_US, *launches)
    figures.apps(date(2026, 2, 1), date(2026, 2, 10))
    figures.rankings(date(2026, 2, 1), date(2026, 2, 10))
    assert ledger.spans == [(1, last), (1, last)]


def test_apps_of_one_listing_go_by_its_own_rhythm():
    figures, ledger = settled(TENTH_US + 5 * HOUR_US)
    for slug in (SLOW, PLAIN):
        figures.apps(date(2026, 2, 1), date(2026, 2, 10), listing=slug)
    assert ledger.spans == [(1, 9), (1, 10)]


@pytest.mark.parametrize("path", ["/live", f"/live/{SLOW}", "/", f"/{SLOW}", "/rankings"])
def test_an_end_moves_nothing_that_anybody_sees(path):
    async def pause():
        pass

    def seen(requests):
        ledger = Ledger([day(9, SLOW, 30), day(10, SLOW, requests)])
        ledger.by_listing = {SLOW: ListingTotals(listing=SLOW, **{**USED, "requests": requests})}
        streams = Streams(looks=2, pause=pause)
        clock = HandClock(TENTH_US + 5 * HOUR_US)
        site = Site(PACED, facts=ledger, clock=clock, streams=streams)
        return asyncio.run(ask(site.app, path)).text

    assert seen(1) == seen(2)
    assert "30" in seen(1)
