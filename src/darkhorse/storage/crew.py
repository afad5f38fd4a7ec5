"""Threads of their own for one kind of blocking work, and a bounded line in front of them.

asyncio's own few threads are everybody's: what may take long there holds up whatever is short.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from darkhorse.base.errors import RateLimited

__all__ = ["Crew"]

_LATER_S = 2

T = TypeVar("T")


class Crew:
    """So many threads, and so many who may wait for one. Asked from event loops."""

    def __init__(self, name: str, *, threads: int, line: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._places = threading.Semaphore(threads + line)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises. Raises RateLimited at once where the line is full.

        Work that has begun is done, and holds its place, though nobody waits for it any more.
        """
        if not self._places.acquire(blocking=False):
            raise RateLimited(
                "Too many ask for this just now; try again shortly.", retry_after=_LATER_S
            )
        done = self._threads.submit(work)
        done.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(done)

    def close(self) -> None:
        """Take no more; does not wait for what runs. May be called twice."""
        self._threads.shutdown(wait=False, cancel_futures=True)
