"""Figures of any span, held against a plain recount; and one generation with its frames."""

import itertools
import random
from collections import Counter

import pytest
from facts_kit import LISTINGS, end, start
from table_kit import HOUR_US

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.facts import FACTS_FILE
from darkhorse.storage.ledger.insight.recorded import LedgerRecorded
from darkhorse.storage.ledger.insight.spans import LedgerSpans
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.records import Attempt
from darkhorse.wire.chunks import Usage
from darkhorse.wiring.insight import Insight

FIRST = 490_000 * HOUR_US  # not the first hour of a day
OUTCOMES = ("done", "done", "done", "failed", "cancelled", "interrupted", None)


@pytest.fixture
def spans(tmp_path):
    reader = LedgerSpans(tmp_path / FACTS_FILE)
    yield reader
    reader.close()


@pytest.fixture
def records(tmp_path):
    reader = LedgerRecorded(Layout(tmp_path))
    yield reader
    reader.close()


def traffic(journal, count=200, hours=60):
    """Random generations; what was dealt, as (listing, hour, person, outcome)."""
    draw, dealt = random.Random(8), []
    for number in range(count):
        listing, hour = draw.choice(LISTINGS), draw.randrange(hours)
        person, outcome = f"p{draw.randrange(40)}", draw.choice(OUTCOMES)
        at_us = FIRST + hour * HOUR_US + draw.randrange(HOUR_US)
        journal.append(start(number, at_us=at_us, listing=listing, person=person, prompt_tokens=7))
        if outcome:
            journal.append(end(number, outcome=outcome, usage=Usage(7, 11), first_token_ms=100.0))
        dealt.append((listing, hour, person, outcome))
    return dealt


def counted(dealt):
    outcomes = Counter(outcome for *_, outcome in dealt)
    ended = len(dealt) - outcomes[None]
    return (
        len(dealt),
        ended,
        outcomes["done"],
        outcomes["failed"] + outcomes["interrupted"],
        outcomes["cancelled"],
        len({person for _, _, person, _ in dealt}),
        11 * ended,
    )


def told(use):
    return (
        use.requests,
        use.ended,
        use.done,
        use.failed,
        use.cancelled,
        use.people,
        use.completion_tokens,
    )


@pytest.mark.parametrize("step", [1, 24])
@pytest.mark.parametrize("listing", [*LISTINGS, None])
def test_a_span_is_what_began_in_it(journal, facts, spans, listing, step):
    dealt = traffic(journal)
    facts.fold.catch_up()
    for first, last in ((0, 60), (5, 29), (30, 31), (70, 80)):
        seen = spans.span(listing, FIRST + first * HOUR_US, FIRST + last * HOUR_US, step)
        those = [each for each in dealt if first <= each[1] < last and listing in (None, each[0])]
        assert told(seen.total) == counted(those)
        assert sum(each.requests for each in seen.steps) == len(those)
        assert seen.first_us % (step * HOUR_US) == 0
        assert seen.first_us <= FIRST + first * HOUR_US < seen.first_us + step * HOUR_US
        ended = [each for each in those if each[3]]
        assert (seen.total.first_token_ms.p50 is None) == (not ended)


def test_an_hour_that_goes_on_is_counted_anew(journal, facts, spans):
    for number in range(3):
        journal.append(start(number, at_us=FIRST), end(number, outcome="done"))
        facts.fold.catch_up()
        assert spans.span(None, FIRST, FIRST + HOUR_US, 1).total.done == number + 1


def test_without_facts_there_is_nothing(spans, records):
    assert spans.span(None, FIRST, FIRST + HOUR_US, 1).total.requests == 0
    assert spans.first_us(None) is None
    assert spans.app_names({1}) == {}
    assert spans.endpoints(None, FIRST, FIRST + HOUR_US) == []
    assert spans.now(None, FIRST).running == 0
    assert records.recorded("gen-1") is None


def test_apps_have_their_title_or_their_host(journal, facts, spans):
    named = {"app_url": "https://one.example", "app_title": "One"}
    journal.append(start(1, **named), start(2, app_url="https://two.example", app_title=""))
    facts.fold.catch_up()
    one, two = app_of(*named.values()).id, app_of("https://two.example", "").id
    assert spans.app_names({one, two, 0, 7}) == {one: "One", two: "two.example"}
    assert spans.app_names(()) == {}


def test_what_is_warm_is_the_same_and_of_a_broken_file_nothing_is(journal, facts, tmp_path):
    traffic(journal)
    facts.fold.catch_up()
    now_us, day_us = FIRST + 60 * HOUR_US - 1, 24 * HOUR_US
    warm, cold = Insight(tmp_path), LedgerSpans(tmp_path / FACTS_FILE)
    warm.warm(now_us)
    asked = (None, FIRST - 10 * day_us, FIRST + 60 * HOUR_US, 24)
    assert warm.spans.span(*asked) == cold.span(*asked)
    assert warm.spans.endpoints(*asked[:3]) == cold.endpoints(*asked[:3])
    cold.close()
    warm.close()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / FACTS_FILE).write_bytes(b"no database, but as long as one " * 200)
    broken = Insight(tmp_path / "broken")
    broken.warm(now_us)
    broken.close()


def test_endpoints_and_the_first_hour(journal, facts, spans):
    tries = (
        Attempt(endpoint="east", duration_ms=5, outcome="connect"),
        Attempt(endpoint="east", duration_ms=80, outcome="ok"),
    )
    for number in range(2):
        listing = LISTINGS[number]
        journal.append(
            start(number, at_us=FIRST + number * HOUR_US, listing=listing),
            end(number, outcome="done", attempts=tries),
        )
    facts.fold.catch_up()
    until = FIRST + 2 * HOUR_US
    (east,) = spans.endpoints(LISTINGS[0], FIRST, until)
    assert (east.name, east.requests, east.failures) == ("east", 2, 1)
    assert east.p50_ms == pytest.approx(80, rel=0.02)
    names = [each.name for each in spans.endpoints(None, FIRST, until)]
    assert names == sorted(f"{each}: east" for each in LISTINGS)
    assert spans.endpoints(LISTINGS[1], FIRST, FIRST + HOUR_US) == []
    assert spans.first_us(None) == FIRST
    assert spans.first_us(LISTINGS[1]) == FIRST + HOUR_US


def test_now_is_of_one_listing_or_of_all(journal, facts, spans):
    now_us = FIRST + HOUR_US // 2
    for number in range(4):
        journal.append(start(number, at_us=now_us - 1_000_000, listing=LISTINGS[number % 2]))
    journal.append(end(0, outcome="done"))
    facts.fold.catch_up()
    assert spans.now(None, now_us).running == 3
    assert spans.now(None, now_us).minute.requests == 4
    assert spans.now(LISTINGS[0], now_us).running == 1
    assert spans.now(LISTINGS[0], now_us).five_minutes.outcomes == {"done": 1, "running": 1}


def pack(data, journal):
    ids = itertools.count(journal.number << 32)
    packer = Packer(
        Layout(data),
        disk=RealDisk(),
        clock=_Clock(),
        new_file_id=lambda: next(ids),
        newest_too=True,
    )
    while packer.step():
        pass
    packer.close()
    journal.begin_file()


class _Clock:
    def now_us(self):
        return FIRST

    def monotonic(self):
        return 0.0


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_generation_has_its_frames_wherever_they_are(
    tmp_path, journal, facts, records, is_packed
):
    journal.append(start(1, person="p"), body=b'{"messages":[]}')
    journal.append(end(1, outcome="failed", error_type="timeout"), body=b'{"content":"so far"}')
    journal.append(start(2), body=b'{"messages":[2]}')
    facts.fold.catch_up()
    if is_packed:
        pack(tmp_path, journal)
    found = records.recorded("gen-1")
    assert (found.start.person, found.end.error_type) == ("p", "timeout")
    assert (found.request, found.answer.content) == (b'{"messages":[]}', "so far")
    running = records.recorded("gen-2")
    assert (running.end, running.answer, running.request) == (None, None, b'{"messages":[2]}')


def test_a_frame_that_is_gone_is_not_another_one(journal, facts, records):
    journal.append(start(1), end(1, outcome="done"))
    facts.fold.catch_up()
    journal.path.write_bytes(b"\0" * journal.path.stat().st_size)
    assert records.recorded("gen-1") is None
