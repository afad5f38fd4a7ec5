"""What of the journal is not packed yet, and ends that are waited for in vain."""

from pathlib import Path

from darkhorse.base.clock import DAY_US, Clock
from darkhorse.storage.ledger.files import JournalFile, ask_for_turn, journal_files
from darkhorse.storage.ledger.forget.work import Work
from darkhorse.storage.ledger.frame import HEADER_SIZE
from darkhorse.storage.ledger.mark import read_mark

__all__ = ["Overdue", "turned", "unpacked"]

_STARTING_S = 60.0  # a relay that starts beside this keeper ends what was cut off


def turned(journal: Path) -> int:
    """Have the newest file closed, so that it can be packed; its number, 0 where there is none."""
    files = journal_files(journal)
    if not files:
        return 0
    ask_for_turn(journal)
    return files[-1].number


def unpacked(journal: Path, upto: int) -> list[JournalFile]:
    """The files up to that number that are not packed and hold anything."""
    mark = read_mark(journal)
    return [
        file
        for file in journal_files(journal)
        if file.number <= upto
        and (mark is None or file.number > mark.number)
        and _size(file.path) > HEADER_SIZE
    ]


class Overdue:
    """Who has not ended a day after everything was read has lost its end.

    Unless the end lies in the journal: what was written by then has to be packed, and read.
    """

    def __init__(self, journal: Path, work: Work, clock: Clock) -> None:
        self._journal = journal
        self._work = work
        self._clock = clock
        self._began = clock.monotonic()
        self._upto: int | None = None

    def is_past(self) -> bool:
        """Call it when all that is packed has been read."""
        if not self._is_a_day_over():
            return False
        if self._upto is None:
            if self._clock.monotonic() - self._began < _STARTING_S:
                return False
            self._upto = turned(self._journal)
        return not unpacked(self._journal, self._upto)

    def _is_a_day_over(self) -> bool:
        now = self._clock.now_us()
        since = self._work.get("caught_up_us")
        if since is None or now < since:  # a clock that was set back says nothing of that moment
            self._work.note(caught_up_us=now)
            return False
        return now - int(since) > DAY_US


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
