"""What anybody may know: listings and apps by use, conversations by cost."""

import statistics
from collections import defaultdict
from datetime import date, timedelta

import pytest
from accounting_kit import HERS, Traffic
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from darkhorse.storage.accounting import AppRow, RankingRow, SessionCost
from darkhorse.storage.apps import app_of

SUNDAY = date(2026, 2, 15)


def day(days_ago):
    return SUNDAY - timedelta(days_ago)


def ranked(days_ago, listing, tokens):
    return RankingRow(day=day(days_ago), listing=listing, tokens=tokens)


# --- listings ---


def test_tokens_of_prompt_and_answer_by_day_most_first(traffic):
    traffic.generate(1, tokens=(10, 5, 2), listing="a/one")
    traffic.generate(1, tokens=(20, 5, 2), listing="b/two", key=HERS)
    traffic.generate(1, tokens=(7, 3, 0), listing="a/one")
    traffic.generate(2, tokens=(1, 1, 0), listing="b/two")
    traffic.generate(5, tokens=(1, 1, 0), listing="b/two")
    traffic.fold()
    assert traffic.read.datasets.rankings(day(4), day(0)) == [
        ranked(2, "b/two", 2),
        ranked(1, "a/one", 25),  # of two as large, by name
        ranked(1, "b/two", 25),
    ]


def test_weeks_begin_on_monday_and_months_on_the_first(traffic):
    for days_ago in (0, 6, 7, 14, 15):
        traffic.generate(days_ago, tokens=(1, 0, 0))
    traffic.fold()
    read = traffic.read.datasets
    assert read.rankings(day(20), day(0), "week") == [
        ranked(20, "a/one", 2),
        ranked(13, "a/one", 1),
        ranked(6, "a/one", 2),
    ]
    assert read.rankings(day(20), day(0), "month") == [
        RankingRow(day=date(2026, 1, 1), listing="a/one", tokens=1),
        RankingRow(day=date(2026, 2, 1), listing="a/one", tokens=4),
    ]


def test_behind_the_first_fifty_there_is_one_row(traffic):
    for number in range(53):
        traffic.generate(1, tokens=(100 + number, 0, 0), listing=f"a/{number:02}")
    traffic.fold()
    rows = traffic.read.datasets.rankings(day(1), day(1))
    assert len(rows) == 51
    assert (rows[0], rows[-1]) == (ranked(1, "a/52", 152), ranked(1, "other", 100 + 101 + 102))


# --- apps ---


def app_row(rank, url, title, tokens, requests):
    app = app_of(url, title)
    name = app.name or app.slug
    return AppRow(rank=rank, app=app.id, slug=app.slug, name=name, tokens=tokens, requests=requests)


def test_apps_that_named_themselves_are_ranked(traffic):
    traffic.generate(1, tokens=(9, 1, 0), app_url="https://big.example/chat", app_title="Big")
    traffic.generate(2, tokens=(9, 1, 0), app_url="http://www.big.example", app_title="Bigger!")
    traffic.generate(1, tokens=(4, 1, 0), app_title="Small one")
    traffic.generate(1, tokens=(4, 1, 0), app_url="https://bare.example")
    traffic.generate(1, tokens=(99, 1, 0))
    traffic.generate(9, tokens=(99, 1, 0), app_title="Small one")
    traffic.fold()
    assert traffic.read.datasets.apps(day(3), day(0)) == [
        app_row(1, "https://big.example", "Big", 20, 2),
        app_row(2, "https://bare.example", "", 5, 1),
        app_row(3, "", "Small one", 5, 1),
    ]


def test_the_first_name_stays(traffic):
    for title in ("", "Real name", "A stranger was here"):
        traffic.generate(app_url="https://app.example", app_title=title)
        traffic.fold()
    [row] = traffic.read.datasets.apps(day(0), day(0))
    assert (row.name, row.slug, row.requests) == ("Real name", "app.example", 3)


def test_a_trend_is_what_is_more_than_in_the_three_spans_before(traffic):
    for days_ago, tokens in ((0, 50), (1, 50), (2, 30), (5, 30), (7, 30), (8, 1000)):
        traffic.generate(days_ago, tokens=(tokens, 0, 0), app_title="Growing")
    traffic.generate(0, tokens=(80, 0, 0), app_title="New")
    traffic.generate(0, tokens=(10, 0, 0), app_title="Falling")
    traffic.generate(3, tokens=(60, 0, 0), app_title="Falling")
    traffic.fold()
    assert traffic.read.datasets.apps(day(1), day(0), "trending") == [
        app_row(1, "", "New", 80, 1),
        app_row(2, "", "Growing", 100, 2),  # 70 more than the mean
    ]


# --- conversations ---


def talk(traffic, session, costs, *, days_ago=1, **more):
    """A conversation, by a key of its own where none is named."""
    usual = {"app_title": "Agent", "key": f"key of {session}"}
    for usd in costs:
        traffic.generate(days_ago, usd=usd, session=session, **{**usual, **more})


def cost(turns, median, listing="a/one"):
    return SessionCost(
        app_slug="agent", app_name="Agent", listing=listing, turns=turns, median_micro_usd=median
    )


def test_medians_by_app_listing_and_length(traffic):
    for number in range(6):
        talk(traffic, f"short {number}", [10 * number])
        talk(traffic, f"long {number}", [1] * (10 + number), listing="b/two")
    for number in range(5):
        talk(traffic, f"middle {number}", [number] * 9)
    traffic.fold()
    assert traffic.read.datasets.session_costs(day(0), 7) == [
        cost("1-turn", 25),
        cost("2-9-turns", 18),
        cost("10-49-turns", 12.5, "b/two"),
    ]


def test_few_keys_say_nothing_however_much_they_talk(traffic):
    for number in range(20):
        talk(traffic, f"talk {number}", [7], key=f"{number % 4}")
        talk(traffic, f"talk {number}", [7, 7], key=f"{number % 4}", listing="b/two")
    traffic.fold()
    assert traffic.read.datasets.session_costs(day(0), 7) == []
    talk(traffic, "talk 20", [8], key="one more")
    talk(traffic, "long ago", [7, 7], key="one more", listing="b/two", days_ago=9)
    talk(traffic, "as long", [7, 7], key="one more", app_title="Another")
    traffic.fold()
    assert traffic.read.datasets.session_costs(day(0), 7) == [cost("1-turn", 7)]


def test_cells_of_few_keys_are_not_looked_into(traffic):
    for number in range(9):
        talk(traffic, f"talk {number}", [number], key=f"{number % 4}")
    traffic.fold()
    asked = []
    datasets = traffic.read.datasets
    event.listen(
        datasets._facts._engine, "before_cursor_execute", lambda *words: asked.append(words[2])
    )
    assert datasets.session_costs(day(0), 7) == []
    assert asked
    assert not [query for query in asked if "micro_usd" in query]
    talk(traffic, "one more", [9], key="one more")
    traffic.fold()
    assert datasets.session_costs(day(0), 7) == [cost("1-turn", 4.5)]
    assert [query for query in asked if "micro_usd" in query]


def test_few_conversations_say_nothing(traffic):
    for number in range(4):
        talk(traffic, f"talk {number}", [1])
    traffic.fold()
    assert traffic.read.datasets.session_costs(day(0), 7) == []
    talk(traffic, "talk 4", [1])
    traffic.fold()
    assert traffic.read.datasets.session_costs(day(0), 7) == [cost("1-turn", 1)]


@pytest.mark.parametrize("more", [{"session": ""}, {"app_title": ""}])
def test_who_names_no_app_or_no_session_is_in_no_cell(traffic, more):
    for number in range(9):
        traffic.generate(
            1, **{"session": f"{number}", "key": f"{number}", "app_title": "Agent", **more}
        )
    traffic.fold()
    assert traffic.read.datasets.session_costs(day(0), 7) == []


def test_a_conversation_belongs_to_the_day_of_its_newest_turn(traffic):
    for number in range(5):
        talk(traffic, f"{number}", [1], days_ago=8)
        talk(traffic, f"{number}", [1], days_ago=2)
        talk(traffic, f"{number}", [1], days_ago=5)  # folded late
    traffic.fold()
    read = traffic.read.datasets
    assert read.session_costs(day(2), 1) == [cost("2-9-turns", 3)]
    assert read.session_costs(day(3), 7) == []


@settings(max_examples=30)  # each is a fold and a look at files
@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4), min_size=5, max_size=12))
def test_the_median_is_the_median(tmp_path_factory, talks):
    traffic = Traffic(tmp_path_factory.mktemp("data"))
    sums = defaultdict(list)
    for number, costs in enumerate(talks):
        talk(traffic, f"{number}", costs)
        sums["1-turn" if len(costs) == 1 else "2-9-turns"].append(sum(costs))
    traffic.fold()
    assert traffic.read.datasets.session_costs(day(0), 7) == [
        cost(turns, statistics.median(sums[turns]))
        for turns in ("1-turn", "2-9-turns")
        if len(sums[turns]) >= 5
    ]
    traffic.close()
