"""What keys have used, by day, week and month; and the days of an account."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from accounting_kit import DAY_US, HERS, MINE, NOW_US, TODAY, Traffic
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse.storage.accounting import NOTHING_USED, ActivityRow, KeyUse, Use
from darkhorse.storage.ledger.account import date_of, day_of
from darkhorse.wiring.accounting import Accounting

SUNDAY = date(2026, 2, 15)


def use(requests, usd=0):
    return Use(
        requests=requests,
        prompt_tokens=10 * requests,
        completion_tokens=5 * requests,
        micro_usd=usd,
    )


def test_today_is_the_day_it_is_said_to_be():
    assert date_of(TODAY) == SUNDAY
    assert datetime.fromtimestamp(NOW_US / 1_000_000, UTC).date() == SUNDAY


@given(st.dates())
def test_days_are_counted_from_the_epoch(day):
    assert date_of(day_of(day)) == day
    assert day_of(day) == (day - date(1970, 1, 1)).days


def test_a_week_begins_on_monday_and_a_month_on_the_first(traffic):
    for days_ago, usd in ((0, 1), (6, 10), (7, 100), (14, 1000), (15, 10_000)):
        traffic.generate(days_ago, usd=usd)
    traffic.fold()
    monday, first = SUNDAY - timedelta(6), SUNDAY - timedelta(14)
    assert (monday.weekday(), first.day) == (0, 1)
    [mine] = traffic.read.account.key_use([MINE], NOW_US).values()
    assert (mine.total, mine.today) == (use(5, 11_111), use(1, 1))
    assert (mine.week, mine.month) == (use(2, 11), use(4, 1111))


def test_each_key_has_its_own_and_an_unknown_one_nothing(traffic):
    last, _ = traffic.generate(key=MINE, listing="a/one")
    traffic.generate(9, key=MINE, listing="b/two")
    traffic.generate(1, key=HERS)
    traffic.fold()
    found = traffic.read.account.key_use(["c3" * 32, HERS, MINE], NOW_US)
    assert list(found) == ["c3" * 32, HERS, MINE]
    assert found["c3" * 32] == NOTHING_USED
    assert (found[MINE].total, found[HERS].total) == (use(2), use(1))
    assert found[MINE].last_used_us == last.at_us
    assert traffic.read.account.key_use([], NOW_US) == {}


def test_one_that_runs_was_used_and_cost_nothing_yet(traffic):
    begun = traffic.begin()
    traffic.journal.append(begun)
    traffic.fold()
    found = traffic.read.account.key_use([MINE], NOW_US)[MINE]
    assert found == KeyUse(last_used_us=begun.at_us)


def test_more_keys_than_one_question_holds(traffic):
    keys = [f"{number:064x}" for number in range(1203)]
    for key in keys[::300]:
        traffic.generate(key=key)
    traffic.fold()
    found = traffic.read.account.key_use(keys, NOW_US)
    assert [key for key in keys if found[key].total.requests] == keys[::300]


def test_activity_is_by_day_and_listing(traffic):
    traffic.many(2, 1, usd=3)
    traffic.generate(1, listing="b/two", key=HERS)
    traffic.generate(2, key=HERS)
    traffic.generate(0)
    traffic.generate(31)
    traffic.fold()
    read = traffic.read.account
    first, last = SUNDAY - timedelta(30), SUNDAY - timedelta(1)

    def row(days_ago, listing, requests, usd=0):
        return ActivityRow(
            day=SUNDAY - timedelta(days_ago),
            listing=listing,
            requests=requests,
            prompt_tokens=10 * requests,
            completion_tokens=5 * requests,
            reasoning_tokens=2 * requests,
            micro_usd=usd,
        )

    assert read.activity(first, last) == [
        row(1, "a/one", 2, 6),
        row(1, "b/two", 1),
        row(2, "a/one", 1),
    ]
    assert read.activity(first, last, HERS) == [row(1, "b/two", 1), row(2, "a/one", 1)]
    assert read.activity(first, last, "c3" * 32) == []
    assert read.activity(last, last, MINE) == [row(1, "a/one", 2, 6)]


def test_money_is_of_everybody_ever(traffic):
    assert traffic.read.account.spent_micro_usd() == 0
    traffic.generate(usd=5)
    traffic.generate(400, key=HERS, usd=7)
    traffic.fold()
    assert traffic.read.account.spent_micro_usd() == 12


@pytest.mark.parametrize("content", [None, b""])
def test_without_facts_nothing_was_used(tmp_path, content):
    if content is not None:
        (tmp_path / "facts.sqlite").write_bytes(content)
    read = Accounting(tmp_path)
    assert read.account.key_use([MINE], NOW_US) == {MINE: NOTHING_USED}
    assert read.account.activity(SUNDAY, SUNDAY) == []
    assert read.account.spent_micro_usd() == 0
    assert read.datasets.rankings(SUNDAY, SUNDAY) == []
    assert read.datasets.apps(SUNDAY, SUNDAY) == []
    assert read.datasets.session_costs(SUNDAY, 7) == []
    read.close()


@settings(max_examples=30)  # each is a fold and a look at files
@given(
    st.lists(
        st.tuples(
            st.integers(0, 40), st.sampled_from([MINE, HERS]), st.integers(0, 9), st.booleans()
        ),
        max_size=25,
    )
)
def test_the_days_add_up_to_a_plain_recount(tmp_path_factory, made):
    traffic = Traffic(tmp_path_factory.mktemp("data"))
    spent, days = Counter(), Counter()
    for days_ago, key, usd, folds in made:
        begun, _ = traffic.generate(days_ago, key=key, usd=usd)
        spent[key] += usd
        days[key, begun.at_us // DAY_US] += 1
        if folds:
            traffic.fold()
    traffic.fold()
    read, first = traffic.read.account, date_of(TODAY - 50)
    for key in (MINE, HERS):
        rows = read.activity(first, SUNDAY, key)
        assert {day_of(row.day): row.requests for row in rows} == {
            day: count for (whose, day), count in days.items() if whose == key
        }
        assert read.key_use([key], NOW_US)[key].total.micro_usd == spent[key]
    assert read.spent_micro_usd() == sum(spent.values())
    traffic.close()
