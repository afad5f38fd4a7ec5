"""How often somebody may try a key: a few times a minute, one address and all together."""

import math
from collections import deque
from dataclasses import dataclass

from darkhorse.base.clock import Clock

__all__ = ["Attempt", "Attempts"]

_SPAN_S = 60.0
_OF_ONE, _OF_ALL = 5.0, 30.0
_RIGHT = 0.2


@dataclass(eq=False)
class Attempt:
    """One of them, at a moment of the monotonic clock."""

    at: float
    address: str
    weight: float = 1.0

    def was_right(self) -> None:
        """It counts little then."""
        self.weight = _RIGHT


class Attempts:
    """Counted before the key is looked at, so that a hundred at once are no way around it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tried: deque[Attempt] = deque()  # oldest first; as many as may be, and no more

    def take(self, address: str) -> Attempt | int:
        """Count one; or, where there were enough, the seconds until the next may be."""
        now = self._clock.monotonic()
        while self._tried and self._tried[0].at <= now - _SPAN_S:
            self._tried.popleft()
        own = [each for each in self._tried if each.address == address]
        if _weight(own) >= _OF_ONE:
            return _wait_s(own[0], now)
        if _weight(self._tried) >= _OF_ALL:
            return _wait_s(self._tried[0], now)
        attempt = Attempt(now, address)
        self._tried.append(attempt)
        return attempt


def _weight(attempts: "list[Attempt] | deque[Attempt]") -> float:
    return math.fsum(each.weight for each in attempts)


def _wait_s(first: Attempt, now: float) -> int:
    return max(1, math.ceil(first.at + _SPAN_S - now))
