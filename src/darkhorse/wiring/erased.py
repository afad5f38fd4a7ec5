"""The relay remembers the newest generations; what the keeper has erased it must not tell."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from darkhorse.base.clock import Clock
from darkhorse.storage.follow import follow
from darkhorse.storage.state.erasures import SqlErasureStore
from darkhorse.wiring.accounting import Accounting
from darkhorse.wiring.state import open_state_in

__all__ = ["follow_erased"]


async def follow_erased(data: Path, clock: Clock, accounting: Accounting) -> None:
    """Until cancelled: where something was erased, let go of what is remembered."""
    store = SqlErasureStore(open_state_in(data, clock))
    try:
        look = _Look(store, accounting.generations.forget)
        await follow(look.load, "Erasures", every_s=1.0)
    finally:
        store.close()


class _Look:
    """`load` is called in a thread, `forget` on the loop that made this."""

    def __init__(self, store: SqlErasureStore, forget: Callable[[], None]) -> None:
        self._store = store
        self._forget = forget
        self._loop = asyncio.get_running_loop()
        self._version = store.version()

    def load(self) -> None:
        version = self._store.version()
        if version != self._version:
            self._version = version
            self._loop.call_soon_threadsafe(self._forget)
