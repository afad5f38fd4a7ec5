"""The launch report's figures, from a record made by hand through the real fold."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from launch_report_kit import DAY_US, HOUR_US, LIVE, NOW, PONY, Record, launch

from darkhorse.analytics.report.page import render
from darkhorse.analytics.report.plots import growth_plot, load_plot
from darkhorse.analytics.report.public import published
from darkhorse.analytics.report.shape import Day, Named, Stability, Step
from darkhorse.analytics.report.shares import LEAST, differ, share_of, wilson
from darkhorse.catalog.audits import Audit, Finding
from darkhorse.catalog.launch import Move, Reveal
from darkhorse.storage.figures import Quantiles
from darkhorse.storage.launch_view import EndpointUse
from darkhorse.storage.notes import Note
from darkhorse.storage.reports import Feedback, Report
from darkhorse.wire.chunks import Withheld

NEXT = LIVE + DAY_US
CODE, PLAY, TALK = ({"category": each} for each in ("programming", "roleplay", "general"))


@pytest.fixture
def record(tmp_path):
    made = Record(tmp_path)
    yield made
    made.close()


@pytest.fixture
def traffic(record):
    return filled(record)


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """The same, for tests that put nothing into it."""
    made = filled(Record(tmp_path_factory.mktemp("known")))
    yield made
    made.close()


def filled(record):
    """Ten o'clock: 60 about code, of which 6 failed, and 40 about play, 30 declined.

    The next day at ten: 40 of talk, of which 4 were cut short.
    """
    app = {"app_url": "https://one.example", "app_title": "One"}
    record.put(54, asked={**CODE, "language": "en", "tools": True}, person="ada", **app)
    record.fail(6, asked={**CODE, "language": "en", "tools": True}, person="ada", **app)
    record.put(10, asked={**PLAY, "language": "es"}, person="bob")
    record.put(30, asked={**PLAY, "language": "es"}, said={"troubles": ["refused"]}, person="bob")
    two = {"app_url": "https://two.example", "app_title": "Two"}
    record.put(36, at_us=NEXT, asked=TALK, person="bob", session="s1", **app)
    gone = {"outcome": "cancelled", "finish": None}
    record.put(4, at_us=NEXT, asked=TALK, person="eve", session="s2", ends=gone, **two)
    record.put(at_us=LIVE, listing="stealth/mule", person="mallory")
    return record


def rows(report, facet):
    table = next(each for each in report.capability.tables if each.facet == facet)
    return {each.name: each for each in table.rows}


def test_ten_figures(known):
    head = known.report(turned_away={"rate_limited": 3, "server": 2}).head
    assert (head.live_us, head.until_us, head.lasted) == (LIVE, NOW, "2 days")
    assert (head.requests, head.people, head.apps, head.sessions) == (140, 3, 2, 2)
    assert head.tokens == 140 * 10 + 134 * 30  # what failed has no answer
    assert (head.peak_us, head.peak_requests) == (LIVE, 100)
    assert (head.uptime.count, head.uptime.of) == (130, 136)  # hung up counts neither way
    assert (head.refused.count, head.refused.of) == (30, 140)
    assert head.turned_away == 5


def test_where_no_server_answers_nobody_knows_who_was_turned_away(known):
    assert known.report().head.turned_away is None


def test_what_it_was_asked_and_how_it_did(known):
    report = known.report()
    by = rows(report, "category")
    assert [*by] == ["programming", "general", "roleplay"]
    code, play, talk = by["programming"], by["roleplay"], by["general"]
    assert (code.requests, code.done, code.failed.count, code.failed.of) == (60, 54, 6, 60)
    assert (play.refused.count, play.refused.share) == (30, 0.75)
    assert (talk.cancelled.count, talk.cancelled.share) == (4, 0.1)
    assert rows(report, "language")["not told"].requests == 40
    assert rows(report, "tools")["with tools"].requests == 60
    assert report.capability.overall.ended == 140
    assert report.capability.finishes == (Named("stop", 130),)


def test_what_surely_differs_is_said_with_its_numbers(known):
    asked = known.report().capability
    told = [each for each in asked.weaknesses if "about roleplay" in each]
    assert len(told) == 1
    assert told[0].startswith("Requests about roleplay: 75.0 % were declined by the model (30 of ")
    assert told[0].endswith("(30 of 40; 59.8 to 85.8 %), of the others 0.0 % (0 of 100).")
    assert any("about programming: 0.0 % were declined" in each for each in asked.strengths)
    assert not any("failed" in each for each in asked.weaknesses)  # 6 of 60 beside 0 of 80


def test_to_decline_who_it_is_is_no_weakness(record):
    record.put(60, asked={"category": "identity"}, said={"troubles": ["refused"]})
    record.put(60, asked=CODE)
    record.put(60, asked=PLAY)
    asked = record.report().capability
    assert asked.weaknesses == asked.strengths == ()
    assert record.report().anonymity.declined.count == 60


def test_kinds_have_the_names_and_the_order_of_other_pages(record):
    record.put(30, asked={"category": "identity", "language": "zh", "turns": 20})
    record.put(40, asked={"category": "marketing/seo", "language": "en", "turns": 1})
    report = record.report()
    table = next(each for each in report.capability.tables if each.facet == "turns")
    assert [each.name for each in table.rows] == ["0-1", "10-49"]
    page = render(report)
    for name in ("The model itself", "Marketing: SEO", "Chinese", "English"):
        assert f'<th scope="row">{name}</th>' in page
    assert "It was asked most about marketing: SEO (40 requests)." in page


def test_what_still_runs_is_in_no_share(record):
    record.put(40)
    record.put(10, over=False)
    report = record.report()
    assert (report.head.requests, report.capability.overall.requests) == (50, 50)
    held = report.stability
    for share in (held.failed, held.cancelled, held.retried, report.head.refused):
        assert (share.count, share.of) == (0, 40)


def test_of_few_nothing_is_said(record):
    record.put(LEAST - 1, asked=PLAY, said={"troubles": ["refused"]})
    record.put(300, asked=CODE)
    report = record.report()
    assert report.capability.weaknesses == report.capability.strengths == ()
    refused = rows(report, "category")["roleplay"].refused
    assert (refused.count, refused.of, refused.share, refused.low) == (29, 29, None, None)


def test_how_it_held(known):
    held = known.report().stability
    assert held.step_hours == 1
    assert [each.at_us for each in held.steps] == [LIVE + at * HOUR_US for at in range(48)]
    busy = {each.at_us: each for each in held.steps if each.requests}
    assert [*busy] == [LIVE, NEXT]
    assert (busy[LIVE].requests, busy[LIVE].failed) == (100, 6)
    assert busy[LIVE].first_token_ms.p50 == pytest.approx(100, rel=0.02)
    assert (held.failed.count, held.cancelled.count, held.attempts) == (6, 4, 140)
    assert [(e.name, e.requests, e.failures) for e in held.endpoints] == [("secret-east", 140, 6)]
    assert held.errors == (Named("provider_error", 6),)
    assert [(e.count, e.share, e.error_type) for e in held.causes] == [(6, 1.0, "provider_error")]
    assert [(each.at_us, each.failed.count) for each in held.worst] == [(LIVE, 6)]
    assert held.load == ()  # two hours make no quarters


def test_load_beside_waiting_and_failures(record):
    for at in range(8):
        busy, slow = at >= 6, {"first_token_ms": 4000.0}
        record.put(200 if busy else 31 + at, at_us=LIVE + at * HOUR_US, ends=slow if busy else {})
        record.fail(200 if busy else 1, at_us=LIVE + at * HOUR_US)
    held = record.report().stability
    assert [(each.hours, each.least, each.most) for each in held.load] == [
        (2, 32, 33), (2, 34, 35), (2, 36, 37), (2, 400, 400),
    ]  # fmt: skip
    assert held.load[-1].p90_ms == pytest.approx(4000, rel=0.02)
    assert held.load[0].failed.count == 2
    assert held.says[0].startswith("More failed in the busiest")
    assert "waited more than half as long again" in held.says[1]


def test_reception(traffic):
    named = {"listing": PONY, "key": "k", "at_us": NEXT}
    traffic.reports.said = [
        Feedback(generation="gen-1", category="incoherence", comment="It\n went round.", **named),
        Feedback(generation="gen-2", category="latency", **named),
        Feedback(generation="gen-3", category="latency", **{**named, "listing": "stealth/mule"}),
        Feedback(generation="gen-4", category="latency", **{**named, "at_us": LIVE - 1}),
    ]
    traffic.reports.made = [
        Report(id="rep-1", at_us=NEXT, what="spam", text="Bad.", listing=PONY),
        Report(id="rep-2", at_us=NEXT, what="spam", text="W" * 999, listing=PONY, closed_us=NOW),
        Report(id="rep-3", at_us=NEXT, what="other", text="Not of it."),
        Report(id="rep-4", at_us=LIVE - 1, what="other", text="Before it.", listing=PONY),
    ]
    traffic.notes.held = [Note(id="note-1", at_us=NEXT, text="They like it.")]
    met = traffic.report().reception
    day = LIVE - LIVE % DAY_US
    assert [(e.at_us, e.requests, e.people, e.apps, e.new_apps) for e in met.days] == [
        (day, 100, 2, 1, 1), (day + DAY_US, 40, 2, 2, 1), (day + 2 * DAY_US, 0, 0, 0, 0),
    ]  # fmt: skip
    assert (met.people, met.person_days, met.sessions) == (3, 4, 2)
    assert [(each.name, each.requests) for each in met.apps] == [("One", 96), ("Two", 4)]
    assert met.feedback == (Named("incoherence", 1), Named("latency", 1))
    assert (met.reports, met.reports_open) == ((Named("spam", 2),), 1)
    quotes = [(each.kind, each.text) for each in met.quotes]
    assert quotes[0] == ("feedback: incoherence", "It went round.")
    assert sorted(text for _, text in quotes[1:]) == ["Bad.", "W" * 279 + "…"]
    assert met.notes == (traffic.notes.held[0],)
    assert traffic.report().capability.feedback == (Named("programming", 2),)


def test_what_was_gathered(known):
    kept = known.report().gathered
    assert (kept.prompts, kept.answers, kept.prompt_tokens) == (140, 130, 1400)
    assert kept.languages == (Named("en", 60), Named("not told", 40), Named("es", 40))
    assert kept.may_train
    assert kept.commands[0] == f"darkhorse ledger export DIR --listing {PONY} --format parquet"
    found = launch(listing={"training": False, "disclosure": "Logged.", "retention_days": 30})
    kept = known.report(found).gathered
    assert (kept.may_train, kept.retention_days, kept.commands) == (False, 30, ())


def test_who_tried_to_find_out(traffic):
    told = {"withheld": (Withheld("text", 0, "Example Lab", "a lab"),)}
    traffic.put(2, at_us=NEXT, asked={"category": "identity"}, ends=told)
    traffic.put(3, at_us=NEXT, asked={"category": "identity"}, said={"troubles": ["refused"]})
    findings = (
        Finding(name="a/b", channel="a", verdict="leaks", deterministic=True),
        Finding(name="c", channel="c", verdict="closed"),
    )
    audit = Audit(
        id="aud-1", listing=PONY, subject="s", at_us=LIVE - 1, version="1", findings=findings
    )
    moves = [Move(kind="go-live", at_us=LIVE, who="ann", why="now", accepted=("a/b",))]
    hid = traffic.report(audits=[audit], moves=moves).anonymity
    assert (hid.asked.count, hid.asked.of, hid.declined.count) == (5, 145, 3)
    assert (hid.looked, hid.withheld) == (5, 2)
    assert hid.accepted == ("a/b",)
    line = hid.audits[0]
    assert (line.when, line.leaks, line.closed, line.stopping) == ("before", 1, 1, ("a/b",))


def test_nothing_behind_its_end_counts(known):
    report = known.report(launch("retired", life={"retired_us": NEXT}))
    assert (report.state, report.head.until_us, report.head.requests) == ("retired", NEXT, 100)
    assert report.capability.overall.requests == report.gathered.prompts == 100
    assert report.summary.startswith("Pony was live for 1 day, from ")


@pytest.mark.parametrize(
    ("state", "summary", "what"),
    [
        ("draft", "Pony is a draft: nobody can ask it anything.", "go-live stealth/pony"),
        ("live", "Nobody has asked it anything.", "Give people a key"),
        ("retired", "Nobody has asked it anything.", "ended without a request"),
    ],
)
def test_without_traffic_it_says_so_and_what_to_do(record, state, summary, what):
    report = record.report(launch(state))
    assert summary in report.summary
    assert what in report.next
    assert report.head.requests == report.head.people == 0
    assert report.head.peak_us is None


def test_what_is_not_described_yet_is_told(record):
    record.put(40)
    record.report()
    record.put(2)
    record.fold.catch_up()
    record.settle = lambda: None
    assert "known of 40 of 42 requests; 4 records" in record.report().method[-1]


def test_for_the_public_nothing_private_is_left(traffic):
    traffic.put(5, at_us=NEXT, asked={"category": "legal"})
    traffic.notes.held = [Note(id="note-1", at_us=NEXT, text="A note of mine.")]
    said = {"listing": PONY, "key": "k", "at_us": NEXT, "comment": "A quote."}
    traffic.reports.said = [Feedback(generation="gen-1", category="latency", **said)]
    whole = traffic.report(turned_away={"server": 1})
    report = published(whole, is_paced=False)
    assert report.public
    assert (report.who, report.head.turned_away) == ("", None)
    assert report.stability.endpoints == report.stability.causes == report.stability.errors == ()
    assert report.reception.quotes == report.reception.notes == report.reception.reports == ()
    assert "legal" in rows(whole, "category")
    assert "legal" not in rows(report, "category")
    assert "legal" not in {each.name for each in report.gathered.categories}
    assert report.stability.first_token_ms == whole.stability.first_token_ms
    assert report.reception.feedback == (Named("latency", 1),)


def test_a_pace_that_the_listing_hides_stays_hidden(known):
    held = published(known.report(), is_paced=True).stability
    assert held.first_token_ms == held.duration_ms == held.tokens_per_second == Quantiles()
    assert {each.first_token_ms for each in held.steps} == {Quantiles()}
    assert held.slowest == held.load == held.says == ()
    assert all(each.p90_ms is None for each in held.worst)


def test_who_it_was_is_public_with_the_reveal(known):
    reveal = Reveal(maker="Example Lab", model="Example-5")
    report = known.report(launch("revealed", reveal=reveal))
    assert published(report, is_paced=False).who == "Example-5 by Example Lab"
    assert report.anonymity.revealed == "Pony was Example-5 by Example Lab."


# --- shares ---

pairs = st.integers(1, 10**7).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@settings(max_examples=50)
@given(pairs, st.floats(0.5, 4))
def test_the_interval_is_where_the_normal_test_turns(pair, z):
    count, of = pair
    low, high = wilson(count, of, z)
    assert 0 <= low <= count / of <= high <= 1
    assert (low == 0, high == 1) == (count == 0, count == of)
    for end in (low, high):
        if 1e-9 < end < 1 - 1e-9:
            away = abs(count / of - end) / math.sqrt(end * (1 - end) / of)
            assert away == pytest.approx(z, rel=1e-3, abs=1e-6)


@settings(max_examples=50)
@given(pairs, pairs)
def test_a_difference_has_two_sides(one, other):
    first, second = share_of(*one), share_of(*other)
    assert differ(first, second) == -differ(second, first)
    if differ(first, second) > 0:
        assert first.low > second.high


# --- plots ---

spreads = st.builds(Quantiles, *(st.none() | st.floats(0, 1e9) for _ in range(3)))
steps = st.builds(
    Step,
    at_us=st.just(LIVE),
    requests=st.integers(0, 10**9),
    ended=st.integers(1, 10**9),
    failed=st.none() | st.just(0) | st.just(1),
    first_token_ms=spreads,
)


def held(found):
    share = share_of(0, 0)
    fields = dict.fromkeys(Stability.__struct_fields__, ())
    at = [
        Step(**{name: getattr(each, name) for name in each.__struct_fields__} | {"at_us": LIVE + n})
        for n, each in enumerate(found)
    ]
    fields |= {"step_hours": 1, "steps": tuple(at), "attempts": 0}
    fields |= dict.fromkeys(("failed", "cancelled", "retried"), share)
    fields |= dict.fromkeys(("first_token_ms", "duration_ms", "tokens_per_second"), Quantiles())
    return Stability(**fields)


@settings(max_examples=20)
@given(st.lists(steps, min_size=1, max_size=12))
def test_whatever_happened_is_drawn_inside(found):
    plot = load_plot(held(found))
    assert (plot is None) == (not any(each.requests for each in found))
    for panel in plot.panels if plot else ():
        for bar in panel.bars:
            assert plot.left <= bar.x <= bar.x + bar.width <= plot.right + 0.5
            assert panel.top - 0.01 <= bar.y <= bar.y + bar.height <= panel.foot + 0.02
        for line in panel.lines:
            points = [tuple(map(float, p.split(","))) for run in line.pieces for p in run.split()]
            for x, y in [*points, *line.dots]:
                assert plot.left <= x <= plot.right
                assert panel.top - 0.01 <= y <= panel.foot + 0.01


def test_bars_are_as_high_as_what_they_stand_for():
    days = [
        Day(at_us=LIVE + at * DAY_US, requests=1, people=people, apps=0, new_apps=0)
        for at, people in enumerate((10, 0, 40))
    ]
    people = growth_plot(days).panels[0]
    assert [bar.height for bar in people.bars] == [22.5, 90.0]
    assert [tick.text for tick in people.ticks] == ["0", "20", "40"]
    assert growth_plot([]) is None


def test_times_below_a_plot_differ(known):
    says = [tick.text for tick in load_plot(known.report().stability).times]
    assert says[0] == "8 Nov 10:00"
    assert len({*says}) == len(says)


def test_endpoints_are_of_its_own_life(known):
    found = known.report(launch("retired", life={"retired_us": NEXT})).stability.endpoints
    assert isinstance(found[0], EndpointUse)
    assert found[0].requests == 100
