"""A clock that jumps must not end a launch early, nor keep one alive."""

import time

from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.clock import SteadyClock, SystemClock

S = 1_000_000
T0 = 2_000_000_000 * S  # in 2033: a time this software may know


class Machine:
    """A machine's two clocks, moved by hand."""

    def __init__(self):
        self.true_s = 0.0
        self.wrong_us = 0

    def now_us(self):
        return T0 + int(self.true_s * S) + self.wrong_us

    def monotonic(self):
        return 1000.0 + self.true_s


def run(machine, clock, seconds, *, every=1.0):
    """Time passes, and somebody reads the clock now and then."""
    for _ in range(int(seconds / every)):
        machine.true_s += every
        clock.now_us()
    return clock.now_us() - T0


def test_it_is_the_wall_clock_while_nothing_happens():
    machine = Machine()
    assert run(machine, SteadyClock(machine), 1000) == 1000 * S


def test_small_corrections_are_followed_at_once():
    machine = Machine()
    clock = SteadyClock(machine)
    machine.wrong_us = 900_000
    assert clock.now_us() == T0 + 900_000


def test_a_jump_that_is_taken_back_never_was():
    machine = Machine()
    clock = SteadyClock(machine, doubt_s=120)
    for jump in (5 * 86_400 * S, -5 * 86_400 * S):
        machine.wrong_us = jump
        before = T0 + run(machine, clock, 1)
        assert clock.doubts
        assert run(machine, clock, 100) == before - T0 + 100 * S
        machine.wrong_us = 0
        run(machine, clock, 1)
        assert not clock.doubts
    assert clock.now_us() == machine.now_us()


def test_a_jump_that_lasts_is_the_truth():
    machine = Machine()
    clock = SteadyClock(machine, doubt_s=120)
    machine.wrong_us = 3600 * S
    assert run(machine, clock, 119) == 119 * S
    assert run(machine, clock, 5) == (124 + 3600) * S
    assert not clock.doubts


def test_a_clock_that_goes_on_jumping_is_never_believed():
    machine = Machine()
    clock = SteadyClock(machine, doubt_s=120)
    for _ in range(100):
        machine.wrong_us += 60 * S
        run(machine, clock, 10)
    assert clock.now_us() == T0 + 1000 * S


def test_one_that_jumps_back_while_it_is_doubted_is_doubted_anew():
    machine = Machine()
    clock = SteadyClock(machine, doubt_s=120)
    for wrong_us in (3600 * S, 0, -3600 * S, -7200 * S):
        machine.wrong_us = wrong_us
        run(machine, clock, 80)
        assert clock.now_us() == T0 + int(machine.true_s * S)
    assert clock.doubts
    run(machine, clock, 120)
    assert clock.now_us() == machine.now_us()


def test_it_waits_two_minutes_unless_told_otherwise():
    machine = Machine()
    clock = SteadyClock(machine)
    machine.wrong_us = 3600 * S
    clock.now_us()  # from here on it is doubted
    assert run(machine, clock, 119) == 119 * S
    assert run(machine, clock, 1) == 3720 * S
    assert clock.monotonic() == machine.monotonic()


def test_the_machines_own_clocks_have_the_units_they_say():
    clock = SystemClock()
    before, now, after = time.time(), clock.now_us(), time.time()
    assert before - 1 <= now / S <= after + 1
    before, now, after = time.monotonic(), clock.monotonic(), time.monotonic()
    assert before <= now <= after


def test_a_clock_behind_what_was_written_before_is_never_believed():
    machine = Machine()
    clock = SteadyClock(machine, doubt_s=120, floor_us=T0 + 3600 * S)
    assert clock.now_us() == T0 + 3600 * S
    assert run(machine, clock, 3000) == 6600 * S
    machine.wrong_us = 7000 * S  # somebody sets it right
    assert run(machine, clock, 200) == 10_200 * S


def test_a_record_from_far_ahead_does_not_become_the_time():
    machine = Machine()
    clock = SteadyClock(machine, floor_us=T0 + 400 * 86_400 * S)
    assert clock.now_us() == T0
    assert run(machine, clock, 1000) == 1000 * S


def test_a_clock_from_before_this_software_takes_the_newest_record():
    machine = Machine()
    machine.wrong_us = -T0  # 1970
    clock = SteadyClock(machine, floor_us=T0)
    assert run(machine, clock, 1000) == 1000 * S


def test_nothing_is_settled_at_the_start_nor_in_doubt():
    machine = Machine()
    clock = SteadyClock(machine, doubt_s=120)
    run(machine, clock, 119)
    assert not clock.is_settled
    run(machine, clock, 1)
    assert clock.is_settled
    machine.wrong_us = 5 * S
    run(machine, clock, 60)
    assert not clock.is_settled
    machine.wrong_us = 0
    run(machine, clock, 119)
    assert not clock.is_settled
    run(machine, clock, 2)
    assert clock.is_settled


@given(
    st.lists(
        st.tuples(st.floats(0.1, 60), st.integers(-10 * 86_400, 10 * 86_400)),
        min_size=1,
        max_size=20,
    )
)
def test_whatever_the_wall_clock_does_for_less_than_the_doubt_is_not_seen(jumps):
    machine = Machine()
    clock = SteadyClock(machine, doubt_s=120)
    for seconds, wrong in jumps:
        machine.wrong_us = wrong * S
        for part in (0.3, 0.7):
            machine.true_s += seconds * part
            clock.now_us()
        machine.wrong_us = 0
        machine.true_s += 0.1  # the two are compared that often
        assert abs(clock.now_us() - machine.now_us()) <= S
