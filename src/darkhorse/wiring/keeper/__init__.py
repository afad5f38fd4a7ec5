"""The keeper process: everything behind the journal, in slices, and the launch clock.

`duty` is one chore and its back-off, `rounds` whose turn it is, `chores` what there is to do.
Two keepers never work on one directory (`wiring.lock`).
"""

import logging
import os
import signal
from pathlib import Path

from darkhorse.base.clock import Clock, SteadyClock
from darkhorse.storage.ledger.files import journal_files
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.scan import size_of
from darkhorse.wiring import logs
from darkhorse.wiring.child import ready
from darkhorse.wiring.config import Config
from darkhorse.wiring.keeper.chores import FOLD, PACK, Means, rounds
from darkhorse.wiring.keeper.rounds import Rounds
from darkhorse.wiring.keeper_report import KeeperReport, write_report
from darkhorse.wiring.lock import keeping
from darkhorse.wiring.time import steady_clock

__all__ = ["Means", "run"]

_STOP = (signal.SIGTERM, signal.SIGINT)
_REPORT_S = 1.0
_LAST_FOLD_S = 3.0
_LAST_PACK_S = 3.0  # the supervisor waits ten in all

_log = logging.getLogger(__name__)


def run(
    data: Path, config: Config, *, clock: SteadyClock | None = None, means: Means | None = None
) -> None:
    """Keep until SIGTERM or SIGINT, then fold and pack what there is. Raises ConfigError."""
    logs.configure("keeper", config.log)
    # Blocked and waited for: a handler could fire in the middle of a slice.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    with keeping(data):
        clock = clock or steady_clock(data)
        work = rounds(data, clock, means or Means(), search=config.ledger.search)
        try:
            _keep(work, _Reporter(data, work, clock))
        finally:
            work.close()


def _keep(work: Rounds, reporter: "_Reporter") -> None:
    for duty in work.urgent:
        duty.run(strict=True)
    stopping = False
    while not stopping:
        if work.urgent[0].has_caught_up:
            ready()
        pause = work.turn()
        reporter.write_if_due()
        stopping = signal.sigtimedwait(_STOP, min(pause, _REPORT_S)) is not None
    work.finish([FOLD], _LAST_FOLD_S)
    work.finish([PACK], _LAST_PACK_S)
    reporter.write()


class _Reporter:
    """Writes down how it goes, every few seconds."""

    def __init__(self, data: Path, work: Rounds, clock: Clock) -> None:
        self._data = data
        self._work = work
        self._clock = clock
        self._started_us = clock.now_us()
        self._due = 0.0

    def write_if_due(self) -> None:
        if self._clock.monotonic() >= self._due:
            self._due = self._clock.monotonic() + _REPORT_S
            self.write()

    def write(self) -> None:
        sizes = [size_of(file) or 0 for file in journal_files(Layout(self._data).journal)]
        report = KeeperReport(
            pid=os.getpid(),
            at_us=self._clock.now_us(),
            started_us=self._started_us,
            journal_files=len(sizes),
            journal_bytes=sum(sizes),
            chores=tuple(duty.report for duty in self._work.duties),
        )
        try:
            write_report(self._data, report)
        except OSError as e:  # a full disk: its chores say so louder
            _log.debug("keeper.json cannot be written (%s).", e.strerror)
