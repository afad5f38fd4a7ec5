"""How often somebody may try a wrong key: a few times a minute, one address and all together."""

import math
from collections import deque

from msgspec import Struct

from darkhorse.base.clock import Clock

__all__ = ["Attempts"]

_SPAN_S = 60.0
_OF_ONE, _OF_ALL = 5, 30


class _Attempt(Struct, frozen=True):
    at: float  # of the monotonic clock
    address: str


class Attempts:
    """Wrong keys alone are counted: no one who has a right one can be kept out by who has not."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tried: deque[_Attempt] = deque()  # oldest first; as many as may be, and no more

    def was_wrong(self, address: str) -> int:
        """Count one, and say 0; or, where there were enough, the seconds until the next may be."""
        now = self._clock.monotonic()
        while self._tried and self._tried[0].at <= now - _SPAN_S:
            self._tried.popleft()
        own = [each for each in self._tried if each.address == address]
        if len(own) >= _OF_ONE:
            return _wait_s(own[0], now)
        if len(self._tried) >= _OF_ALL:
            return _wait_s(self._tried[0], now)
        self._tried.append(_Attempt(now, address))
        return 0


def _wait_s(first: _Attempt, now: float) -> int:
    return max(1, math.ceil(first.at + _SPAN_S - now))
