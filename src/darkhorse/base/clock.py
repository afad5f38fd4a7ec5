"""Time comes in from wiring, so that a test can hold it still and nothing sleeps to be tested."""

import time
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


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

    def monotonic(self) -> float:
        return time.monotonic()
