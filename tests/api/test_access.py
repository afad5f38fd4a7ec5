"""Every route needs a key, except those that say they need none."""

import pytest
from operations_kit import KINDS, ask

from darkhorse.api.operation import Operation


async def inside(_):
    return {"said": "inside"}


def reach(kind=None, **access):
    route = Operation(
        id="x", method="GET", path="/x", summary="x", tag="x", handler=inside, **access
    )
    return ask([route], "GET", "/x", key=kind)


def test_a_route_whose_access_nobody_thought_of_wants_a_key():
    assert reach().status == 401
    for kind in KINDS:
        assert reach(kind).json == {"said": "inside"}


def test_what_is_the_operators():
    assert reach(access="management").status == 401
    assert reach("developer", access="management").status == 403
    assert reach("management", access="management").json == {"said": "inside"}


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_what_anyone_may_know(kind):
    assert reach(kind, access="open").json == {"said": "inside"}
