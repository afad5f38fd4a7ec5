"""What the operator sees of a launch, held against a plain recount of its generations."""

import math
import random

import msgspec
import pytest
from facts_kit import LISTINGS, end, start
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.storage.figures import Quantiles
from darkhorse.storage.launch_view import EndpointUse, LaunchTotal, LaunchView
from darkhorse.storage.ledger import histogram
from darkhorse.storage.ledger.facts import FACTS_FILE
from darkhorse.storage.ledger.operator import OperatorFacts
from darkhorse.storage.records import Attempt
from darkhorse.wire.chunks import Usage
from darkhorse.wiring.facts import LaunchDesk

PONY = LISTINGS[0]
SECOND = 1_000_000
HOUR = 3600 * SECOND
NOW = 500_000 * HOUR + 600 * SECOND  # ten past


@pytest.fixture
def view(tmp_path):
    reader = OperatorFacts(tmp_path / FACTS_FILE)

    def look(now_us=NOW, live_us=None):
        return reader.launch_view(PONY, now_us, live_us)

    yield look
    reader.close()


def begun(number, seconds_ago, **more):
    return start(number, **{"listing": PONY, "at_us": NOW - int(seconds_ago * SECOND), **more})


def done(number, **more):
    return end(number, **{"outcome": "done", "usage": Usage(100, 50), **more})


def test_the_last_minute_and_five(journal, facts, view):
    journal.append(
        begun(0, 400, person="p"),  # too old for both
        begun(1, 299, person="p", key="a", streamed=True),
        done(1, first_token_ms=100.0, duration_ms=1100.0),
        begun(2, 59, person="q", key="b"),
        done(2, outcome="failed", finish="error", error_type="timeout", usage=None),
        begun(3, 59, person="", key="b"),
        begun(4, 1, person="q", key="b", streamed=True),
        done(4, first_token_ms=300.0, duration_ms=400.0, finish="length"),
        begun(5, 1, listing=LISTINGS[1]),
        begun(6, -1),  # the clock has been set back
    )
    facts.fold.catch_up()
    seen = view()
    minute, five = seen.minute, seen.five_minutes
    assert (minute.requests, five.requests) == (3, 4)
    assert (minute.people, five.people) == (1, 2)
    assert (minute.keys, five.keys) == (1, 2)
    assert minute.outcomes == {"failed": 1, "running": 1, "done": 1}
    assert five.finishes == {"stop": 1, "error": 1, "length": 1}
    assert minute.errors == five.errors == {"timeout": 1}
    assert minute.prompt_tokens_per_minute == 12 + 13 + 100
    assert five.completion_tokens_per_minute == 100 / 5
    assert five.duration_ms == Quantiles(400.0, 1100.0, 1100.0)
    assert minute.duration_ms == Quantiles(400.0, 400.0, 400.0)
    assert five.tokens_per_second == Quantiles(49.0, 490.0, 490.0)
    assert seen.running == 3


def test_the_speed_is_that_of_streams_with_time_between_their_tokens(journal, facts, view):
    cases = (
        (False, 50, 100.0, 1100.0),  # an unstreamed answer's first token is its end
        (True, 50, 100.0, 149.9),  # at once
        (True, 1, 100.0, 1100.0),
        (True, 50, None, 1100.0),
    )
    for number, (streamed, tokens, first, whole) in enumerate(cases):
        journal.append(
            begun(number, 30, streamed=streamed),
            done(number, usage=Usage(1, tokens), first_token_ms=first, duration_ms=whole),
        )
    facts.fold.catch_up()
    assert view().minute.tokens_per_second == Quantiles()
    journal.append(
        begun(9, 30, streamed=True),
        done(9, usage=Usage(1, 2), first_token_ms=100.0, duration_ms=150.0),
    )
    facts.fold.catch_up()
    assert view().minute.tokens_per_second == Quantiles(20.0, 20.0, 20.0)


def test_an_hour_is_the_one_it_began_in(journal, facts, view):
    last = 601  # seconds ago, so in the hour before
    journal.append(
        begun(0, last, person="p"),
        begun(2, last, person="p"),
        begun(4, last, person="q"),
        begun(6, 0, person="q"),
        done(0, duration_ms=1000.0, first_token_ms=10.0),
        done(2, outcome="interrupted", usage=None),
        done(4, outcome="cancelled", usage=Usage(10, 1), first_token_ms=80.0),
    )
    facts.fold.catch_up()
    before, current = view().hours[-2:]
    assert before.at_us == NOW - 4200 * SECOND
    assert (before.requests, before.people, before.errors, before.cancelled) == (3, 2, 1, 1)
    assert (before.prompt_tokens, before.completion_tokens) == (100 + 12 + 10, 51)
    assert before.duration_ms.p50 == pytest.approx(1000, rel=0.012)
    assert before.first_token_ms.p50 == pytest.approx(12.5, rel=0.012)
    assert before.first_token_ms.p99 == pytest.approx(80, rel=0.012)
    assert (current.requests, current.people, current.duration_ms) == (1, 1, Quantiles())
    assert len(view().hours) == 24
    assert view().running == 1


def test_a_total_counts_each_person_once_and_from_the_hour_it_went_live(journal, facts, view):
    journal.append(begun(0, 30 * 3600, person="p"), done(0))
    journal.append(begun(2, 5 * 3600, person="p"), done(2, outcome="failed", usage=None))
    journal.append(begun(4, 1, person="q"), done(4, outcome="cancelled"))
    facts.fold.catch_up()
    assert view().total == LaunchTotal(
        requests=3, prompt_tokens=212, completion_tokens=100, people=2, errors=1, cancelled=1
    )
    assert view(live_us=NOW - 5 * HOUR).total.requests == 2
    assert view(live_us=NOW - 5 * HOUR).total.people == 2
    assert view(live_us=NOW).total == LaunchTotal(
        requests=1, prompt_tokens=100, completion_tokens=50, people=1, cancelled=1
    )


def test_endpoints_are_counted_by_attempts(journal, facts, view):
    failed = Attempt(endpoint="one", duration_ms=5, outcome="timeout")
    good = Attempt(endpoint="two", duration_ms=200, outcome="ok")
    cut = Attempt(endpoint="two", duration_ms=9, outcome="cut")
    journal.append(
        *(begun(number, 7200) for number in range(3)),
        done(0, attempts=(failed, failed, good)),
        done(1, attempts=(cut,), outcome="cancelled"),
        done(2, attempts=(cut,), outcome="failed"),
        begun(3, 25 * 3600),
        done(3, attempts=(failed,)),
    )
    facts.fold.catch_up()
    one, two = view().endpoints
    assert one == EndpointUse(name="one", requests=2, failures=2, p50_ms=None)
    assert (two.name, two.requests, two.failures) == ("two", 3, 1)
    assert two.p50_ms == pytest.approx(200, rel=0.012)


def test_what_runs_longer_than_any_answer_is_not_running(journal, facts, view):
    journal.append(begun(0, 3 * 3600), begun(1, 601 + 3600), begun(2, 0))
    facts.fold.catch_up()
    assert view().running == 2


def test_a_day_of_traffic_is_what_a_plain_recount_says(journal, facts, view):
    chance = random.Random(5)
    rows = [
        (
            begun(number, chance.uniform(0, 30 * 3600), person=f"p{chance.randrange(40)}"),
            done(number, duration_ms=chance.lognormvariate(6, 1), outcome=chance.choice(OUTCOMES)),
        )
        for number in range(1500)
    ]
    for first in range(0, 1500, 100):
        journal.append(*(s for s, _ in rows[first : first + 100]))
        journal.append(*(e for _, e in rows[first : first + 100]))
        facts.fold.catch_up()
    for hour in view().hours:
        there = [(s, e) for s, e in rows if s.at_us // HOUR == hour.at_us // HOUR]
        assert hour.requests == len(there)
        assert hour.people == len({s.person for s, _ in there})
        assert hour.cancelled == sum(e.outcome == "cancelled" for _, e in there)
        assert hour.errors == sum(e.outcome in ("failed", "interrupted") for _, e in there)
        whole = sorted(e.duration_ms for _, e in there if e.outcome == "done")
        for share, found in zip((0.5, 0.9, 0.99), astuple(hour.duration_ms), strict=True):
            assert found == pytest.approx(whole[math.ceil(share * len(whole)) - 1], rel=0.012)
    assert view().total.requests == 1500
    assert view().total.people == 40
    assert facts.fold.apply([]) == 0


OUTCOMES = ["done", "done", "done", "failed", "cancelled", "interrupted"]


def astuple(spread):
    return msgspec.structs.astuple(spread)


def test_it_goes_to_json_and_back(journal, facts, view):
    journal.append(begun(0, 1), done(0))
    facts.fold.catch_up()
    assert msgspec.convert(msgspec.to_builtins(view()), LaunchView) == view()


def test_before_there_are_facts_it_says_so(tmp_path, view):
    assert not view().folded
    assert list(tmp_path.iterdir()) == []
    (tmp_path / FACTS_FILE).touch()
    assert not view().folded
    assert len(view().hours) == 24


def test_facts_of_another_shape_are_none(journal, facts, view):
    journal.append(begun(0, 1))
    facts.fold.catch_up()
    assert view().folded
    with facts.engine.begin() as connection:
        connection.execute(text("UPDATE shape SET number = 1"))
    assert not view().folded
    assert view().running == 0


def test_a_file_that_is_no_database_is_one_sentence(tmp_path):
    (tmp_path / FACTS_FILE).write_bytes(b"not a database, but long enough to look at" * 50)
    desk = LaunchDesk(tmp_path, SystemClock())
    with pytest.raises(ConfigError, match="stop the server and run `darkhorse ledger repair`"):
        desk.view(PONY)
    desk.close()


def test_old_tables_go_with_their_shape(journal, facts):
    with facts.engine.begin() as connection:
        connection.execute(text("UPDATE shape SET number = 1"))
        connection.execute(text("CREATE TABLE long_ago (it INTEGER)"))
    facts.restart()
    found = facts.rows("SELECT name FROM sqlite_master WHERE name = 'long_ago'")
    assert found == []


# --- histograms ---

DURATIONS = st.lists(st.floats(0.1, 1e9), max_size=50)


@given(DURATIONS, DURATIONS, st.floats(0.01, 1))
def test_a_percentile_of_two_histograms_is_that_of_all(one, other, share):
    texts = []
    for values in (one, other):
        counts = histogram.Histogram()
        for value in values:
            histogram.put(counts, value)
        texts.append(histogram.merged("{}", counts))
    merged = histogram.merged(texts[0], histogram.parse(texts[1]))
    found = histogram.percentile(map(histogram.parse, texts), share)
    assert histogram.percentile([histogram.parse(merged)], share) == found
    every = sorted(one + other)
    if not every:
        assert found is None
        return
    exact = every[max(1, math.ceil(share * len(every))) - 1]
    assert found == pytest.approx(exact, rel=0.012)


@pytest.mark.parametrize("ms", [0.0, -5.0, 1e300])
def test_an_impossible_duration_is_counted_at_the_edge(ms):
    counts = histogram.Histogram()
    histogram.put(counts, ms)
    assert counts.total() == 1
    assert 0.09 < histogram.percentile([counts], 0.5) < 1.02e9
