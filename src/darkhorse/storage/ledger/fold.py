"""Journal to facts, each generation exactly once, whatever dies in between.

A batch of frames and the bookmark behind them are one transaction. The newest frames may be
read before they are synced, so a power cut can take back what was folded here already; each
pass therefore reads the last folded frame again, and if it is gone or is another one by now,
everything is folded anew from the journal's beginning.
"""

import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec
import xxhash
from sqlalchemy import Connection, Engine

from darkhorse.storage.ledger.facts import (
    Bookmark,
    clear,
    finish,
    insert_started,
    read_bookmark,
    write_bookmark,
)
from darkhorse.storage.ledger.files import journal_files
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.read import Position, frames
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.storage.state.engine import writing

__all__ = ["Fold"]

_BATCH = 1000  # frames a transaction

_log = logging.getLogger(__name__)

T = TypeVar("T")


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
        records, count, digest = _Records(), 0, ""
        before: Position | None = None
        at: Position | None = None
        for frame, position in batch:
            records.take(frame)
            before, at, digest, count = at, position, _digest(frame), count + 1
        if at is None:
            return 0
        with writing(self._engine).begin() as connection:
            before = before or _position(read_bookmark(connection))
            records.write(connection)
            _mark(connection, at, before, digest)
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
        if bookmark is None:
            return frames(self._directory)
        rest = frames(self._directory, _position_before(bookmark))
        last = next(rest, None)
        if last and _digest(last[0]) == bookmark.digest:
            return rest
        _log.warning(
            "The journal does not hold what was folded last (%s, byte %d); folding all of it anew.",
            bookmark.file,
            bookmark.offset,
        )
        with writing(self._engine).begin() as connection:
            clear(connection)
        return frames(self._directory)


class _Records:
    """What a batch says. Bodies may be large, so only the records are kept."""

    def __init__(self) -> None:
        self._starts: dict[str, StartRecord] = {}
        self._ends: list[EndRecord] = []
        self._early_ends: list[EndRecord] = []  # of generations that began in an earlier batch

    def take(self, frame: Frame) -> None:
        if frame.kind == START and (start := _record(frame, StartRecord)):
            self._starts.setdefault(start.id, start)
        elif frame.kind == END and (end := _record(frame, EndRecord)):
            (self._ends if end.id in self._starts else self._early_ends).append(end)

    def write(self, connection: Connection) -> None:
        """In the frames' own order, so that it does not matter where batches are cut."""
        finish(connection, self._early_ends)
        insert_started(connection, self._starts.values())
        finish(connection, self._ends)


def _record(frame: Frame, kind: type[T]) -> T | None:
    """The frame's record; None, and a line in the log, for one that cannot be understood."""
    try:
        return msgspec.json.decode(frame.meta, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        _log.error("Frame %d holds no %s; left out.", frame.sequence, kind.__name__)
        return None


def _digest(frame: Frame) -> str:
    """Of what makes a frame unlike any other: its meta names a generation."""
    summed = xxhash.xxh3_128(frame.meta)
    summed.update(b"%d %d" % (frame.kind, frame.sequence))
    return summed.hexdigest()


def _position(bookmark: Bookmark | None) -> Position | None:
    return Position(bookmark.file, bookmark.offset) if bookmark else None


def _position_before(bookmark: Bookmark) -> Position | None:
    if bookmark.before_file is None or bookmark.before_offset is None:
        return None
    return Position(bookmark.before_file, bookmark.before_offset)


def _mark(connection: Connection, at: Position, before: Position | None, digest: str) -> None:
    write_bookmark(
        connection,
        Bookmark(
            file=at.file,
            offset=at.offset,
            before_file=before.file if before else None,
            before_offset=before.offset if before else None,
            digest=digest,
        ),
    )
