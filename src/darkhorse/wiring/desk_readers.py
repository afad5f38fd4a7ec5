"""What the desk reads that belongs to one thread by itself, made safe from several."""

import threading
from contextlib import closing
from functools import partial
from pathlib import Path

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.catalog.launch import Launch
from darkhorse.launches.inspection import Inspection, OnStep, inspect
from darkhorse.storage.finding import Findings, IndexState
from darkhorse.storage.launch_view import LaunchView
from darkhorse.wiring.facts import LaunchDesk
from darkhorse.wiring.search import SearchDesk
from darkhorse.wiring.targets import target_of

__all__ = ["Endpoints", "FreshFinder", "LockedViews"]


class LockedViews:
    """`storage.launch_view.LaunchViews`; a view asks the server too, whose answer is shared."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self._desk, self._lock = LaunchDesk(data, clock), threading.Lock()

    def view(self, listing: str, live_us: int | None = None) -> LaunchView:
        """As `LaunchDesk.view`."""
        with self._lock:
            return self._desk.view(listing, live_us)

    def close(self) -> None:
        """May be called twice."""
        with self._lock:
            self._desk.close()


class FreshFinder:
    """`storage.finding.Finder`: opened for each question, since it belongs to one thread."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def state(self) -> IndexState:
        """How far the index is; `exists` is False where there is none."""
        try:
            with closing(SearchDesk(self._data)) as desk:
                return desk.state()
        except ConfigError:
            return IndexState(exists=False)

    def find(
        self,
        words: str,
        *,
        listing: str | None = None,
        since_us: int | None = None,
        until_us: int | None = None,
        limit: int = 20,
    ) -> Findings:
        """As `SearchDesk.find`. Raises ConfigError."""
        with closing(SearchDesk(self._data)) as desk:
            return desk.find(
                words, listing=listing, since_us=since_us, until_us=until_us, limit=limit
            )


class Endpoints:
    """Asks endpoints for a launch that is to go live, with the server's keys."""

    def __init__(self, data: Path) -> None:
        self._data = data

    async def inspect(self, launch: Launch, on_step: OnStep) -> Inspection:
        """With a prompt as long as the listing allows."""
        target = partial(target_of, data=self._data)
        return await inspect(launch, target, prove=True, on_step=on_step)
