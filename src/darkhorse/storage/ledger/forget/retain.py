"""Launches that keep their record for so many days: once a day it is ordered that older ones go.

`retention_days` is a promise to users; a generation goes at most a day and an erasure's time after
its days are over.
"""

from collections.abc import Callable, Mapping

from darkhorse.base.clock import DAY_US, SteadyClock
from darkhorse.storage.erasures import Erasure, ErasureStore, Subject

__all__ = ["Retain"]


class Retain:
    """A Chore. `days_of` gives the listings with a bound, by slug, and their days.

    While the clock is in doubt nothing is ordered: what is erased does not come back.
    """

    name = "retain"
    every_s = 60.0

    def __init__(
        self,
        days_of: Callable[[], Mapping[str, int]],
        store: ErasureStore,
        *,
        clock: SteadyClock,
        new_id: Callable[[], str],
    ) -> None:
        self._days_of = days_of
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._due_us = 0

    def step(self) -> bool:
        """Order it if it is time."""
        now = self._clock.now_us()
        if now < self._due_us or not self._clock.is_settled:
            return False
        before = {slug: now - days * DAY_US for slug, days in self._days_of().items()}
        if before and not any(each.kind == "retention" for each in self._store.unfinished()):
            order = Erasure(
                id=self._new_id(), kind="retention", asked_us=now, subject=Subject(before=before)
            )
            self._store.add(order)
        self._due_us = now + DAY_US
        return False

    def close(self) -> None:
        """Nothing is held."""
