"""Time comes in from wiring, so that a test can hold it still and nothing sleeps to be tested."""

import time
from typing import Protocol

__all__ = ["DAY_US", "Clock", "SteadyClock", "SystemClock"]

DAY_US = 86_400_000_000


class Clock(Protocol):
    """Where a component reads the time."""

    def now_us(self) -> int:
        """Wall clock, microseconds since the epoch (UTC); may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back. For durations and deadlines."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_us(self) -> int:
        return time.time_ns() // 1000

    monotonic = staticmethod(time.monotonic)  # itself, not around it: the hot path asks often


class SteadyClock:
    """The wall clock, but a jump is believed only when it has lasted.

    A step of network time, a virtual machine that wakes, a mistyped `date`: for `doubt_s` after a
    jump this clock goes on at its own pace; a jump that is taken back meanwhile never was.

    `floor_us` is the newest moment that was ever written down (0: none). A clock that starts up to
    a day behind it, or before this software was made, is wrong and not believed before it has
    passed it. One that is further behind is believed: then what was written is the mistake, and a
    wrong moment in a record must not become the time.
    """

    def __init__(self, clock: Clock, *, doubt_s: float = 120.0, floor_us: int = 0) -> None:
        self._clock = clock
        self.monotonic = clock.monotonic  # the hot path asks often
        self._doubt_s = doubt_s
        self._floor_us = floor_us if _is_credible(floor_us, clock.now_us()) else 0
        self._offset_us = max(clock.now_us(), self._floor_us) - self._pace_us()
        self._steady_since = clock.monotonic()
        self._sure_until = 0.0  # monotonic; before then the two clocks are not compared again
        self._doubted_since: float | None = None
        self._doubted_offset_us = 0

    def now_us(self) -> int:
        """Microseconds since the epoch."""
        now = self.monotonic()
        if now >= self._sure_until:
            self._compare()
            self._sure_until = now + _SURE_S
        return int(now * 1_000_000) + self._offset_us

    def _compare(self) -> None:
        """Follow small corrections of the wall clock, and doubt the rest."""
        offset = self._clock.now_us() - self._pace_us()
        if abs(offset - self._offset_us) <= _DRIFT_US or self._is_believed(offset):
            self._offset_us, self._doubted_since = offset, None
        else:
            self._steady_since = self._clock.monotonic()

    @property
    def is_settled(self) -> bool:
        """Has it had no doubt for as long as a doubt lasts? Before, do nothing for good by it.

        A start is a doubt too: a machine's clock is often wrong until the network has set it.
        """
        return self._clock.monotonic() - self._steady_since >= self._doubt_s

    @property
    def doubts(self) -> bool:
        """Does the wall clock say something else just now?"""
        return self._doubted_since is not None

    def _pace_us(self) -> int:
        return int(self._clock.monotonic() * 1_000_000)

    def _is_believed(self, offset_us: int) -> bool:
        """A jump that lasts, and not one that goes on jumping."""
        now = self._clock.monotonic()
        jumped_again = abs(offset_us - self._doubted_offset_us) > _DRIFT_US
        if self._doubted_since is None or jumped_again:
            self._doubted_since, self._doubted_offset_us = now, offset_us
            return False
        if self._clock.now_us() < self._floor_us:
            return False
        return now - self._doubted_since >= self._doubt_s


def _is_credible(floor_us: int, now_us: int) -> bool:
    return floor_us - now_us <= DAY_US or now_us < _BORN_US


_SURE_S = 0.05
_DRIFT_US = 1_000_000  # what network time may correct between two readings
_BORN_US = 1_793_491_200_000_000  # 2026-11-01: no clock is right that is before this software
