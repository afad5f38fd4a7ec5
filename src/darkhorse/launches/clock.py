"""The launch clock: writes down the end of each window when its time has come.

Requests are held against the window itself, so nothing is served late while nobody writes.
"""

from collections.abc import Callable

from darkhorse.base.clock import SteadyClock
from darkhorse.catalog.launch import Launch
from darkhorse.launches.desk import Desk
from darkhorse.storage.ports import LaunchStore

__all__ = ["LaunchClock"]


class LaunchClock:
    """`tick()` now and then. Looks at the launches only when they changed or one is due."""

    def __init__(
        self, store: LaunchStore, desk: Desk, clock: SteadyClock, told: Callable[[Launch], None]
    ) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock
        self._told = told
        self._version: int | None = None
        self._next_us: int | None = None

    def tick(self) -> None:
        """Retire what is over, and tell of each. Raises what the store raises.

        While the clock is in doubt nothing is written: a retirement cannot be taken back.
        """
        version = self._store.version()
        if version != self._version:
            self._next_us = self._earliest()
            self._version = version
        now = self._clock.now_us()
        if self._next_us is not None and now >= self._next_us and self._clock.is_settled:
            for launch in self._desk.retire_overdue():
                self._told(launch)
            self._next_us = self._earliest()

    def _earliest(self) -> int | None:
        lives = [each.life for each in self._store.launches() if each.life.state == "live"]
        return min((life.closes_us for life in lives if life.closes_us is not None), default=None)
