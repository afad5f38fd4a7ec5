"""How much of something there was in the last minute, in buckets of one second.

A bucket is held until nothing in it can be younger than 60 seconds, so the window is never
shorter than 60 seconds and longer by less than one. Seconds are whole, of a monotonic clock.
"""

from collections import deque

__all__ = ["HELD_S", "Window"]

HELD_S = 61
"""Seconds from a bucket's own second to the one in which it no longer counts."""


class Window:
    """Amounts by second: at most 61 buckets, oldest first."""

    __slots__ = ("_buckets", "_total")

    def __init__(self) -> None:
        self._buckets: deque[list[int]] = deque()  # [second, amount]
        self._total = 0

    def total(self, second: int) -> int:
        """All there was in the minute up to now."""
        buckets = self._buckets
        while buckets and buckets[0][0] <= second - HELD_S:
            self._total -= buckets.popleft()[1]
        return self._total

    def add(self, second: int, amount: int) -> None:
        """Count `amount` at `second`; only a restart adds to a second that is over."""
        self._total += amount
        buckets = self._buckets
        if not buckets or buckets[-1][0] < second:
            buckets.append([second, amount])
            return
        at = len(buckets) - 1
        while at and buckets[at][0] > second:
            at -= 1
        if buckets[at][0] == second:
            buckets[at][1] += amount
        else:
            buckets.insert(at + (buckets[at][0] < second), [second, amount])

    def take_back(self, second: int, amount: int) -> None:
        """Undo what was added at `second`, unless the window has left it behind."""
        for bucket in reversed(self._buckets):
            if bucket[0] == second:
                bucket[1] -= amount
                self._total -= amount
                return

    def wait_s(self, second: int, room: int) -> int:
        """Seconds until the total is no more than `room` (≥ 0), if nothing is added; 0 if it is.

        Whole seconds are exact: that long from any moment of this second, the bucket is gone.
        """
        total = self.total(second)
        if total <= room:
            return 0
        wait = 0
        for at, amount in self._buckets:
            total -= amount
            wait = at + HELD_S - second
            if total <= room:
                break
        return wait
