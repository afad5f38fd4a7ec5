"""Who waits to hear that a frame is on stable storage, and for how long.

One timer for all of them, not one a request. A future that is overdue fails; whether its frame
comes to rest all the same is told by its fate, once the disk has answered.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from weakref import WeakKeyDictionary

from darkhorse.base.errors import LedgerUnavailable

__all__ = ["Receipts", "fail", "settle"]

Done = asyncio.Future[None]

_LOOKS = 8  # in the time of one patience


class Receipts:
    """The futures of one journal, in order; for one event loop.

    `withdraw` is asked, from the loop, to take back and fail which of them it can.
    """

    def __init__(self, patience_s: float, withdraw: Callable[[AbstractSet[Done]], None]) -> None:
        self._patience_s = patience_s
        self._withdraw = withdraw
        self._waiting: deque[tuple[float, Done]] = deque()  # loop time; some are done by now
        self._fates: WeakKeyDictionary[Done, asyncio.Future[bool]] = WeakKeyDictionary()
        self._open: set[Done] = set()  # overdue, and the disk has not answered
        self._timer: asyncio.TimerHandle | None = None

    def new(self) -> Done:
        """A future for one frame, from now on."""
        loop = asyncio.get_running_loop()
        done: Done = loop.create_future()
        self._waiting.append((loop.time(), done))
        if self._timer is None:
            self._timer = loop.call_later(self._patience_s / _LOOKS, self._look)
        return done

    @property
    def overdue(self) -> bool:
        """Is the disk busy with something for longer than anybody should wait?"""
        return bool(self._open)

    def fate(self, done: Done) -> "asyncio.Future[bool] | None":
        """Of one that failed as overdue: is it written? None if it is not, for good."""
        return self._fates.get(done)

    def settle(self, waiting: Iterable[Done], *, failed: bool = False) -> None:
        """The disk has answered; from any thread."""
        settle(waiting, failed=failed, late=self._learn)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        waiting, due = self._waiting, loop.time() - self._patience_s
        late: set[Done] = set()
        while waiting and (waiting[0][1].done() or waiting[0][0] <= due):
            done = waiting.popleft()[1]
            if not done.done():
                late.add(done)
        if late:
            self._withdraw(late)
        for done in late:
            if not done.done():  # the writer has it
                self._fates[done] = loop.create_future()
                self._open.add(done)
                fail(done)
        self._timer = None
        if waiting:
            self._timer = loop.call_later(self._patience_s / _LOOKS, self._look)

    def _learn(self, done: Done, failed: bool) -> None:  # noqa: FBT001 (a callback's argument)
        self._open.discard(done)
        fate = self._fates.get(done)
        if fate and not fate.done():
            fate.set_result(not failed)


def settle(
    futures: Iterable[Done],
    *,
    failed: bool = False,
    late: Callable[[Done, bool], None] | None = None,
) -> None:
    """Resolve futures of one event loop from any thread, in one call.

    `late` hears, in the loop, of those that were done already.
    """
    waiting = list(futures)
    if waiting:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is waiting any more
            waiting[0].get_loop().call_soon_threadsafe(_settle, waiting, failed, late)


def _settle(
    futures: list[Done],
    failed: bool,  # noqa: FBT001 (call_soon has no keywords)
    late: Callable[[Done, bool], None] | None,
) -> None:
    for future in futures:
        if future.done():  # whoever waited was cancelled, or has lost patience
            if late:
                late(future, failed)
        elif failed:
            fail(future)
        else:
            future.set_result(None)


def fail(future: Done) -> None:
    """LedgerUnavailable, if it is not done; from the loop."""
    if not future.done():
        future.set_exception(LedgerUnavailable())
        future.exception()  # the journal has logged why; an unread future need not say it again
