"""Following a store that other processes change: look again every so often."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from darkhorse.base.errors import whereabouts

__all__ = ["follow"]

_log = logging.getLogger(__name__)


async def follow(load: Callable[[], None], what: str, *, every_s: float = 0.5) -> None:
    """Call `load` in a thread until cancelled. While it fails, what was loaded last holds.

    The thread is its own: a key is revoked in time however much else is read from the disk.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix=f"follow {what}")
    try:
        await _follow(load, what, every_s, thread)
    finally:
        thread.shutdown(wait=False)


async def _follow(
    load: Callable[[], None], what: str, every_s: float, thread: ThreadPoolExecutor
) -> None:
    loop = asyncio.get_running_loop()
    failing = False
    while True:
        await asyncio.sleep(every_s)
        try:
            await loop.run_in_executor(thread, load)
        except Exception as e:  # noqa: BLE001 whatever it is, requests go on
            if not failing:
                why = whereabouts(e)
                _log.error("%s cannot be read again (%s); the last known hold.", what, why)
            failing = True
        else:
            failing = False
