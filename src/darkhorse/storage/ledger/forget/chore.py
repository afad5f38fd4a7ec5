"""The keeper's part in erasing: it takes up the orders that lie in the state, one run at a time."""

from collections.abc import Callable
from functools import partial

from darkhorse.base.clock import Clock
from darkhorse.storage.erasures import ErasureStore
from darkhorse.storage.ledger.forget.run import Others, Run
from darkhorse.storage.ledger.forget.sweep import Sweep
from darkhorse.storage.ledger.forget.work import WORK_FILE, Work, open_work, remove_work
from darkhorse.storage.ledger.layout import Layout

__all__ = ["Forget"]

_SLICE_S = 0.7


class Forget:
    """A Chore. One a data directory: whoever makes it holds the keeper's lock.

    `others` is who has to forget besides. Raises what those raise; the next step goes on where this
    one was.
    """

    name = "forget"
    every_s = 1.0

    def __init__(
        self, layout: Layout, store: ErasureStore, others: Others, *, clock: Clock
    ) -> None:
        self._layout = layout
        self._store = store
        self._others = others
        self._clock = clock
        self._work: Work | None = None
        self._run: Run | None = None
        self._leftover: Sweep | None = None

    def step(self) -> bool:
        """A slice of the run that is under way, or the beginning of one."""
        has_time = partial(self._has_time, self._clock.monotonic() + _SLICE_S)
        if self._run is None and not self._begin(has_time):
            return self._leftover is not None
        if self._run is None:
            return True
        more = self._run.step(has_time)
        if more is None:
            self.close()
            remove_work(self._layout.data)
            return True
        return more

    def close(self) -> None:
        """Let files go; may be called twice."""
        for each in (self._run, self._work, self._leftover):
            if each:
                each.close()
        self._run = self._work = self._leftover = None

    def _has_time(self, until: float) -> bool:
        return self._clock.monotonic() < until

    def _begin(self, has_time: Callable[[], bool]) -> bool:
        """Open the run that a crash has interrupted, or a new one. False: there is none yet."""
        goes_on = (self._layout.data / WORK_FILE).exists()
        orders = self._store.unfinished()
        if not goes_on and not orders:
            return False
        self._work = self._work or open_work(self._layout.data)
        if self._work.get("orders") is None:
            if not self._is_swept(has_time):
                return False
            Run.begin(self._layout, self._work, orders)
        self._run = Run(self._layout, self._store, self._work, self._others, self._clock)
        return True

    def _is_swept(self, has_time: Callable[[], bool]) -> bool:
        """Finish a sweep whose work file was lost: what is doomed must go in any case."""
        if not self._layout.packed.exists():
            return True
        self._leftover = self._leftover or self._others.sweep(lambda: iter(()))
        if self._leftover.is_marked and self._leftover.step(has_time):
            return False
        self._leftover.close()
        self._leftover = None
        return True
