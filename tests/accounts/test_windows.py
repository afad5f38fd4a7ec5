import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.accounts.windows import HELD_S, Window

added = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 9)), max_size=40)


def held(added, second):
    return sum(amount for at, amount in added if second - HELD_S < at)


@given(added, st.integers(200, 300), st.integers(0, 100))
def test_it_is_the_sum_of_the_last_minute_in_whatever_order_it_was_added(added, second, room):
    window = Window()
    for at, amount in added:
        window.add(at, amount)
    assert window.total(second) == held(added, second)
    wait = window.wait_s(second, room)
    assert held(added, second + wait) <= room
    assert wait == 0 or held(added, second + wait - 1) > room
    assert window.total(second + wait) == held(added, second + wait)
    assert window.total(second + HELD_S) == 0


def test_it_never_holds_more_than_61_buckets():
    window = Window()
    for second in range(1000):
        window.add(second, 1)
        assert window.total(second) <= HELD_S
    assert len(window._buckets) == HELD_S


@pytest.mark.parametrize(("second", "left"), [(10, 3), (11, 2), (12, 5)])
def test_what_is_taken_back_was_never_there_and_what_is_gone_stays_gone(second, left):
    window = Window()
    window.add(10, 2)
    window.add(11, 3)
    window.take_back(second, {10: 2, 11: 3}.get(second, 1))
    assert window.total(12) == left
    assert window.total(11 + HELD_S) == 0
    window.take_back(11, 1)
    assert window.total(11 + HELD_S) == 0
