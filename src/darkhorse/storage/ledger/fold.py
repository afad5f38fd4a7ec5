"""Journal to facts, each generation exactly once, whatever dies in between.

A batch of frames and the bookmark behind them are one transaction. The newest frames may be
read before they are synced, so a power cut can take back what was folded here already; if the
frame that was folded last is gone or is another one by now, everything is folded anew from the
journal's beginning.
"""

import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine

from darkhorse.storage.ledger.bookmark import (
    digest_of,
    frames_behind,
    read_bookmark,
    write_bookmark,
)
from darkhorse.storage.ledger.days import note_apps, note_keys, tally_conversations, tally_days
from darkhorse.storage.ledger.entries import record_of
from darkhorse.storage.ledger.facts import clear
from darkhorse.storage.ledger.files import journal_files
from darkhorse.storage.ledger.frame import Frame
from darkhorse.storage.ledger.hours import tally_hours
from darkhorse.storage.ledger.places import number_files
from darkhorse.storage.ledger.read import Position, frames
from darkhorse.storage.ledger.rows import Begun, Finished, finish, insert_started
from darkhorse.storage.ledger.tallies import tally_spent, tally_totals, tally_use
from darkhorse.storage.records import StartRecord
from darkhorse.storage.state.engine import writing

__all__ = ["Fold"]

_BATCH = 1000  # frames a transaction

_log = logging.getLogger(__name__)


class Fold:
    """Keeps the facts of `facts.open_facts` abreast of one journal directory."""

    def __init__(self, engine: Engine, directory: Path) -> None:
        self._engine = engine
        self._directory = directory
        self._seen: object = None

    def catch_up(self) -> int:
        """Fold what is new; returns the number of frames. Raises what disk and database raise.

        Costs a directory listing where nothing is new.
        """
        sight = self._look()
        if sight == self._seen:
            return 0
        rest = self._unfolded()
        count = 0
        while folded := self.apply(islice(rest, _BATCH)):
            count += folded
        self._seen = sight
        return count

    def apply(self, batch: Iterable[tuple[Frame, Position]]) -> int:
        """Fold frames that follow the bookmark, in one transaction; returns their number."""
        records, count = _Records(), 0
        last: Frame | None = None
        before: Position | None = None
        at: Position | None = None
        for frame, position in batch:
            records.take(frame, Position(position.file, position.offset - frame.size))
            before, at, last, count = at, position, frame, count + 1
        if at is None or last is None:
            return 0
        with writing(self._engine).begin() as connection:
            if before is None and (bookmark := read_bookmark(connection)):
                before = bookmark.at
            records.write(connection)
            write_bookmark(connection, at, before, digest_of(last))
        return count

    def _look(self) -> object:
        """Something that changes when the journal does: its newest file and that one's size."""
        files = journal_files(self._directory)
        if not files:
            return ()
        try:
            stat = files[-1].path.stat()
        except FileNotFoundError:
            return self._seen  # removed since it was listed: look again at the next pass
        return len(files), files[-1].name, stat.st_size, stat.st_mtime_ns

    def _unfolded(self) -> Iterator[tuple[Frame, Position]]:
        """The frames behind the bookmark; all of them if it does not fit the journal any more."""
        with self._engine.connect() as connection:
            bookmark = read_bookmark(connection)
        rest = frames_behind(self._directory, bookmark)
        if bookmark is None or rest is not None:
            return rest or frames(self._directory)
        _log.warning(
            "The journal does not hold what was folded last (%s, byte %d); folding all of it anew.",
            bookmark.file,
            bookmark.offset,
        )
        with writing(self._engine).begin() as connection:
            clear(connection)
        return frames(self._directory)


class _Records:
    """What a batch says. Bodies may be large, so only the records are kept, and their places."""

    def __init__(self) -> None:
        self._starts: dict[str, Begun] = {}
        self._ends: list[Finished] = []
        self._early_ends: list[Finished] = []  # of generations that began in an earlier batch
        self._files: dict[str, None] = {}

    def take(self, frame: Frame, place: Position) -> None:
        self._files[place.file] = None
        record = record_of(frame)
        if isinstance(record, StartRecord):
            self._starts.setdefault(record.id, Begun(record, place))
        elif record:
            ends = self._ends if record.id in self._starts else self._early_ends
            ends.append(Finished(record, place))

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
