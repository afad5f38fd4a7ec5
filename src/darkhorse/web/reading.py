"""Readings that many visitors share: at most one a second, in a thread, and the last one holds."""

import asyncio
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct

from darkhorse.base.clock import Clock

__all__ = ["Reading", "SharedReading"]

T = TypeVar("T")

_log = logging.getLogger(__name__)
_FRESH_S = 1.0  # read at most this often, whatever the traffic


class Reading(Struct, Generic[T], frozen=True):
    """What was read, and when: microseconds since the epoch."""

    value: T
    at_us: int


class SharedReading(Generic[T]):
    """A blocking `source`, read in a thread, once for all visitors of the same second."""

    def __init__(self, name: str, source: Callable[[], T], clock: Clock) -> None:
        self._name = name
        self._source = source
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last: Reading[T] | None = None
        self._stale_at: float | None = None
        self._is_failing = False

    async def read(self) -> Reading[T] | None:
        """The last reading that went well; None if none ever did."""
        async with self._lock:
            if self._stale_at is None or self._clock.monotonic() >= self._stale_at:
                await self._refresh()
            return self._last

    async def _refresh(self) -> None:
        at_us = self._clock.now_us()
        try:
            self._last = Reading(await asyncio.to_thread(self._source), at_us)
            self._is_failing = False
        except Exception:  # noqa: BLE001 whatever it is, the pages go on
            if not self._is_failing:  # once, not every second
                _log.exception("The %s cannot be read; pages show the last known.", self._name)
            self._is_failing = True
        self._stale_at = self._clock.monotonic() + _FRESH_S
