"""Readings that many visitors share: read in a thread, once for all, and the last one holds.

Nobody waits for the disk but the first visitor of all: whoever comes later waits a moment, in which
a well disk has long answered, and is then shown what was read before. Where that is old, the moment
is a second.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from darkhorse.base.clock import Clock

__all__ = ["PATIENCE_S", "Reading", "Readings", "SharedReading"]

T = TypeVar("T")

PATIENCE_S = 0.015
"""How long a visitor waits for a newer reading than the one there is."""

_OLD_S = 10.0  # beyond its freshness: after a quiet time the last reading may be of hours ago
_OLD_PATIENCE_S = 1.0

_log = logging.getLogger(__name__)


class Reading(Struct, Generic[T], frozen=True):
    """What was read, and when: microseconds since the epoch."""

    value: T
    at_us: int


class SharedReading(Generic[T]):
    """A blocking `source`, read at most every `fresh_s` seconds, and never twice at a time."""

    def __init__(
        self,
        name: str,
        source: Callable[[], T],
        clock: Clock,
        *,
        fresh_s: float = 1.0,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._name = name
        self._source = source
        self._clock = clock
        self._fresh_s = fresh_s
        self._patience_s = patience_s
        self._running: asyncio.Task[None] | None = None
        self._last: Reading[T] | None = None
        self._stale_at: float | None = None
        self._is_failing = False
        self._began_at = 0.0

    def turn_to(self, source: Callable[[], T]) -> None:
        """Read this from the next time on: the same question of another day, say."""
        self._source = source

    async def read(self) -> Reading[T] | None:
        """The last reading that went well; None if none ever did."""
        if self._stale_at is None or self._clock.monotonic() >= self._stale_at:
            running = self._running
            if running is None or running.done():
                running = self._running = asyncio.create_task(self._refresh())
                self._began_at = self._clock.monotonic()
            await asyncio.wait((running,), timeout=self._patience())
        return self._last

    def _patience(self) -> float | None:
        """Seconds to wait for the reading that runs. None: until it is there.

        For an old one longer, but not by everybody where the disk does not answer at all.
        """
        now = self._clock.monotonic()
        if self._stale_at is None:
            return None
        if now < self._stale_at + _OLD_S:
            return self._patience_s
        return max(self._patience_s, self._began_at + _OLD_PATIENCE_S - now)

    async def _refresh(self) -> None:
        at_us = self._clock.now_us()
        try:
            self._last = Reading(await asyncio.to_thread(self._source), at_us)
            self._is_failing = False
        except Exception:  # noqa: BLE001 whatever it is, the pages go on
            if not self._is_failing:  # once, not every second
                _log.exception("The %s cannot be read; pages show the last known.", self._name)
            self._is_failing = True
        self._stale_at = self._clock.monotonic() + self._fresh_s


class Readings:
    """Readings by question. Of more than `most`, the least recently asked for is forgotten."""

    def __init__(self, clock: Clock, *, most: int, patience_s: float = PATIENCE_S) -> None:
        self._clock = clock
        self._most = most
        self._patience_s = patience_s
        self._kept: OrderedDict[Hashable, SharedReading[Any]] = OrderedDict()

    async def ask(
        self, name: str, about: Hashable, source: Callable[[], T], *, fresh_s: float
    ) -> Reading[T] | None:
        """What `source` says, as `SharedReading`; the same `name` and `about` are one question."""
        question = (name, about)
        kept = self._kept.get(question)
        if kept is None:
            kept = self._kept[question] = SharedReading(
                name, source, self._clock, fresh_s=fresh_s, patience_s=self._patience_s
            )
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        kept.turn_to(source)
        self._kept.move_to_end(question)
        return await kept.read()
