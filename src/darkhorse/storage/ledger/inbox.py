"""Between the event loop and the writer thread: a queue bounded in bytes that pushes back.

The loop's side costs a few microseconds and never blocks on the disk. Whoever finds the queue
full waits in line; the writer moves the line up as soon as bytes are in the file.
"""

import asyncio
import threading
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from msgspec import Struct

from darkhorse.base.errors import LedgerUnavailable
from darkhorse.storage.ledger.receipts import fail, settle

__all__ = ["Entry", "Inbox", "Queued"]

_OVERHEAD = 256  # bytes an entry costs beside its content, about


class Entry(Struct, frozen=True):
    """A frame to be: what it is, and the generation it is about."""

    kind: int
    id: str
    meta: bytes
    body: bytes

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return len(self.meta) + len(self.body) + _OVERHEAD


class Queued(NamedTuple):
    """An entry, and the future of whoever wants to know that it is durable."""

    entry: Entry
    done: "asyncio.Future[None]"


class Inbox:
    """Entries on their way to the disk. `put` for one event loop, the rest for one writer.

    `bound` is in bytes; an entry larger than that goes through when nothing else is there.
    """

    def __init__(self, bound: int, gather_s: float) -> None:
        self._bound = bound
        self._gather_s = gather_s
        self._changed = threading.Condition(threading.Lock())
        self._hurry = threading.Event()  # do not wait for company
        self._queue: list[Queued] = []
        self._bytes = 0
        self._line: dict[asyncio.Future[None], Queued] = {}  # who waits for room, in order
        self._refusing = False
        self._closed = False
        self._nudged = False

    @property
    def refusing(self) -> bool:
        """Nothing can be put: blocked after a failure, or closed."""
        return self._refusing

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that wait to be written, about."""
        return self._bytes

    async def put(self, queued: Queued) -> None:
        """Hand over an entry; waits while there is no room.

        Raises LedgerUnavailable while refusing. If the caller is cancelled while it waits, the
        entry is taken out of the line, unless it just got in.
        """
        with self._changed:
            if self._refusing:
                raise LedgerUnavailable
            if not self._line and self._fits(queued.entry):
                self._admit(queued)
                return
            admitted = asyncio.get_running_loop().create_future()
            self._line[admitted] = queued
            self._hurry.set()
        try:
            await admitted
        except asyncio.CancelledError:
            with self._changed:
                self._line.pop(admitted, None)
                self._move_up()
            raise

    def _fits(self, entry: Entry) -> bool:
        return not self._bytes or self._bytes + entry.size <= self._bound

    def _admit(self, queued: Queued) -> None:
        if not self._queue:
            self._changed.notify()
        self._queue.append(queued)
        self._bytes += queued.entry.size

    def _move_up(self) -> None:
        admitted = []
        for future, queued in list(self._line.items()):
            if not self._fits(queued.entry):
                break
            del self._line[future]
            if not future.done():
                self._admit(queued)
                admitted.append(future)
        settle(admitted)

    def take(self, timeout: float | None) -> list[Queued]:
        """Everything there is, after waiting for company; empty when nudged, closed, or late."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._nudged or self._closed, timeout)
            self._nudged = False
            if not self._queue:
                return []
        if self._gather_s:
            self._hurry.wait(self._gather_s)
        with self._changed:
            if not self._closed:
                self._hurry.clear()
            batch, self._queue = self._queue, []
        return batch

    def release(self, size: int) -> None:
        """So many bytes are out of memory; let in who fits now."""
        with self._changed:
            self._bytes -= size
            self._move_up()

    def nudge(self) -> None:
        """Make `take` return, if only with nothing."""
        with self._changed:
            self._nudged = True
            self._changed.notify()

    def block(self) -> list[Queued]:
        """Refuse everything from now on; returns what was queued. Who waits in line is refused."""
        with self._changed:
            self._refusing = True
            batch, self._queue = self._queue, []
            self._bytes = 0
            self._turn_away()
        return batch

    def unblock(self) -> None:
        """Take entries again."""
        with self._changed:
            self._refusing = self._closed

    def withdraw(self, late: "AbstractSet[asyncio.Future[None]]") -> None:
        """Take entries back that nobody has taken yet, and fail them: they will not be written.

        Call it from the loop.
        """
        with self._changed:
            gone = [queued.done for queued in self._queue if queued.done in late]
            freed = sum(queued.entry.size for queued in self._queue if queued.done in late)
            self._queue = [queued for queued in self._queue if queued.done not in late]
            self._bytes -= freed
            for admitted, queued in list(self._line.items()):
                if queued.done in late:
                    del self._line[admitted]
                    gone += [admitted, queued.done]
            self._move_up()
        for failed in gone:
            fail(failed)

    def close(self) -> None:
        """Take no more; what is queued can still be taken."""
        with self._changed:
            self._refusing = self._closed = True
            self._hurry.set()
            self._turn_away()
            self._changed.notify()

    def _turn_away(self) -> None:
        settle(self._line, failed=True)
        self._line.clear()
