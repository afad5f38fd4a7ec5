"""Rests, trials and last resorts, at moments that a test sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.router.health import Health
from darkhorse.wire.faults import UpstreamFault

SETTINGS = UpstreamSettings(failures_in_row=3, cooldown_s=10, longest_cooldown_s=35)
EAST, WEST = (Endpoint(name=name, url="http://127.0.0.1:1/v1") for name in ("east", "west"))
BOTH = (EAST, WEST)

ACCOUNT = UpstreamFault("status", status=401)
HICCUP = UpstreamFault("connect")
BUSY = UpstreamFault("status", status=429)
ROUNDING = 1e-6
FAILURES = [
    UpstreamFault("connect"),
    UpstreamFault("cut"),
    UpstreamFault("garbage"),
    UpstreamFault("too_large"),
    UpstreamFault("first_token_timeout"),
    UpstreamFault("idle_timeout"),
    UpstreamFault("status", status=500),
    UpstreamFault("status", status=504),
    UpstreamFault("error_event"),
]
SILENT = [
    UpstreamFault("context"),
    UpstreamFault("status", status=400),
    UpstreamFault("status", status=422),
    UpstreamFault("error_event", status=413),
    UpstreamFault("total_timeout"),  # a client that reads slowly brings it about too
]


@pytest.fixture
def health():
    return Health(SETTINGS)


def fail(health: Health, at: float, fault: UpstreamFault = HICCUP, times: int = 1) -> None:
    for _ in range(times):
        health.failed(EAST, at, at, fault)


def standing(health: Health, at: float) -> tuple[str, float, int]:
    found = health.view([EAST], at)[0]
    return found.state, found.left_s, found.failures


def test_who_is_well_is_asked_in_order(health):
    assert health.take(BOTH, 0) is EAST
    assert health.take(BOTH, 0) is EAST
    assert health.take((), 0) is None
    assert standing(health, 0) == ("up", 0, 0)


def test_a_refused_account_rests_at_once_and_is_not_even_a_last_resort(health):
    fail(health, 100, ACCOUNT)
    assert health.take(BOTH, 105) is WEST
    assert health.take([EAST], 105) is None
    assert health.wait_s([EAST], 105) == 5
    assert health.wait_s(BOTH, 105) == 0
    assert health.view(BOTH, 105)[0].refused
    assert health.take([EAST], 110) is EAST


@pytest.mark.parametrize("fault", FAILURES, ids=lambda f: f"{f.kind}{f.status or ''}")
def test_failures_in_a_row_rest_it_and_it_stays_the_last_resort(health, fault):
    fail(health, 0, fault, times=2)
    assert health.take(BOTH, 0) is EAST
    assert standing(health, 0) == ("up", 0, 2)
    fail(health, 0, fault)
    assert standing(health, 1) == ("resting", 9, 3)
    assert health.take(BOTH, 1) is WEST
    assert health.take([EAST], 1) is EAST
    assert health.wait_s([EAST], 1) == 0


@pytest.mark.parametrize("fault", SILENT, ids=lambda f: f"{f.kind}{f.status or ''}")
def test_what_is_the_requests_own_says_nothing(health, fault):
    fail(health, 0, times=2)
    fail(health, 0, fault, times=9)
    assert standing(health, 0) == ("up", 0, 2)  # not even that it is well


def test_a_client_that_hangs_up_says_nothing(health):
    fail(health, 0, times=2)
    health.released(EAST, 0)
    assert standing(health, 0) == ("up", 0, 2)


def test_an_answer_between_makes_it_no_row(health):
    for _ in range(5):
        fail(health, 0, times=2)
        health.answered(EAST, 0)
    assert standing(health, 0) == ("up", 0, 0)


@pytest.mark.parametrize(
    ("wish", "rest"), [(None, 1.0), (0.0, 0.0), (4.5, 4.5), (86_400.0, SETTINGS.cooldown_s)]
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_one_rests_as_long_as_it_asks_within_bounds(health, wish, rest, status):
    fail(health, 50, UpstreamFault("status", status=status, retry_after=wish))
    assert standing(health, 50) == ("resting" if rest else "trial", rest, 0)
    assert health.take([EAST], 50) is EAST


def test_one_that_cannot_be_asked_at_all_rests_briefly(health):
    fail(health, 0, UpstreamFault("unusable"))
    assert standing(health, 0) == ("resting", 1, 0)


def test_a_trial_is_one_request_at_a_time(health):
    fail(health, 0, times=3)
    assert health.take(BOTH, 10) is EAST  # the trial
    assert standing(health, 10)[0] == "trial"
    assert health.take(BOTH, 11) is WEST
    assert health.take([EAST], 11) is EAST  # the last resort, all the same
    health.answered(EAST, 10)
    assert [health.take(BOTH, 12) for _ in range(2)] == [EAST, EAST]
    assert standing(health, 12) == ("up", 0, 0)


def test_a_trial_that_says_nothing_makes_room_for_another(health):
    fail(health, 0, times=3)
    for _ in range(3):
        assert health.take(BOTH, 10) is EAST
        health.released(EAST, 10)
    assert health.take(BOTH, 10) is EAST
    fail(health, 10, SILENT[0])
    assert health.take(BOTH, 10) is EAST


def test_a_trial_whose_end_is_never_told_does_not_last_for_ever(health):
    fail(health, 0, times=3)
    assert health.take(BOTH, 10) is EAST
    assert health.take(BOTH, 19.9) is WEST
    assert health.take(BOTH, 20) is EAST


def test_each_failed_trial_doubles_the_rest_up_to_a_bound(health):
    fail(health, 0, times=3)
    now, rests = 0.0, []
    for _ in range(4):
        rests.append(standing(health, now)[1])
        now += rests[-1]
        assert health.take([EAST], now) is EAST
        fail(health, now)
    assert rests == [10, 20, 35, 35]
    now += 35
    health.answered(EAST, now)
    fail(health, now, times=3)
    assert standing(health, now)[1] == 10


def test_many_failures_at_once_are_one_reason_to_rest(health):
    """Two hundred requests are under way when an engine dies."""
    fail(health, 0, times=200)
    assert standing(health, 0)[:2] == ("resting", 10)
    health.failed(EAST, 0, 4, HICCUP)  # asked as the last resort
    assert standing(health, 4)[:2] == ("resting", 6)


def test_an_end_of_what_began_before_the_rest_changes_nothing(health):
    fail(health, 5, ACCOUNT)
    health.answered(EAST, 4)
    health.failed(EAST, 4, 6, HICCUP)
    health.failed(EAST, 4, 6, ACCOUNT)
    health.released(EAST, 4)
    assert standing(health, 6) == ("resting", 9, 0)
    assert health.take([EAST], 6) is None


def test_the_last_resort_that_answers_is_well_again(health):
    fail(health, 0, times=3)
    assert health.take([EAST], 2) is EAST
    health.answered(EAST, 2)
    assert standing(health, 2) == ("up", 0, 0)


def test_a_refused_account_is_tried_by_one_until_an_answer_begins(health):
    fail(health, 0, ACCOUNT)
    assert health.take([EAST], 10) is EAST
    assert health.take([EAST], 11) is None
    assert health.wait_s([EAST], 11) == 1
    health.began(EAST, 10)
    assert health.take([EAST], 12) is EAST
    health.answered(EAST, 10)
    assert standing(health, 12) == ("up", 0, 0)


def test_an_answer_that_begins_says_nothing_of_one_that_is_well(health):
    health.began(EAST, 0)
    health.answered(EAST, 0)
    health.released(EAST, 0)
    assert standing(health, 0) == ("up", 0, 0)
    fail(health, 0, times=2)
    health.began(EAST, 0)
    assert standing(health, 0) == ("up", 0, 2)


def test_an_answer_asked_for_before_a_refusal_does_not_take_it_back(health):
    fail(health, 5, ACCOUNT)
    health.began(EAST, 4)
    health.began(EAST, 6)  # within its rest nobody should have asked
    assert health.view([EAST], 6)[0].refused
    assert health.take([EAST], 6) is None


def test_an_answer_that_begins_after_a_refusal_takes_it_back(health):
    fail(health, 0, ACCOUNT)
    assert health.take([EAST], 10) is EAST
    assert health.wait_s([EAST], 11) == 1  # while it is tried
    health.began(EAST, 10)
    assert not health.view([EAST], 11)[0].refused
    assert health.wait_s([EAST], 11) == 0


def test_a_view_shows_names_and_figures_and_nothing_else(health):
    shown = health.view(BOTH, 0)
    assert [each.name for each in shown] == ["east", "west"]
    assert set(shown[0].__struct_fields__) == {"name", "state", "left_s", "failures", "refused"}


events = st.tuples(
    st.sampled_from(["take", "take", "answered", "released", "began", *FAILURES, ACCOUNT, BUSY]),
    st.floats(min_value=0, max_value=40),
)


@given(st.lists(events, max_size=60))
def test_whatever_happens_it_can_come_back(story):
    """Never stuck: after the longest rest somebody is let in, and one answer heals it."""
    health, now = Health(SETTINGS), 0.0
    for what, later in story:
        now += later
        if isinstance(what, UpstreamFault):
            health.failed(EAST, now, now, what)
        elif what == "take":
            health.take([EAST], now)
        else:
            getattr(health, what)(EAST, now)
    assert health.view([EAST], now)[0].left_s <= SETTINGS.longest_cooldown_s + ROUNDING
    assert health.wait_s([EAST], now) <= SETTINGS.longest_cooldown_s + ROUNDING
    later = now + SETTINGS.longest_cooldown_s + SETTINGS.cooldown_s + ROUNDING
    assert health.take(BOTH, later) is EAST
    health.answered(EAST, later)
    assert health.view([EAST], later)[0].state == "up"
