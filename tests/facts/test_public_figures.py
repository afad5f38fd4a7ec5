"""What anybody may know of a listing's hours, days and apps, held against a plain recount."""

import math
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from accounting_kit import MINE, NOW_US, Traffic
from facts_kit import LISTINGS, Facts, HandJournal, end, start
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse.catalog.rhythm import Rhythm
from darkhorse.storage.accounting import RankingRow
from darkhorse.storage.apps import app_of
from darkhorse.storage.figures import LEAST, DayFigures, HourFigures, Quantiles, TopicDay, unpaced
from darkhorse.storage.ledger import histogram
from darkhorse.storage.ledger.datasets import LedgerDatasets
from darkhorse.storage.ledger.facts import FACTS_FILE
from darkhorse.storage.ledger.figures import LedgerFigures
from darkhorse.wire.chunks import Usage

PONY, MULE = LISTINGS
SUNDAY = date(2026, 2, 15)
HOUR_US = 3_600_000_000
NOON = NOW_US // HOUR_US
TOPIC = TopicDay(day=1, listing=PONY, category="trivia", requests=2, tokens=3)


@pytest.fixture
def figures(tmp_path):
    reader = LedgerFigures(tmp_path / FACTS_FILE, lambda first, last, listing: [TOPIC])
    yield reader
    reader.close()


def day(days_ago):
    return SUNDAY - timedelta(days_ago)


class Hours:
    """Generations of one listing in hours before noon, numbered as they come."""

    def __init__(self, journal, facts):
        self.journal, self.facts = journal, facts
        self.number = 0

    def put(self, hours_ago=0, *, streamed=True, listing=PONY, ends=True, **more):
        at_us = NOW_US - hours_ago * HOUR_US + self.number
        self.journal.append(
            start(self.number, at_us=at_us, listing=listing, key=MINE, streamed=streamed)
        )
        if ends:
            fields = {"outcome": "done", "usage": Usage(10, 101), "first_token_ms": 100.0}
            ended = {**fields, "duration_ms": 1100.0, **more}
            self.journal.append(end(self.number, at_us=at_us, attempts=(), **ended))
        self.number += 1

    def many(self, count, *args, **more):
        for _ in range(count):
            self.put(*args, **more)

    def fold(self):
        self.facts.fold.catch_up()


@pytest.fixture
def hours(journal, facts):
    return Hours(journal, facts)


def last_hour(figures):
    (found,) = figures.hours(PONY, NOW_US, NOW_US + 1)
    return found


def near(value):
    return pytest.approx(value, rel=0.012)


def test_there_are_none_before_there_are_facts(figures):
    assert figures.totals() == {}
    assert figures.days(day(9), day(0)) == []
    assert figures.rankings(day(9), day(0)) == []
    assert figures.apps(day(9), day(0)) == []
    assert last_hour(figures) == HourFigures(at_us=NOON * HOUR_US, requests=0)
    assert len(figures.days_quality(PONY, day(9), day(0))) == 10
    assert figures.quality(PONY, 0, NOW_US).requests == 0


def test_topics_are_whose_reader_was_handed_in(figures):
    assert figures.topics(day(9), day(0), PONY) == [TOPIC]


# --- hours ---


def test_an_hour_that_went_well(hours, figures):
    hours.many(LEAST)
    hours.put(listing=MULE, outcome="failed", status=502)
    hours.fold()
    found = last_hour(figures)
    assert (found.requests, found.counted, found.uptime) == (LEAST, LEAST, 1.0)
    assert found.first_token_ms == Quantiles(*[near(100)] * 3)
    assert found.duration_ms == Quantiles(*[near(1100)] * 3)
    assert found.tokens_per_second == Quantiles(*[near(100)] * 3)


def test_of_few_nothing_is_told_but_how_many(hours, figures):
    hours.many(LEAST - 1)
    hours.fold()
    assert last_hour(figures) == HourFigures(
        at_us=NOON * HOUR_US, requests=LEAST - 1, counted=LEAST - 1
    )
    hours.put()
    hours.fold()
    assert last_hour(figures).uptime == 1.0
    assert last_hour(figures).first_token_ms.p50 == near(100)


OURS = [("failed", status) for status in (408, 422, 500, 502, 503, 504)] + [("interrupted", 200)]
THEIRS = [("failed", status) for status in (400, 401, 402, 403, 404, 413, 429)]


@pytest.mark.parametrize(("outcome", "status"), OURS)
def test_what_we_failed_at_counts_against_us(hours, figures, outcome, status):
    hours.many(LEAST)
    hours.put(outcome=outcome, status=status)
    hours.fold()
    found = last_hour(figures)
    assert (found.counted, found.uptime) == (LEAST + 1, LEAST / (LEAST + 1))


@pytest.mark.parametrize(("outcome", "status"), [*THEIRS, ("cancelled", 499)])
def test_what_a_client_did_counts_neither_way(hours, figures, outcome, status):
    hours.many(LEAST)
    hours.put(outcome=outcome, status=status)
    hours.put(ends=False)
    hours.fold()
    found = last_hour(figures)
    assert (found.requests, found.counted, found.uptime) == (LEAST + 2, LEAST, 1.0)


def test_the_speed_is_that_of_streams_that_were_done(hours, figures):
    hours.many(LEAST - 1)
    hours.put(streamed=False)
    hours.put(outcome="cancelled")
    hours.put(usage=Usage(1, 1))
    hours.put(duration_ms=149.0)
    hours.fold()
    assert last_hour(figures).tokens_per_second == Quantiles()
    hours.put()
    hours.fold()
    assert last_hour(figures).tokens_per_second.p99 == near(100)


def test_every_hour_of_the_span_is_there_the_oldest_first(hours, figures):
    hours.put(2)
    hours.many(3, 0)
    hours.fold()
    began = (NOON - 3) * HOUR_US
    found = figures.hours(PONY, began + 5, NOW_US)
    assert [each.at_us for each in found] == [began, began + HOUR_US, began + 2 * HOUR_US]
    assert [each.requests for each in found] == [0, 1, 0]
    assert figures.hours(PONY, began, NOW_US + 1)[-1].requests == 3
    assert figures.hours(PONY, NOW_US, NOW_US) == []


def test_a_day_is_its_hours_together(hours, figures):
    for hours_ago, took_ms in ((1, 200.0), (5, 400.0), (36, 800.0)):
        hours.many(10, hours_ago, duration_ms=took_ms)
    hours.put(outcome="failed", status=502)
    hours.fold()
    before, today = figures.days_quality(PONY, day(1), day(0))
    assert (before.requests, before.uptime, before.duration_ms) == (10, None, Quantiles())
    assert (today.requests, today.counted, today.uptime) == (21, 21, 20 / 21)
    assert today.duration_ms == Quantiles(near(200), near(400), near(400))
    assert today.at_us == NOW_US - 12 * HOUR_US


@given(
    made=st.lists(st.tuples(st.integers(0, 75), st.sampled_from([200.0, 900.0])), max_size=60),
    ends=st.tuples(st.integers(0, 80), st.integers(1, 80)),
)
@settings(max_examples=15, deadline=None)
def test_hours_together_are_what_a_recount_says(made, ends):
    since, until = NOON - max(ends), NOON - min(ends) + 1
    with tempfile.TemporaryDirectory() as data:
        hours = Hours(HandJournal(Path(data) / "journal"), Facts(Path(data)))
        for hours_ago, took_ms in made:
            hours.put(hours_ago, duration_ms=took_ms)
        hours.fold()
        figures = LedgerFigures(Path(data) / FACTS_FILE, lambda *_: [])
        found = figures.quality(PONY, since * HOUR_US, until * HOUR_US)
        took = sorted(ms for ago, ms in made if since <= NOON - ago < until)
        median = near(took[(len(took) + 1) // 2 - 1]) if len(took) >= LEAST else None
        told = (found.at_us, found.requests, found.counted, found.duration_ms.p50)
        assert told == (since * HOUR_US, len(took), len(took), median)
        assert found.uptime == (1.0 if len(took) >= LEAST else None)
        figures.close()
        hours.facts.close()


def test_what_an_hour_said_is_not_remembered_when_it_grows(hours, figures):
    hours.many(LEAST)
    hours.fold()
    assert last_hour(figures).duration_ms.p99 == near(1100)
    hours.many(LEAST, duration_ms=5000.0)
    hours.fold()
    assert last_hour(figures).duration_ms.p99 == near(5000)


@given(st.dictionaries(st.integers(-100, 900), st.integers(1, 50), min_size=1))
def test_quantiles_at_once_are_those_one_by_one(counts):
    held = Counter(counts)
    shares = (0.5, 0.9, 0.99)
    values = sorted(held.elements())
    ranked = [values[max(1, math.ceil(share * len(values))) - 1] for share in shares]
    found = histogram.percentiles(held, shares)
    assert found == [2 ** (bucket / 32) for bucket in ranked]
    assert found == [histogram.percentile([held], share) for share in shares]


# --- under an envelope ---


def test_under_an_envelope_nothing_of_the_pace_shows(hours, figures):
    hours.many(LEAST)
    hours.fold()
    seen = figures.hours(PONY, NOW_US - HOUR_US, NOW_US + 1)
    assert unpaced(seen, Rhythm(piece=9)) == seen
    shown = unpaced(seen, Rhythm(first_ms=800, chars_per_s=250))
    bare = HourFigures(at_us=NOON * HOUR_US, requests=LEAST, counted=LEAST, uptime=1.0)
    assert shown == [seen[0], bare]


# --- days and apps ---


def test_days_of_all_listings_or_of_one(traffic: Traffic, figures):
    traffic.generate(1, tokens=(10, 5, 2), listing=MULE)
    traffic.generate(1, tokens=(1, 1, 0), listing=PONY)
    traffic.generate(0, tokens=(2, 3, 1), listing=PONY)
    traffic.generate(4, listing=PONY)
    traffic.fold()
    rows = [
        (day(1), MULE, 1, 10, 5, 2),
        (day(1), PONY, 1, 1, 1, 0),
        (day(0), PONY, 1, 2, 3, 1),
    ]
    made = [DayFigures(**dict(zip(DayFigures.__struct_fields__, row, strict=True))) for row in rows]
    assert figures.days(day(3), day(0)) == made
    assert figures.days(day(3), day(0), PONY) == made[1:]
    assert figures.rankings(day(0), day(0))[0].tokens == 5
    assert figures.totals()[MULE].prompt_tokens == 10


def test_apps_of_all_listings_or_of_one(traffic: Traffic, figures):
    one, two = "https://one.example", "https://two.example"
    traffic.generate(1, tokens=(10, 5, 0), listing=MULE, app_url=one)
    traffic.generate(0, tokens=(10, 5, 0), listing=PONY, app_url=one)
    traffic.generate(0, tokens=(20, 5, 0), listing=PONY, app_url=two, app_title="Two")
    traffic.generate(0, tokens=(99, 5, 0), listing=PONY)
    traffic.generate(5, tokens=(99, 5, 0), listing=PONY, app_url=two)
    traffic.fold()

    def told(**more):
        return [
            (row.rank, row.name, row.tokens, row.requests)
            for row in figures.apps(day(4), day(0), **more)
        ]

    assert told() == [(1, "one.example", 30, 2), (2, "Two", 25, 1)]
    assert told(listing=PONY) == [(1, "Two", 25, 1), (2, "one.example", 15, 1)]
    assert told(listing=MULE) == [(1, "one.example", 15, 1)]
    assert told(limit=1) == [(1, "one.example", 30, 2)]
    assert figures.apps(day(4), day(0))[0].app == app_of(one, "").id


# --- topics ---


def topic(days_ago, listing, category, tokens):
    at = day(days_ago).toordinal() - date(1970, 1, 1).toordinal()
    return TopicDay(day=at, listing=listing, category=category, requests=1, tokens=tokens)


def test_rankings_of_a_category_count_only_what_was_asked_about_it(tmp_path):
    asked = []

    def topics(first, last, listing):
        asked.append((first, last, listing))
        return [
            topic(6, PONY, "legal", 5),
            topic(1, MULE, "legal", 9),
            topic(0, PONY, "legal", 7),
            topic(0, PONY, "marketing", 99),
            topic(0, MULE, "legal", 8),
        ]

    datasets = LedgerDatasets(tmp_path / FACTS_FILE, topics)
    rows = [(day(6), PONY, 5), (day(1), MULE, 9), (day(0), MULE, 8), (day(0), PONY, 7)]
    ranked = [RankingRow(day=at, listing=listing, tokens=tokens) for at, listing, tokens in rows]
    assert datasets.rankings(day(6), day(0), "day", "legal") == ranked
    weeks = datasets.rankings(day(6), day(0), "week", "legal")
    assert [(row.day, row.listing, row.tokens) for row in weeks] == [
        (day(6), MULE, 17),
        (day(6), PONY, 12),
    ]
    assert asked == [(day(6), day(0), None)] * 2
    assert datasets.rankings(day(6), day(0), "day", "marketing/seo") == []
    assert LedgerDatasets(tmp_path / FACTS_FILE).rankings(day(6), day(0), "day", "legal") == []
    datasets.close()
