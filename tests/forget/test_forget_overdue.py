"""An end that does not come: after a day it is lost, but never while it may only be late."""

import pytest

from darkhorse.base.clock import DAY_US
from darkhorse.storage.erasures import Subject
from darkhorse.storage.ledger.forget.absent import places_of
from forget.forget_kit import Ledger, begun, ended, expected_bodies, key_of

BEN = (begun("ben", 0, 2), ended("ben", 0, 2))
A_DAY_LATER_US = DAY_US + 1


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def forgetting(ledger):
    ledger.write_frames(begun("ann", 0), *BEN)
    ledger.keep(seal=False)
    ledger.order(Subject(keys=(key_of("ann"),)))
    made = ledger.forgetting()
    yield made
    made.close()


def turn(ledger, forgetting, slices=40):
    """More than a minute of it, by the clock that a slice asks."""
    for _ in range(slices):
        ledger.clock.seconds += 2
        forgetting.step()


def order(ledger):
    (found,) = ledger.store.erasures()
    return found


def is_whole(ledger):
    assert order(ledger).generations == 1
    assert places_of(ledger.data, "ofann") == []
    return ledger.bodies() == expected_bodies(["ben"], turns=1)


def test_an_end_that_never_comes_is_waited_for_a_day(ledger, forgetting):
    turn(ledger, forgetting)
    ledger.clock.us += DAY_US - 1
    turn(ledger, forgetting)
    assert order(ledger).why == "1 of its generations still run"
    ledger.clock.us += 2
    turn(ledger, forgetting)
    assert order(ledger).is_done
    assert is_whole(ledger)


def test_the_day_begins_when_everything_is_read(ledger, forgetting):
    """No keeper ran for a day after the order."""
    ledger.clock.us += A_DAY_LATER_US
    turn(ledger, forgetting)
    assert not order(ledger).is_done
    ledger.end("ann", 0)
    ledger.keep(seal=False)
    turn(ledger, forgetting)
    assert order(ledger).is_done
    assert is_whole(ledger)


def test_a_clock_that_was_set_back_begins_the_day_anew(ledger, forgetting):
    ledger.clock.us += 9 * DAY_US
    turn(ledger, forgetting)
    ledger.clock.us -= 9 * DAY_US
    turn(ledger, forgetting)
    ledger.clock.us += A_DAY_LATER_US
    turn(ledger, forgetting)
    assert order(ledger).is_done


def test_an_end_that_is_not_packed_is_not_lost(ledger, forgetting):
    """Packing stood still all day, at a damaged file perhaps."""
    turn(ledger, forgetting)
    ledger.end("ann", 0)
    ledger.clock.us += A_DAY_LATER_US
    turn(ledger, forgetting)
    assert not order(ledger).is_done
    ledger.keep(seal=False)
    turn(ledger, forgetting)
    assert order(ledger).is_done
    assert is_whole(ledger)


def test_a_relay_that_starts_after_a_day_ends_it_first(ledger, forgetting):
    """The server was down; its keeper is there before its relay has written a word."""
    turn(ledger, forgetting)
    forgetting.close()
    ledger.clock.us += A_DAY_LATER_US
    again = ledger.forgetting()
    for _ in range(5):
        again.step()
    ledger.end("ann", 0)
    turn(ledger, again)
    assert not order(ledger).is_done
    ledger.keep(seal=False)
    turn(ledger, again)
    again.close()
    assert order(ledger).is_done
    assert is_whole(ledger)


def test_an_end_that_comes_after_all_goes_with_the_next_order(ledger, forgetting):
    turn(ledger, forgetting)
    ledger.clock.us += A_DAY_LATER_US
    turn(ledger, forgetting)
    assert order(ledger).is_done
    ledger.end("ann", 0)
    ledger.keep(seal=False)
    assert places_of(ledger.data, "ofann")
    ledger.store.withdraw("ers-1")
    ledger.order(Subject(generations=("gen-none",)), kind="generation")
    turn(ledger, forgetting)
    assert order(ledger).is_done
    assert places_of(ledger.data, "ofann") == []
    assert ledger.bodies() == expected_bodies(["ben"], turns=1)
