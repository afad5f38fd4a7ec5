"""How fast an API may be asked: fewer calls at once and longer pauses when it says so."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime

from darkhorse.attribution.client.reply import Reply
from darkhorse.base.chance import Draw
from darkhorse.base.clock import Clock

__all__ = ["BUSY", "Pace", "Rest", "told_to_wait"]

Rest = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

BUSY = (429, 503, 529)
_LONGEST_S = 60.0  # of a pause that nobody asked for
_WELL = 8  # answers in a row after which one more call at once is tried


class Pace:
    """Seats for calls. After a refusal half of them, one more after eight answers in a row.

    `patience_s`: how long it waits in all without one answer, before `is_out`.
    """

    def __init__(
        self, at_once: int, clock: Clock, draw: Draw, rest: Rest, patience_s: float = 900.0
    ) -> None:
        self._most = self._seats = at_once
        self._clock, self._draw, self._rest = clock, draw, rest
        self._patience_s = patience_s
        self._busy = 0
        self._until = 0.0
        self._waited = 0.0
        self._refused = 0  # in a row
        self._well = 0
        self._pauses = 0
        self._changed = asyncio.Condition()

    @property
    def at_once(self) -> int:
        """Calls that may be under way now."""
        return self._seats

    @property
    def is_out(self) -> bool:
        """Has it been told to wait for longer than anybody would?"""
        return self._waited > self._patience_s

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[int]:
        """Wait for a turn. Gives the number of pauses so far, for `refused`."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._busy < self._seats)
            self._busy += 1
        try:
            pause = self._until - self._clock.monotonic()
            if pause > 0 and not self.is_out:
                await self._rest(pause)
            yield self._pauses
        finally:
            async with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def answered(self) -> None:
        """It went well."""
        self._waited, self._refused = 0.0, 0
        self._well += 1
        if self._well >= _WELL and self._seats < self._most:
            self._seats, self._well = self._seats + 1, 0

    def refused(self, pauses: int, wait_s: float | None) -> None:
        """It was too much, or broke; `wait_s`: what the API said of waiting.

        Of a call that was under way when the last pause began nothing new is learnt.
        """
        if pauses != self._pauses:
            return
        self._pauses += 1
        self._seats, self._well = max(1, self._seats // 2), 0
        grown = min(_LONGEST_S, 2.0**self._refused) * (0.5 + self._draw())
        self._refused += 1
        pause = grown if wait_s is None else wait_s + self._draw()
        self._waited += pause
        self._until = self._clock.monotonic() + pause


def told_to_wait(reply: Reply, now_s: float) -> float | None:
    """Seconds, from Retry-After as a number or a date, or its milliseconds; None: not told."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        told = reply.header(name)
        found = _number(told) if told else None
        if found is not None:
            return max(0.0, found * unit)
    return _until(reply.header("retry-after"), now_s)


def _number(told: str) -> float | None:
    try:
        return float(told)
    except ValueError:
        return None


def _until(date: str, now_s: float) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - now_s)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
