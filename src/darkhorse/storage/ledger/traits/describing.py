"""The chore that keeps traits: follows the whole ledger behind a bookmark of its own.

A batch of frames, what they count for and the bookmark behind them are one transaction, so each
generation is described exactly once, whatever dies in between. What cannot be read of a body is
described without it; where a block of records is damaged it waits for `ledger repair`, as all else.
"""

import logging
from collections.abc import Iterator

from msgspec import structs
from sqlalchemy import Connection, select, update

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.bookmark import (
    frames_behind,
    read_bookmark,
    start_of,
    write_bookmark,
)
from darkhorse.storage.ledger.entries import decoded
from darkhorse.storage.ledger.files import journal_files
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.read import Position
from darkhorse.storage.ledger.traits.file import clear, open_traits
from darkhorse.storage.ledger.traits.recent import RecentExpected
from darkhorse.storage.ledger.traits.rows import Begun, Finished, write_rows
from darkhorse.storage.ledger.traits.tables import shape, trait
from darkhorse.storage.ledger.whole import PACKED, Step, Whole
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.storage.state.engine import writing
from darkhorse.storage.traits import Describer, Expected

__all__ = ["Describing"]

_SLICE_S = 0.3  # of reading; a tenth of a second of writing follows
_BATCH = 2000  # frames a transaction

_log = logging.getLogger(__name__)


class Describing:
    """A Chore. One a data directory: whoever makes it holds the keeper's lock."""

    name = "describe"
    every_s = 0.5

    def __init__(
        self, layout: Layout, clock: Clock, describer: Describer, *, batch: int = _BATCH
    ) -> None:
        self._clock = clock
        self._describer = describer
        self._batch = batch
        self._engine = open_traits(layout.traits, describer.version)
        self._whole = Whole(layout)
        self._recent = RecentExpected()
        self._seen: object = None

    def step(self) -> bool:
        """Describe the next frames; True if there may be more.

        Raises ConfigError where records are damaged, and what disk and database raise.
        """
        sight = self._look()
        if sight == self._seen:
            return False
        batch = _Batch()
        try:
            more = self._read(batch)
        except ConfigError:
            if batch.last is None:
                raise
            more = True  # what could be read counts; the next slice meets it again
        self._write(batch)
        if not more:
            self._seen = sight
        return more

    def close(self) -> None:
        """Let files go; may be called twice."""
        self._whole.close()
        self._engine.dispose()

    def _look(self) -> object:
        """Something that changes when there is more to describe."""
        files = journal_files(self._whole.journal)
        if not files:
            return ()
        try:
            stat = files[-1].path.stat()
        except FileNotFoundError:
            return object()  # removed since it was listed: look again at the next slice
        return len(files), files[-1].name, stat.st_size, stat.st_mtime_ns

    def _undescribed(self) -> Iterator[Step]:
        """The frames behind the bookmark; all of them if it does not fit the ledger any more."""
        with self._engine.connect() as connection:
            bookmark = read_bookmark(connection)
        rest = frames_behind(self._whole, bookmark)
        if bookmark is None or rest is not None:
            return rest or self._whole.frames()
        _log.warning(
            "The ledger does not hold what was described last (frame %d); describing all anew.",
            bookmark.sequence,
        )
        with writing(self._engine).begin() as connection:
            clear(connection, self._describer.version)
        self._recent.clear()
        return self._whole.frames()

    # --- reading ---

    def _read(self, batch: "_Batch") -> bool:
        """A batch, as long as there is time. True: there may be more."""
        until = self._clock.monotonic() + _SLICE_S
        for step in self._undescribed():
            self._take(batch, *step)
            batch.last = step
            batch.count += 1
            if batch.count >= self._batch or self._clock.monotonic() >= until:
                return True
        return False

    def _take(self, batch: "_Batch", bare: Frame, at: Position) -> None:
        if bare.kind not in (START, END):
            return
        frame = self._whole_frame(batch, bare, at)
        if frame is None:
            return
        if frame.kind == START and (start := decoded(frame.meta, StartRecord)):
            self._begin(batch, start, frame, at)
        elif frame.kind == END and (end := decoded(frame.meta, EndRecord)):
            self._end(batch, end, frame.body)
        else:
            batch.unreadable += 1

    def _whole_frame(self, batch: "_Batch", bare: Frame, at: Position) -> Frame | None:
        """With its body, where that can be read; None for one that was erased since."""
        if at != PACKED:
            return bare
        try:
            return self._whole.packed.frame(bare.sequence)
        except ConfigError:
            batch.unreadable += 1
            return bare

    def _begin(self, batch: "_Batch", start: StartRecord, frame: Frame, at: Position) -> None:
        asked = self._describer.asked(start, frame.body)
        self._recent.put(start.id, asked.expected)
        bare = structs.replace(asked, expected=Expected())  # a batch of them may be large
        begun = Begun(start, start_of(frame, at), frame.sequence, bare)
        batch.begun.setdefault(start.id, begun)

    def _end(self, batch: "_Batch", end: EndRecord, answer: bytes) -> None:
        expected = self._recent.pop(end.id)
        if expected is None:
            expected = self._expected(batch, end.id)
        if expected is not None:
            told = self._describer.told(expected, end, answer)
            batch.finished.append(Finished(end, told))

    def _expected(self, batch: "_Batch", generation: str) -> Expected | None:
        """What is not remembered any more; None where no such generation runs."""
        begun = batch.begun.get(generation)
        if begun is not None:
            return self._read_again(begun.sequence, begun.place, begun.record)
        with self._engine.connect() as connection:
            row = connection.execute(_RUNNING.where(trait.c.id == generation)).first()
        if row is None:
            return None
        if not (row.tools or row.schema):
            return Expected()
        return self._read_again(row.start_seq, Position(row.start_file, row.start_at))

    def _read_again(
        self, sequence: int, place: Position, start: StartRecord | None = None
    ) -> Expected:
        try:
            frame = self._whole.frame(sequence, place)
        except ConfigError:
            frame = None
        start = start or (decoded(frame.meta, StartRecord) if frame else None)
        if frame is None or start is None:
            return Expected()
        return self._describer.asked(start, frame.body).expected

    # --- writing ---

    def _write(self, batch: "_Batch") -> None:
        if batch.last is None:
            return
        with writing(self._engine).begin() as connection:
            write_rows(connection, list(batch.begun.values()), batch.finished)
            write_bookmark(connection, *batch.last)
            _note_unreadable(connection, batch.unreadable)


class _Batch:
    """What a slice has read."""

    def __init__(self) -> None:
        self.begun: dict[str, Begun] = {}
        self.finished: list[Finished] = []
        self.last: Step | None = None
        self.count = 0
        self.unreadable = 0


_RUNNING = select(
    trait.c.tools, trait.c.schema, trait.c.start_seq, trait.c.start_file, trait.c.start_at
).where(trait.c.outcome.is_(None))


def _note_unreadable(connection: Connection, frames: int) -> None:
    if frames:
        connection.execute(update(shape).values(unreadable=shape.c.unreadable + frames))
