"""Between a generation's task and whoever reads it: a bounded queue of batches with one end."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence

from darkhorse.base.errors import DarkhorseError
from darkhorse.wire.chunks import PublicChunk

__all__ = ["Channel"]

_MOST = 256 * 1024  # characters waiting for a slow client before it holds up the upstream


class Channel:
    """One writer, one reader. The writer closes it, with an error or without.

    The reader says when it leaves. `holds_up` the writer, it does where it is far behind; one that
    takes its time by intent must not.
    """

    def __init__(self, *, holds_up: bool = True) -> None:
        self._batches: deque[list[PublicChunk]] = deque()
        self._size = 0  # characters in them
        self._error: DarkhorseError | None = None
        self._closed = False
        self._most = _MOST if holds_up else math.inf
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._left = False
        self._leaving: asyncio.Future[None] | None = None
        self.on_error: Callable[[DarkhorseError], None] = _unheard

    async def put(self, batch: list[PublicChunk]) -> None:
        """Hand on a batch; waits while the reader is far behind."""
        while self._size >= self._most:
            self._writer = asyncio.get_running_loop().create_future()
            await self._writer
        self._batches.append(batch)
        self._size += _size(batch)
        _wake(self._reader)

    def close(self, last: Sequence[PublicChunk] = (), error: DarkhorseError | None = None) -> None:
        """No more will come but `last`; `error` is raised after everything was read."""
        if last:
            self._batches.append(list(last))
            self._size += _size(last)
        self._error = error
        self._closed = True
        _wake(self._reader)
        if error:
            self.on_error(error)

    @property
    def is_idle(self) -> bool:
        """Would `get` have to wait?"""
        return not (self._batches or self._closed)

    def leave(self) -> None:
        """The reader has done with it, or there is none."""
        self._left = True
        _wake(self._leaving)

    async def left(self) -> None:
        """Wait for the reader to be done."""
        if not self._left:
            self._leaving = asyncio.get_running_loop().create_future()
            await self._leaving

    def nudge(self) -> None:
        """Make a waiting `get` return an empty batch: a chance to show a sign of life."""
        if self._reader is not None and not self._reader.done():
            self._batches.append([])
            _wake(self._reader)

    async def get(self) -> list[PublicChunk] | None:
        """The next batch; None at the end. Raises the error the channel was closed with."""
        while not self._batches:
            if self._error:
                raise self._error
            if self._closed:
                return None
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        batch = self._batches.popleft()
        self._size -= _size(batch)
        _wake(self._writer)
        return batch


def _unheard(_: DarkhorseError) -> None:
    """Who reads will come to it."""


def _wake(waiter: "asyncio.Future[None] | None") -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


def _size(batch: Sequence[PublicChunk]) -> int:
    """Characters of a batch, and a little for each chunk."""
    return sum(
        len(chunk.text)
        + len(chunk.reasoning)
        + len(chunk.refusal)
        + sum(len(delta.arguments) for delta in chunk.tools)
        + 64
        for chunk in batch
    )
