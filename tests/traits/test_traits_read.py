"""Readers against a naive filter over a naive recount, and the indexes they stand on."""

import random
import re
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import desc, select
from traits_kit import HOUR_US, LISTINGS, NOON, House, end, explained, recount, start

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.traits.file import open_traits
from darkhorse.storage.ledger.traits.filters import conditions
from darkhorse.storage.ledger.traits.reader import LedgerTraits, _signatures
from darkhorse.storage.ledger.traits.tables import trait
from darkhorse.storage.ledger.traits.tally import troubles_in
from darkhorse.storage.ledger.traits.topics import LedgerTopics
from darkhorse.storage.traits import FACETS, Counts, TraitFilters, TraitRow
from darkhorse.wire.chunks import Usage

COUNT = 150
KEYS = ("aa" * 32, "aa" * 8 + "bb" * 24, "cc" * 32)  # two that begin alike
SPAN_US = 80 * HOUR_US
ANY_TIME = st.one_of(st.none(), st.integers(NOON - 1, NOON + SPAN_US))
APP = "https://one.example"


def frames_of(draw):
    """Hours and days of traffic, of all kinds; some moments are the same."""
    frames = []
    for number in range(COUNT):
        at_us = NOON + draw.randrange(SPAN_US // 1_000_000) * 1_000_000
        more = {
            "listing": draw.choice(LISTINGS),
            "key": draw.choice(KEYS),
            "person": draw.choice(["p", "q"]),
            "session": draw.choice(["", "s", "t"]),
            "app_url": draw.choice(["", APP]),
        }
        said = {
            "category": draw.choice(["programming", "general", "legal"]),
            "language": draw.choice(["", "en", "tl"]),
            "tools": draw.random() < 0.3,
            "said": draw.randrange(4),
        }
        frames.append((start(number, at_us=NOON if number < 9 else at_us, **more), said))
        outcome = draw.choice(["done", "done", "failed", "cancelled", "interrupted", None])
        if outcome:
            error = "timeout" if outcome == "failed" and number % 2 else ""
            told = {"troubles": draw.choice([(), (), ("cut",), ("refused", "cut")])}
            told["signature"] = f"broke {number % 3}" if outcome == "failed" else ""
            usage = draw.choice([None, Usage(7, 5, 2)])
            frames.append((end(number, outcome=outcome, error_type=error, usage=usage), told))
    return frames


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    frames = frames_of(random.Random(8))
    house = House(tmp_path_factory.mktemp("read"))
    for record, said in frames:
        house.add(record, **said)
    house.describe()
    reader = LedgerTraits(house.layout)
    yield reader, recount(frames), house
    reader.close()
    house.close()


FILTERS = st.builds(
    TraitFilters,
    listing=st.sampled_from([None, *LISTINGS, "stealth/nobody"]),
    since_us=ANY_TIME,
    until_us=ANY_TIME,
    key=st.sampled_from([None, None, *KEYS, "dd" * 32]),
    person=st.sampled_from([None, None, "p"]),
    session=st.sampled_from([None, None, "s", ""]),
    category=st.sampled_from([None, None, "legal", "general"]),
    language=st.sampled_from([None, None, "tl", ""]),
    app=st.sampled_from([None, None, 0]),
    outcome=st.sampled_from([None, None, "running", "done", "failed", "cancelled"]),
    trouble=st.sampled_from([None, None, "cut", "retried"]),
    error_type=st.sampled_from([None, None, "timeout", ""]),
    signature=st.sampled_from([None, None, "broke 1", ""]),
    tools=st.sampled_from([None, None, True, False]),
    is_amiss=st.booleans(),
)


SAME = ("listing", "key", "person", "session", "category", "language", "app", "tools")


def fits(row, filters):
    asked = {name: getattr(filters, name) for name in (*SAME, "error_type", "signature")}
    troubles = troubles_in(row["troubles"])
    return all(
        (
            all(value is None or row[name] == value for name, value in asked.items()),
            filters.since_us is None or row["at_us"] >= filters.since_us,
            filters.until_us is None or row["at_us"] < filters.until_us,
            filters.outcome is None or (row["outcome"] or "running") == filters.outcome,
            filters.trouble is None or filters.trouble in troubles,
            not filters.is_amiss or troubles or row["outcome"] in ("failed", "interrupted"),
        )
    )


@given(filters=FILTERS, limit=st.integers(1, 40))
@settings(max_examples=50, phases=(Phase.explicit, Phase.generate))
def test_rows_are_those_that_fit_newest_first(known, filters, limit):
    reader, (rows, _, _), _ = known
    expected = sorted(
        ((row["at_us"], row["id"]) for row in rows if fits(row, filters)), reverse=True
    )
    found, before = [], None
    while page := reader.rows(filters, limit=limit, before=before):
        found += [(row.at_us, row.id) for row in page]
        before = found[-1]
        assert len(page) <= limit
    assert found == expected


def test_a_row_says_what_is_known(known):
    reader, (rows, _, _), _ = known
    for row in rows:
        found = reader.row(row["id"])
        assert isinstance(found, TraitRow)
        has_ended = row["outcome"] is not None
        expected = {name: row[name] for name in TraitRow.__struct_fields__}
        expected |= {"troubles": troubles_in(row["troubles"]) if has_ended else ()}
        expected |= {"error_type": row["error_type"] if has_ended else None}
        assert msgspec.structs.asdict(found) == expected
    assert reader.row("gen-nobody") is None


HOURS = st.integers(-2, 82).map(lambda hour: NOON + hour * HOUR_US + 17)


@given(
    listing=st.sampled_from([None, *LISTINGS, "stealth/nobody"]),
    facet=st.sampled_from(FACETS),
    since_us=HOURS,
    until_us=HOURS,
)
@settings(max_examples=50, phases=(Phase.explicit, Phase.generate))
def test_sums_and_hours_are_those_of_the_span(known, listing, facet, since_us, until_us):
    reader, (_, hours, _), _ = known
    first, last = since_us // HOUR_US, until_us // HOUR_US
    by_hour = {}
    for (of, slug, hour, value), counts in hours.items():
        if of == facet and slug in (listing or LISTINGS) and first <= hour <= last:
            for name, count in counts.items():
                held = by_hour.setdefault((hour, value), {})
                held[name] = held.get(name, 0) + count
    found = reader.hours(listing, since_us, until_us, facet)
    assert [(each.hour, each.value) for each in found] == sorted(by_hour)
    assert {(each.hour, each.value): each.counts for each in found} == {
        key: Counts(**counts) for key, counts in by_hour.items()
    }
    sums = {}
    for (_, value), counts in by_hour.items():
        for name, count in counts.items():
            held = sums.setdefault(value, {})
            held[name] = held.get(name, 0) + count
    told = reader.sums(listing, since_us, until_us, facet)
    assert {each.value: each.counts for each in told} == {
        value: Counts(**counts) for value, counts in sums.items()
    }
    requests = [each.counts.requests for each in told]
    assert requests == sorted(requests, reverse=True)
    for of in ("requests", "refused"):
        ranked = sorted(told, key=lambda each: (-getattr(each.counts, of), each.value))
        some = [each for each in ranked if getattr(each.counts, of)][:2]
        assert reader.most(listing, since_us, until_us, facet, of=of, limit=2) == some


@pytest.mark.parametrize("listing", [None, LISTINGS[1]])
def test_failures_that_say_the_same(known, listing):
    reader, (rows, _, _), _ = known
    since, until = NOON + HOUR_US, NOON + 60 * HOUR_US
    said = {}
    for row in rows:
        if (
            row["signature"]
            and since <= row["at_us"] < until
            and row["listing"] in (listing or LISTINGS)
        ):
            said.setdefault((row["error_type"], row["signature"]), []).append(row)
    found = reader.signatures(listing, since, until)
    assert {(each[0], each[1]): (each[2], each[3]) for each in found} == {
        key: (len(those), max(those, key=lambda row: row["at_us"])["id"])
        for key, those in said.items()
    }
    counts = [each[2] for each in found]
    assert counts == sorted(counts, reverse=True)
    assert reader.signatures(listing, since, until, limit=1) == found[:1]


def test_topics_are_what_each_day_was_asked_about(known):
    _, (_, _, days), house = known
    topics = LedgerTopics(house.layout.traits)
    first = date(1970, 1, 1) + timedelta(days=NOON // HOUR_US // 24)
    expected = sorted(
        (day, slug, value, counts["requests"], counts_of_tokens(counts))
        for (facet, slug, day, value), counts in days.items()
        if facet == "category"
    )
    found = topics.topics(first, first + timedelta(days=9))
    assert [msgspec.structs.astuple(each) for each in found] == expected
    (first_day,) = {each.day for each in topics.topics(first, first)}
    assert first_day == expected[0][0]
    of_one = topics.topics(first, first + timedelta(days=9), listing=LISTINGS[0])
    assert of_one == [each for each in found if each.listing == LISTINGS[0]]
    topics.close()


def counts_of_tokens(counts):
    return counts.get("prompt_tokens", 0) + counts.get("completion_tokens", 0)


def test_before_anything_is_described_all_is_empty(tmp_path):
    reader, topics = LedgerTraits(Layout(tmp_path)), LedgerTopics(tmp_path / "traits.sqlite")
    for _ in range(2):
        assert reader.rows(TraitFilters()) == []
        assert reader.row("gen-1") is None
        assert reader.sums(None, 0, NOON, "all") == []
        assert reader.hours(None, 0, NOON, "all") == []
        assert reader.signatures(None, 0, NOON) == []
        assert reader.behind() is None
        assert topics.topics(date(2026, 1, 1), date(2026, 2, 1)) == []
        engine = open_facts(tmp_path / "traits.sqlite")  # a file of another shape
        engine.dispose()
    reader.close()
    topics.close()


def test_a_file_that_is_none_is_told_with_its_remedy(tmp_path):
    (tmp_path / "traits.sqlite").write_bytes(b"not a database, but as long as one" * 200)
    reader = LedgerTraits(Layout(tmp_path))
    with pytest.raises(ConfigError, match=r"traits\.sqlite: not usable .*darkhorse ledger repair"):
        reader.rows(TraitFilters())
    reader.close()
    with pytest.raises(ConfigError, match="darkhorse ledger repair"):
        open_traits(tmp_path / "traits.sqlite", 1)


def test_how_far_it_is_behind(tmp_path):
    house = House(tmp_path, batch=2)
    reader = LedgerTraits(house.layout)
    for number in range(3):
        house.add(start(number))
        house.add(end(number))
    house.chore.step()
    assert reader.behind() == 0  # nobody knows of more: nothing is folded or packed
    engine = open_facts(house.layout.facts)
    fold = Fold(engine, house.layout)
    fold.catch_up()
    assert reader.behind() == 4
    house.pack()
    house.chore.step()
    assert reader.behind() == 2
    house.describe()
    assert reader.behind() == 0
    fold.close()
    engine.dispose()
    reader.close()
    house.close()


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "trait_at"),
        ({"listing": LISTINGS[0]}, "trait_listing"),
        ({"key": KEYS[0], "listing": LISTINGS[0]}, "trait_key"),
        ({"key": KEYS[0], "category": "legal", "is_amiss": True}, "trait_key"),
        ({"person": "p", "outcome": "failed"}, "trait_person"),
        ({"session": "s", "key": KEYS[0]}, "trait_session"),
        ({"category": "legal"}, "trait_category"),
        ({"category": "legal", "listing": LISTINGS[0]}, "trait_listing_category"),
        ({"language": "tl"}, "trait_language"),
        ({"language": "tl", "listing": LISTINGS[0], "tools": True}, "trait_listing_language"),
        ({"app": 7, "listing": LISTINGS[0]}, "trait_app"),
        ({"outcome": "running"}, "trait_odd"),
        ({"outcome": "interrupted", "listing": LISTINGS[0]}, "trait_odd"),
        ({"trouble": "schema", "category": "legal"}, "trait_odd"),
        ({"error_type": "timeout", "since_us": 5}, "trait_odd"),
        ({"is_amiss": True, "listing": LISTINGS[0]}, "trait_odd"),
        ({"signature": "broke", "error_type": "timeout"}, "trait_signature"),
        ({"tools": True}, "trait_tools"),
        ({"tools": True, "listing": LISTINGS[0]}, "trait_listing_tools"),
    ],
)
def test_each_filter_has_its_index_and_nothing_is_sorted(known, asked, index):
    _, _, house = known
    for before in (None, (NOON, "gen-1")):
        query = (
            select(trait)
            .where(*conditions(TraitFilters(**asked), before))
            .order_by(desc(trait.c.at_us), desc(trait.c.id))
            .limit(50)
        )
        plan = explained(house, query)
        assert re.search(rf"USING INDEX {index}\b", plan), plan
        assert "TEMP B-TREE FOR ORDER" not in plan
        assert "SCAN trait" not in plan or index in ("trait_at", "trait_odd")


def test_failures_are_grouped_without_sorting(known):
    _, _, house = known
    plan = explained(house, _signatures(LISTINGS[0], 0, NOON))
    assert "COVERING INDEX trait_failure" in plan
    assert "TEMP B-TREE FOR GROUP" not in plan
