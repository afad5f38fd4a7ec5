"""Shares follow weights; a conversation keeps its endpoint, and moves only if that falls out."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.chance import seeded_draw
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.router.order import conversation, order

TIMES = 4000
WEIGHTS = {"east": 1.0, "west": 2.0, "north": 5.0}

names = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=6, unique=True)
weights = st.floats(min_value=0.001, max_value=1000)


def endpoint(name: str, weight: float = 1.0) -> Endpoint:
    return Endpoint(name=name, url="http://127.0.0.1:1/v1", weight=weight)


ENDPOINTS = [endpoint(name, weight) for name, weight in WEIGHTS.items()]


def talk(number: int) -> str:
    return conversation("stealth/pony", "key", f"session {number}")


def never() -> float:
    raise AssertionError("no chance is needed here")


def shares(firsts: list[str]) -> dict[str, float]:
    return {name: count / len(firsts) for name, count in Counter(firsts).items()}


def check_shares(found: dict[str, float], weights: dict[str, float]) -> None:
    whole = sum(weights.values())
    assert found == pytest.approx({name: w / whole for name, w in weights.items()}, abs=0.03)


def test_by_chance_each_comes_first_in_its_share():
    draw = seeded_draw(1)
    orders = [order(ENDPOINTS, draw) for _ in range(TIMES)]
    check_shares(shares([each[0].name for each in orders]), WEIGHTS)
    without_north = [each[1].name for each in orders if each[0].name == "north"]
    check_shares(shares(without_north), {"east": 1, "west": 2})


def test_conversations_spread_in_the_same_shares():
    orders = [order(ENDPOINTS, never, talk(number)) for number in range(TIMES)]
    check_shares(shares([each[0].name for each in orders]), WEIGHTS)
    without_north = [each[1].name for each in orders if each[0].name == "north"]
    check_shares(shares(without_north), {"east": 1, "west": 2})


def test_one_that_falls_out_moves_only_its_own_conversations():
    for number in range(200):
        before = order(ENDPOINTS, never, talk(number))
        for gone in ENDPOINTS:
            left = [each for each in ENDPOINTS if each is not gone]
            assert order(left, never, talk(number)) == [each for each in before if each is not gone]


def test_more_weight_moves_conversations_only_to_who_got_it():
    heavier = [ENDPOINTS[0], endpoint("west", 4.0), ENDPOINTS[2]]
    for number in range(200):
        before = order(ENDPOINTS, never, talk(number))[0].name
        after = order(heavier, never, talk(number))[0].name
        assert after in (before, "west")


def test_listing_key_and_session_each_make_another_conversation():
    assert conversation("l", "k", "") == ""
    firsts = {
        order(ENDPOINTS, never, conversation(*whose))[0].name
        for whose in [(f"l{n % 5}", f"k{n % 7}", f"s{n % 9}") for n in range(40)]
    }
    assert len(firsts) == len(ENDPOINTS)
    assert len({conversation("a", "b", "c"), conversation("a", "bc", ""), ""}) == 2


def test_one_endpoint_needs_no_chance():
    assert list(order(ENDPOINTS[:1], never)) == ENDPOINTS[:1]


@given(names, st.lists(weights, min_size=6, max_size=6), st.text(), st.integers())
def test_every_order_is_of_all_of_them(them, weigh, session, seed):
    endpoints = [endpoint(name, weight) for name, weight in zip(them, weigh, strict=False)]
    found = order(endpoints, seeded_draw(seed), conversation("l", "k", session))
    assert sorted(each.name for each in found) == sorted(them)
    if session:
        again = order(endpoints[::-1], never, conversation("l", "k", session))
        assert list(found) == list(again) or len(endpoints) < 2
