"""What is known of the packed segments: names of content, places of blocks, how far all goes.

One SQLite file. A commit here is what makes packed bytes count: it is synced, and only bytes that
were synced before are in it. Lost, it is made again from the segments (`rebuild`).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import sync_directory
from darkhorse.storage.ledger.frame import END, START
from darkhorse.storage.ledger.index_file import (
    INDEX_FILE,
    is_made,
    look_for_segments,
    opened,
    unusable,
)
from darkhorse.storage.ledger.packed.recipe import Record
from darkhorse.storage.ledger.packed.segment import Stream
from darkhorse.storage.ledger.transaction import transaction

__all__ = ["INDEX_FILE", "Counts", "Gap", "Index", "Place", "Segment", "open_index", "read_index"]

SHAPE = 1

_STREAMS = tuple(Stream)
_MOST = 2**56  # no number or place of ours is so large
_WAL_KEPT = 1 << 20  # bytes; a larger one is cut when it is begun anew
_TABLES = """
CREATE TABLE IF NOT EXISTS shape (number INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS blob_name (name BLOB PRIMARY KEY, number INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS node_name (name BLOB PRIMARY KEY, number INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS segment (
    stream INTEGER, number INTEGER, rewrite INTEGER NOT NULL, file_id INTEGER NOT NULL,
    size INTEGER NOT NULL, PRIMARY KEY (stream, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS block (
    stream INTEGER, first INTEGER, last INTEGER NOT NULL, segment INTEGER NOT NULL,
    offset INTEGER NOT NULL, PRIMARY KEY (stream, first)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tally (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mark (id INTEGER PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS gap (
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, file TEXT NOT NULL
);
"""


class Segment(Struct, frozen=True):
    """A segment file: the current one of its stream and number. `size` is what is committed."""

    stream: Stream
    number: int
    rewrite: int
    file_id: int
    size: int

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.stream.word}-{self.number:08}-{self.rewrite}.dhs"


class Place(Struct, frozen=True):
    """Where a block lies, and the numbers of its first and last item."""

    stream: Stream
    first: int
    last: int
    segment: int
    offset: int


class Gap(Struct, frozen=True):
    """Frames of these numbers were lost with a journal file, and the operator knows."""

    first: int
    last: int
    file: str


class Counts(Struct, kw_only=True):
    """Of everything that is packed and not erased; `*_bytes` of bodies."""

    starts: int = 0
    ends: int = 0
    others: int = 0
    request_bytes: int = 0
    answer_bytes: int = 0
    meta_bytes: int = 0
    repeated_bytes: int = 0  # of the requests: stored before
    erased: int = 0  # records
    last_record: int = 0  # highest sequence, erased or not
    last_node: int = 0
    last_blob: int = 0

    def take(self, record: Record, sign: int = 1) -> None:
        """One more of these, or with a `sign` of -1 one less."""
        size = sign * record.size
        self.meta_bytes += sign * len(record.meta)
        self.repeated_bytes += sign * record.repeated
        if record.kind == START:
            self.starts += sign
            self.request_bytes += size
        elif record.kind == END:
            self.ends += sign
            self.answer_bytes += size
        else:
            self.others += sign


class Index:
    """Reads and, for the one packer, writes. `with index.commit():` is one transaction."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._sql = connection

    # --- names ---

    def blob(self, name: bytes) -> int | None:
        """The number of a blob."""
        row = self._sql.execute("SELECT number FROM blob_name WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def node(self, name: bytes) -> int | None:
        """The number of a node."""
        row = self._sql.execute("SELECT number FROM node_name WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def name_blob(self, name: bytes, number: int) -> None:
        self._sql.execute("INSERT INTO blob_name VALUES (?, ?)", (name, number))

    def name_node(self, name: bytes, number: int) -> None:
        self._sql.execute("INSERT INTO node_name VALUES (?, ?)", (name, number))

    # --- segments and blocks ---

    def segments(self, stream: Stream | None = None) -> list[Segment]:
        """In order of stream and number."""
        rows = self._sql.execute(
            "SELECT stream, number, rewrite, file_id, size FROM segment "
            "WHERE ?1 IS NULL OR stream = ?1 ORDER BY stream, number",
            (stream,),
        )
        return [self._segment(row) for row in rows]

    def segment(self, stream: Stream, number: int) -> Segment | None:
        row = self._sql.execute(
            "SELECT stream, number, rewrite, file_id, size FROM segment "
            "WHERE stream = ? AND number = ?",
            (stream, number),
        ).fetchone()
        return self._segment(row) if row else None

    def put_segment(self, segment: Segment) -> None:
        """A new one, or a new state of one."""
        row = (
            segment.stream,
            segment.number,
            segment.rewrite,
            _signed(segment.file_id),
            segment.size,
        )
        self._sql.execute("INSERT OR REPLACE INTO segment VALUES (?, ?, ?, ?, ?)", row)

    def place(self, stream: Stream, number: int) -> Place | None:
        """The block that would hold an item: the last that begins at or before it."""
        row = self._sql.execute(
            "SELECT stream, first, last, segment, offset FROM block "
            "WHERE stream = ? AND first <= ? ORDER BY first DESC LIMIT 1",
            (stream, number),
        ).fetchone()
        found = self._place(row) if row else None
        return found if found and number <= found.last else None

    def places(self, stream: Stream, after: int = 0) -> list[Place]:
        """The blocks with items behind `after`, in order; a bounded number of them."""
        rows = self._sql.execute(
            "SELECT stream, first, last, segment, offset FROM block "
            "WHERE stream = ? AND first > ? ORDER BY first LIMIT 256",
            (stream, after),
        )
        return [self._place(row) for row in rows]

    def places_in(self, segment: Segment) -> list[Place]:
        """The blocks of one segment, in order."""
        rows = self._sql.execute(
            "SELECT stream, first, last, segment, offset FROM block "
            "WHERE stream = ? AND segment = ? ORDER BY first",
            (segment.stream, segment.number),
        )
        return [self._place(row) for row in rows]

    def _place(self, row: tuple[Any, ...]) -> Place:
        stream, *numbers = self._sound(row)
        return Place(Stream(stream), *numbers)

    def _segment(self, row: tuple[Any, ...]) -> Segment:
        *_, file_id, _ = row
        unsigned = file_id % 2**64 if type(file_id) is int else 0
        stream, number, rewrite, _, size = self._sound((*row[:3], 0, row[4]))
        return Segment(Stream(stream), number, rewrite, unsigned, size)

    def _sound(self, row: tuple[Any, ...]) -> tuple[int, ...]:
        """A damaged row may hold anything. Its first number is that of a stream."""
        sound = all(type(value) is int and 0 <= value < _MOST for value in row)
        if not sound or row[0] not in _STREAMS:
            raise unusable(self.path, "a row of it makes no sense")
        return row

    def put_place(self, place: Place) -> None:
        """A new block, or a new place of one."""
        row = (place.stream, place.first, place.last, place.segment, place.offset)
        self._sql.execute("INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?)", row)

    # --- counts and gaps ---

    def counts(self) -> Counts:
        found = dict(self._sql.execute("SELECT name, value FROM tally"))
        try:
            return msgspec.convert(found, Counts)
        except msgspec.ValidationError as e:
            raise unusable(self.path, e) from None

    def put_counts(self, counts: Counts) -> None:
        rows = [(name, getattr(counts, name)) for name in Counts.__struct_fields__]
        self._sql.executemany("INSERT OR REPLACE INTO tally VALUES (?, ?)", rows)

    def gaps(self) -> list[Gap]:
        """Numbers known to be missing, in order."""
        return [Gap(*row) for row in self._sql.execute("SELECT * FROM gap ORDER BY first")]

    def is_gap(self, first: int, last: int) -> bool:
        """Are all of these numbers known to be missing?"""
        row = self._sql.execute(
            "SELECT coalesce(sum(min(last, ?2) - max(first, ?1) + 1), 0) FROM gap "
            "WHERE first <= ?2 AND last >= ?1",
            (first, last),
        ).fetchone()
        return int(row[0]) == last - first + 1

    def put_gap(self, gap: Gap) -> None:
        self._sql.execute(
            "INSERT OR REPLACE INTO gap VALUES (?, ?, ?)", (gap.first, gap.last, gap.file)
        )

    def mark(self) -> bytes | None:
        """What the journal's mark must say once this commit is made."""
        row = self._sql.execute("SELECT content FROM mark").fetchone()
        return row[0] if row else None

    def put_mark(self, content: bytes) -> None:
        self._sql.execute("INSERT OR REPLACE INTO mark VALUES (1, ?)", (content,))

    # --- transactions ---

    def commit(self) -> AbstractContextManager[None]:
        """All that is written inside counts, or nothing of it."""
        return transaction(self._sql)

    def version(self) -> int:
        """Another number after every commit of somebody else."""
        return int(self._sql.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def moment(self) -> Iterator[None]:
        """All that is read inside belongs together."""
        self._sql.execute("BEGIN")
        try:
            yield
        finally:
            self._sql.execute("COMMIT")

    def run(self, statement: str, rows: Iterable[tuple[object, ...]] | None = None) -> int:
        """A statement of the sweep's or the rebuild's own; returns how many rows it changed."""
        if rows is None:
            return self._sql.execute(statement).rowcount
        return self._sql.executemany(statement, rows).rowcount

    def ask(self, question: str, values: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
        """A question of verify's own."""
        return self._sql.execute(question, values)

    def close(self) -> None:
        """May be called twice."""
        self._sql.close()


def open_index(directory: Path) -> Index:
    """To write, made if there is nothing packed yet.

    Raises ConfigError where it is damaged, OSError and sqlite3.Error from the disk: a full one is
    no damage.
    """
    path = directory / INDEX_FILE
    look_for_segments(path)
    if not is_made(path):
        _make(path)
    with opened(path, "rw") as connection:
        _prepare(connection)
    return Index(connection, path)


def _make(path: Path) -> None:
    """Whole or not at all: a reader could not even look into one that was begun."""
    draft = path.with_name(f"{path.name}.new")
    for left in path.parent.glob(f"{draft.name}*"):
        left.unlink()
    draft.touch(0o600)
    with opened(draft, "rw") as connection:
        _prepare(connection)
    connection.close()
    draft.replace(path)
    sync_directory(path.parent)


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT}")
    connection.execute("PRAGMA secure_delete = ON")
    connection.executescript(_TABLES)
    connection.execute("INSERT OR IGNORE INTO shape VALUES (?)", (SHAPE,))


def read_index(directory: Path) -> Index | None:
    """To read, beside the packer; None where nothing was packed yet. Raises ConfigError."""
    path = directory / INDEX_FILE
    look_for_segments(path)
    if not is_made(path):
        return None
    try:
        with opened(path, "ro") as connection:
            found = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'gap'")
            if found.fetchone()[0]:
                return Index(connection, path)
    except sqlite3.Error as e:
        raise ConfigError(
            f"{path}: cannot be read just now ({e}); see that the disk has room and the file may "
            "be read."
        ) from None
    connection.close()
    return None


def _signed(value: int) -> int:
    """SQLite's integers have a sign."""
    return value - 2**64 if value >= 2**63 else value
