"""Ledger to facts, each generation exactly once, whatever dies in between.

A batch of frames and the bookmark behind them are one transaction. The newest frames may be
read before they are synced, so a power cut can take back what was folded here already; if the
frame that was folded last is gone or is another one by now, everything is folded anew from the
beginning: what is packed, without its bodies, then the journal.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, Engine

from darkhorse.storage.ledger.bookmark import (
    frames_behind,
    read_bookmark,
    start_of,
    write_bookmark,
)
from darkhorse.storage.ledger.days import note_apps, note_keys, tally_conversations, tally_days
from darkhorse.storage.ledger.entries import record_of
from darkhorse.storage.ledger.facts import clear
from darkhorse.storage.ledger.files import journal_files
from darkhorse.storage.ledger.frame import Frame
from darkhorse.storage.ledger.hours import tally_hours
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.places import number_files
from darkhorse.storage.ledger.read import Position
from darkhorse.storage.ledger.rows import Begun, Finished, finish, insert_started
from darkhorse.storage.ledger.tallies import tally_spent, tally_totals, tally_use
from darkhorse.storage.ledger.whole import Step, Whole
from darkhorse.storage.records import StartRecord
from darkhorse.storage.state.engine import writing

__all__ = ["Fold"]

_BATCH = 1000  # frames a transaction

_log = logging.getLogger(__name__)


class Fold:
    """Keeps the facts of `facts.open_facts` abreast of one ledger."""

    def __init__(self, engine: Engine, layout: Layout) -> None:
        self._engine = engine
        self._whole = Whole(layout)
        self._seen: object = None

    def catch_up(self, has_time: Callable[[], bool] = lambda: True) -> int:
        """Fold what is new; returns the number of frames. Raises what disk and database raise.

        Stops behind a batch when there is no time left; the next call goes on from there.
        Costs a directory listing and one row where nothing is new.
        """
        sight = self._look()
        if sight == self._seen:
            return 0
        rest = self._unfolded()
        count = 0
        while folded := self.apply(islice(rest, _BATCH)):
            count += folded
            if not has_time():
                return count
        self._seen = sight
        return count

    def apply(self, batch: Iterable[Step]) -> int:
        """Fold frames that follow the bookmark, in one transaction; returns their number."""
        records, count = _Records(), 0
        last: Step | None = None
        for last in batch:
            records.take(*last)
            count += 1
        if last is None:
            return 0
        with writing(self._engine).begin() as connection:
            records.write(connection)
            write_bookmark(connection, *last)
        return count

    def close(self) -> None:
        """Let the packed files go; may be called twice."""
        self._whole.close()

    def _look(self) -> object:
        """Something that changes when there is more to fold.

        The journal's newest file and that one's size; and whether anything is folded at all, for
        the facts are cleared where an erasure finds them made anew.
        """
        with self._engine.connect() as connection:
            is_folded = read_bookmark(connection) is not None
        files = journal_files(self._whole.journal)
        if not files:
            return is_folded
        try:
            stat = files[-1].path.stat()
        except FileNotFoundError:
            return self._seen  # removed since it was listed: look again at the next pass
        return is_folded, len(files), files[-1].name, stat.st_size, stat.st_mtime_ns

    def _unfolded(self) -> Iterator[Step]:
        """The frames behind the bookmark; all of them if it does not fit the ledger any more."""
        with self._engine.connect() as connection:
            bookmark = read_bookmark(connection)
        rest = frames_behind(self._whole, bookmark)
        if bookmark is None or rest is not None:
            return rest or self._whole.frames()
        _log.warning(
            "The ledger does not hold what was folded last (frame %d, %s, byte %d); folding all "
            "of it anew.",
            bookmark.sequence,
            bookmark.file or "packed",
            bookmark.offset,
        )
        with writing(self._engine).begin() as connection:
            clear(connection)
        return self._whole.frames()


class _Records:
    """What a batch says. Bodies may be large, so only the records are kept, and their places."""

    def __init__(self) -> None:
        self._starts: dict[str, Begun] = {}
        self._ends: list[Finished] = []
        self._early_ends: list[Finished] = []  # of generations that began in an earlier batch
        self._files: dict[str, None] = {}

    def take(self, frame: Frame, at: Position) -> None:
        place = start_of(frame, at)
        self._files[place.file] = None
        record = record_of(frame)
        if isinstance(record, StartRecord):
            self._starts.setdefault(record.id, Begun(record, place, frame.sequence))
        elif record:
            ends = self._ends if record.id in self._starts else self._early_ends
            ends.append(Finished(record, place, frame.sequence))

    def write(self, connection: Connection) -> None:
        """In the frames' own order, so that it does not matter where batches are cut."""
        files = number_files(connection, self._files)
        early = finish(connection, self._early_ends, files)
        begun = insert_started(connection, self._starts.values(), files)
        ended = [*early, *finish(connection, self._ends, files)]
        tally_totals(connection, ended)
        tally_use(connection, begun, ended)
        tally_spent(connection, ended)
        tally_hours(connection, begun, ended)
        tally_days(connection, ended)
        note_apps(connection, begun)
        note_keys(connection, begun)
        tally_conversations(connection, ended)
