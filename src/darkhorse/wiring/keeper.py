"""The keeper process: folds the journal into facts, and retires launches on time."""

import logging
import signal
import time
from collections.abc import Callable
from pathlib import Path

from darkhorse.base.errors import ConfigError, whereabouts
from darkhorse.base.ids import RandomIds
from darkhorse.catalog.launch import Launch
from darkhorse.launches.clock import LaunchClock
from darkhorse.launches.desk import Desk
from darkhorse.storage.ledger.facts import FACTS_FILE, open_facts
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.wiring import logs
from darkhorse.wiring.child import ready
from darkhorse.wiring.config import Config
from darkhorse.wiring.launches import open_launch_store
from darkhorse.wiring.time import steady_clock

__all__ = ["run"]

_EVERY_S = 0.2
_TICK_S = 1.0
_LONGEST_PAUSE_S = 30.0  # between two tries while folding fails
_STOP = (signal.SIGTERM, signal.SIGINT)

_log = logging.getLogger(__name__)


def run(data_dir: Path, config: Config) -> None:
    """Fold until SIGTERM or SIGINT, then once more. Raises ConfigError."""
    logs.configure("keeper", config.log)
    # Blocked and waited for: a handler could fire in the middle of a fold.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    engine = open_facts(data_dir / FACTS_FILE)
    store = open_launch_store(data_dir)
    try:
        _follow(Fold(engine, data_dir / "journal"), _launch_clock(store, data_dir))
    finally:
        engine.dispose()
        store.close()


def _launch_clock(store: SqlLaunchStore, data: Path) -> LaunchClock:
    clock = steady_clock(data)
    desk = Desk(store, clock, RandomIds().launch)
    return LaunchClock(store, desk, clock, _tell)


def _tell(launch: Launch) -> None:
    _log.info("The window of %s has ended; it is retired.", launch.listing.slug)


def _follow(fold: Fold, launch_clock: LaunchClock) -> None:
    folding = _Repeated(fold.catch_up, "The journal cannot be folded into facts", _EVERY_S)
    ticking = _Repeated(launch_clock.tick, "Ends of windows cannot be written down", _TICK_S)
    stopping = False
    while True:
        now = time.monotonic()
        if folding.run(now):
            ready()
        ticking.run(now)
        if stopping:
            return
        pause = max(0.0, min(folding.due, ticking.due) - time.monotonic())
        stopping = signal.sigtimedwait(_STOP, pause) is not None
        if stopping:
            folding.due = 0.0


class _Repeated:
    """Something to do every so often; less often while it fails. `due` is monotonic seconds."""

    def __init__(self, work: Callable[[], object], failure: str, every_s: float) -> None:
        self._work = work
        self._failure = failure
        self._every_s = every_s
        self._pause_s = every_s
        self._has_worked = False
        self.due = 0.0

    def run(self, now: float) -> bool:
        """Do it if it is due. False if it failed: nothing is lost, the next try begins as this did.

        The operator's mistake is raised at the start, when somebody looks.
        """
        if now < self.due:
            return self._has_worked
        try:
            self._work()
        except Exception as e:
            if isinstance(e, ConfigError) and not self._has_worked:
                raise
            # Any other exception's text may hold a row, and a row names the endpoint.
            why = str(e) if isinstance(e, ConfigError) else whereabouts(e)
            _log.error("%s (%s); it is tried again.", self._failure, why)
            self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)
            self.due = now + self._pause_s
            return False
        self._pause_s, self._has_worked = self._every_s, True
        self.due = now + self._every_s
        return True
