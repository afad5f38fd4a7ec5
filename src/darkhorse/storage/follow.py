"""Following a store that other processes change: look again every so often."""

import asyncio
import logging
from collections.abc import Callable

from darkhorse.base.errors import whereabouts

__all__ = ["follow"]

_log = logging.getLogger(__name__)


async def follow(load: Callable[[], None], what: str, *, every_s: float = 0.5) -> None:
    """Call `load` in a thread until cancelled. While it fails, what was loaded last holds."""
    failing = False
    while True:
        await asyncio.sleep(every_s)
        try:
            await asyncio.to_thread(load)
        except Exception as e:  # noqa: BLE001 whatever it is, requests go on
            if not failing:
                why = whereabouts(e)
                _log.error("%s cannot be read again (%s); the last known hold.", what, why)
            failing = True
        else:
            failing = False
