"""One chore of the keeper: when it is due, what became of it, and how long to wait after a failure.

A chore is made when it is first due and made anew after a failure: what it held in memory is not
trusted any more, and each begins by putting right what a crash may have left.
"""

import errno
import logging
import os
import sqlite3
from collections.abc import Callable

from msgspec import structs

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError, whereabouts
from darkhorse.storage.ledger.chore import Chore
from darkhorse.wiring.keeper_report import DutyReport

__all__ = ["Duty"]

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 30.0  # between two tries while it fails
_FULL = {errno.ENOSPC, errno.EDQUOT}

_log = logging.getLogger(__name__)


class Duty:
    """A chore's turns. `due` is in monotonic seconds."""

    def __init__(self, name: str, failure: str, make: Callable[[], Chore], clock: Clock) -> None:
        self.name = name
        self._failure = failure  # what cannot be done then, for the log
        self._make = make
        self._clock = clock
        self._chore: Chore | None = None
        self._pause_s = _FIRST_PAUSE_S
        self._told = ""
        self.due = 0.0
        self.report = DutyReport(name=name)

    @property
    def has_caught_up(self) -> bool:
        """Did its last slice leave nothing to do?"""
        return bool(self.report.slices) and not self.report.more

    def is_due(self) -> bool:
        """Is it time for a slice?"""
        return self._clock.monotonic() >= self.due

    def run(self, *, strict: bool = False) -> bool:
        """One slice. True: there is more to do at once. False too where it failed.

        Nothing is lost by a failure: the next try begins as this one did. `strict` is for the
        start, when somebody looks: the operator's mistake is raised.
        """
        began = self._clock.monotonic()
        try:
            more, every_s = self._slice()
        except Exception as e:
            if strict and isinstance(e, ConfigError):
                self.close()
                raise
            self._failed(e)
            return False
        self._went_well(began, more=more)
        self.due = began if more else self._clock.monotonic() + every_s
        return more

    def close(self) -> None:
        """Let the chore's files go; may be called twice."""
        chore, self._chore = self._chore, None
        if chore:
            chore.close()

    def _slice(self) -> tuple[bool, float]:
        if self._chore is None:
            self._chore = self._make()
        return self._chore.step(), self._chore.every_s

    def _went_well(self, began: float, *, more: bool) -> None:
        took_s = self._clock.monotonic() - began
        was = self.report
        self.report = DutyReport(
            name=self.name,
            ok_us=self._clock.now_us(),
            slices=was.slices + 1,
            busy_s=was.busy_s + took_s,
            longest_s=max(was.longest_s, took_s),
            more=more,
        )
        if self._told:
            _log.info("%s goes on.", self.name)
        self._pause_s, self._told = _FIRST_PAUSE_S, ""

    def _failed(self, error: Exception) -> None:
        why = _why(error)
        if why != self._told:
            _log.error("%s (%s); it is tried again.", self._failure, why)
        self._told = why
        self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)
        self.due = self._clock.monotonic() + self._pause_s
        self.report = structs.replace(self.report, more=True, problem=why)
        try:
            self.close()
        except Exception as e:  # noqa: BLE001 (what broke it may break its closing)
            _log.debug("%s could not be closed (%s).", self.name, whereabouts(e))


def _why(error: Exception) -> str:
    """What the log may say of it: another exception's text may hold a row, with the endpoint."""
    if isinstance(error, ConfigError):
        return str(error)
    said = _of_disk(error)
    return f"{said}: {whereabouts(error)}" if said else whereabouts(error)


def _of_disk(error: Exception) -> str:
    """What the disk said, where it was the disk; empty for anything else."""
    cause = getattr(error, "orig", None) or error  # SQLAlchemy wraps what SQLite says
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        number = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO}.get(code, 0)
    else:
        number = cause.errno or 0 if isinstance(cause, OSError) else 0
    if number in _FULL:
        return "the disk is full; make room in DATA"
    return os.strerror(number) if number else ""
