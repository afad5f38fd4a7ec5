"""Each endpoint once, well ones first; again only what may pass; never more than the tries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.router.health import Health
from darkhorse.router.turns import Turns
from darkhorse.wire.faults import UpstreamFault

THREE = tuple(Endpoint(name=name, url="http://127.0.0.1:1/v1") for name in "abc")
ACCOUNT = UpstreamFault("status", status=401)
HICCUP = UpstreamFault("connect")


def asked(turns: Turns, *, passing: bool, health: Health | None = None) -> list[str]:
    names = []
    while (endpoint := turns.next(0)) is not None:
        names.append(endpoint.name + ("+" if turns.repeats else ""))
        if passing:
            turns.may_repeat(endpoint)
    return names


def ill(*, refused: str = "", failing: str = "") -> Health:
    health = Health(UpstreamSettings())
    for endpoint in THREE:
        if endpoint.name in refused:
            health.failed(endpoint, 0, 0, ACCOUNT)
        if endpoint.name in failing:
            for _ in range(3):
                health.failed(endpoint, 0, 0, HICCUP)
    return health


@pytest.mark.parametrize(
    ("health", "tries", "expected"),
    [
        (ill(), 2, ["a", "b", "c"]),  # as many as there are endpoints, if that is more
        (ill(), 5, ["a", "b", "c", "a+", "b+"]),
        (ill(failing="a"), 2, ["b", "c", "a"]),
        (ill(failing="abc"), 2, ["a", "b", "c"]),
        (ill(refused="a"), 5, ["b", "c", "b+", "c+", "b+"]),
        (ill(refused="b", failing="a"), 4, ["c", "a", "c+", "a+"]),
        (ill(refused="abc"), 5, []),
    ],
)
def test_whose_turn(health, tries, expected):
    assert asked(Turns(THREE, health, tries), passing=True) == expected


def test_what_will_not_pass_is_not_asked_again():
    assert asked(Turns(THREE, ill(), 9), passing=False) == ["a", "b", "c"]


def test_one_endpoint_is_asked_as_often_as_the_setting_says():
    assert asked(Turns(THREE[:1], ill(failing="a"), 3), passing=True) == ["a", "a+", "a+"]


def test_one_refused_meanwhile_is_left_out():
    health = ill()
    turns = Turns(THREE, health, 9)
    assert turns.next(0) is THREE[0]
    health.failed(THREE[1], 0, 0, ACCOUNT)  # another generation found out
    assert turns.next(0) is THREE[2]


@given(st.text("abc"), st.text("abc"), st.integers(1, 10), st.lists(st.booleans(), min_size=20))
def test_never_more_than_the_tries(refused, failing, tries, passing):
    turns = Turns(THREE, ill(refused=refused, failing=failing), tries)
    names = []
    for may_repeat in passing:
        endpoint = turns.next(0)
        if endpoint is None:
            break
        names.append(endpoint.name)
        if may_repeat:
            turns.may_repeat(endpoint)
    assert len(names) <= max(tries, len(THREE))
    assert not set(names) & set(refused)
    first_round = names[: len(set(names))]
    assert len(set(first_round)) == len(first_round)
