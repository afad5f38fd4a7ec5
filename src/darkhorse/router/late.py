"""Ends of generations that the journal could not take, kept until it has taken them for good."""

import asyncio
from collections import deque

from darkhorse.base.errors import LedgerUnavailable
from darkhorse.storage.ports import Journal
from darkhorse.storage.records import EndRecord

__all__ = ["LateEnds", "is_durable"]

_MOST = 10_000
_EVERY_S = 1.0
_LAST_TRIES = 12
_LAST_S = 0.25


class LateEnds:
    """`add` what could not be written; `keep_writing` beside the serving, `finish` at its end."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: deque[tuple[EndRecord, bytes]] = deque(maxlen=_MOST)
        self._writing = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, record: EndRecord, answer: bytes) -> None:
        """The journal did not take this end."""
        self._waiting.append((record, answer))

    async def write(self) -> None:
        """Write what waits, oldest first, each until it is on disk; stops where that fails."""
        async with self._writing:
            while self._waiting:
                late = self._waiting[0]
                if not await self._is_written(*late):
                    return
                if self._waiting and self._waiting[0] is late:  # a full queue drops its oldest
                    self._waiting.popleft()

    async def _is_written(self, record: EndRecord, answer: bytes) -> bool:
        try:
            done = await self._journal.end(record, answer)
        except LedgerUnavailable:
            return False
        return await is_durable(self._journal, done)

    async def finish(self) -> None:
        """Before the end: a journal that could not write tries again now and then by itself."""
        for _ in range(_LAST_TRIES):
            await self.write()
            if not self._waiting:
                return
            await asyncio.sleep(_LAST_S)

    async def keep_writing(self) -> None:
        """Try again every so often, until cancelled."""
        while True:
            await asyncio.sleep(_EVERY_S)
            if self._waiting:
                await self.write()


async def is_durable(journal: Journal, done: "asyncio.Future[None]") -> bool:
    """Is the frame on disk in the end? However long the disk takes to say."""
    try:
        await done
    except LedgerUnavailable:
        fate = journal.fate(done)
        return fate is not None and await fate
    return True
