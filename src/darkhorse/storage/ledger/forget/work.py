"""What is being erased: the generations that were found, and how far their erasure is.

`DATA/erasing.sqlite`, there only while the keeper erases. It holds numbers and ids, nothing that
anybody wrote, and can be made again from the record at any time: lost, the work begins anew, and
every part of it may be done twice.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from darkhorse.storage.ledger.transaction import transaction

__all__ = ["WORK_FILE", "Find", "Sum", "Work", "open_work", "remove_work"]

WORK_FILE = "erasing.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS run (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS found (
    start INTEGER PRIMARY KEY, id TEXT NOT NULL, erasure TEXT NOT NULL, "end" INTEGER,
    size INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS found_id ON found (id);
CREATE INDEX IF NOT EXISTS found_open ON found (id) WHERE "end" IS NULL;
CREATE INDEX IF NOT EXISTS found_end ON found ("end");
CREATE TABLE IF NOT EXISTS again (sequence INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS unpaired (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, size INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS unpaired_id ON unpaired (id);
"""


class Find(Struct, frozen=True):
    """A generation to erase that has begun. `start` is the sequence of that frame."""

    start: int
    id: str
    erasure: str  # the order that it was found for
    size: int  # bytes of its body


class Sum(Struct, frozen=True):
    """Of one order."""

    generations: int
    size: int


class Work:
    """The file, open. Its one user is the keeper.

    A generation has a start and an end, and frames of either kind that came again: those go with
    it and count nowhere. Of an end without a start both numbers are its own.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._sql = connection

    def get(self, name: str, default: Any = None) -> Any:
        """A word noted for the run."""
        row = self._sql.execute("SELECT value FROM run WHERE name = ?", (name,)).fetchone()
        return row[0] if row else default

    def note(self, **words: int | str | None) -> None:
        """Note words for the run, all or none."""
        with self.commit():
            for name, value in words.items():
                self._sql.execute("INSERT OR REPLACE INTO run VALUES (?, ?)", (name, value))

    @contextmanager
    def commit(self) -> Iterator[None]:
        """All that is written inside counts, or nothing of it; may stand in another."""
        if self._sql.in_transaction:
            yield
            return
        with transaction(self._sql):
            yield

    # --- what is found ---

    def begin(self, find: Find) -> bool:
        """Note it. False: it was found before, and this is a frame of it that came again."""
        row = (find.start, find.id, find.erasure, find.size)
        if self._sql.execute(_BEGIN, row).rowcount:
            return True
        self._sql.execute("INSERT OR IGNORE INTO again VALUES (?)", (find.start,))
        self._sql.execute("UPDATE found SET size = size + ? WHERE id = ?", (find.size, find.id))
        return False

    def end(self, generation: str, sequence: int, size: int) -> None:
        """The frame that ends one that has begun; `size` is in bytes, of the answer."""
        self._sql.execute(_END, (sequence, size, generation))

    def open(self) -> set[str]:
        """The ids of those without an end."""
        return {row[0] for row in self._sql.execute('SELECT id FROM found WHERE "end" IS NULL')}

    # --- ends that nothing began ---

    def unpair(self, generation: str, sequence: int, size: int) -> None:
        """An end that followed no start, or not the first of its generation."""
        row = (sequence, generation, size)
        self._sql.execute("INSERT OR IGNORE INTO unpaired VALUES (?, ?, ?)", row)

    def unpaired(self) -> set[str]:
        """Whose they are."""
        return {row[0] for row in self._sql.execute("SELECT DISTINCT id FROM unpaired")}

    def join(self) -> None:
        """Those of generations that are found go with them."""
        with self.commit():
            for statement in _JOIN:
                self._sql.execute(statement)

    def keep(self, generation: str) -> None:
        """It has a start and was not found: its ends stay."""
        self._sql.execute("DELETE FROM unpaired WHERE id = ?", (generation,))

    def adopt(self, generation: str, erasure: str) -> None:
        """Nothing began it: its first end stands for it; `join` takes them all."""
        self._sql.execute(_ADOPT, (erasure, generation))

    # --- all of it ---

    def sums(self) -> dict[str, Sum]:
        """By order."""
        rows = self._sql.execute("SELECT erasure, count(*), sum(size) FROM found GROUP BY erasure")
        return {row[0]: Sum(row[1], row[2]) for row in rows}

    def count(self) -> int:
        """All of them."""
        return int(self._sql.execute("SELECT count(*) FROM found").fetchone()[0])

    def sequences(self) -> Iterator[int]:
        """Of all their frames, in no order; some twice."""
        yield from self.counted()
        for (sequence,) in self._sql.execute("SELECT sequence FROM again"):
            yield sequence

    def counted(self) -> Iterator[int]:
        """Of those that facts are made of: the first start and the end."""
        for start, end in self._sql.execute('SELECT start, "end" FROM found'):
            yield start
            if end is not None:
                yield end

    def first_open_at(self, end: int) -> int | None:
        """The lowest start of those that end behind `end`, or never did; None: no such."""
        row = self._sql.execute(
            'SELECT min(start) FROM found WHERE "end" IS NULL OR "end" > ?', (end,)
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def last_sequence(self) -> int:
        """The highest of all their frames; 0 where nothing was found."""
        row = self._sql.execute('SELECT max(max(start, coalesce("end", 0))) FROM found').fetchone()
        return int(row[0] or 0)

    def ended_by(self, end: int) -> int:
        """How many have ended up to there."""
        row = self._sql.execute('SELECT count(*) FROM found WHERE "end" <= ?', (end,)).fetchone()
        return int(row[0])

    def ids(self, after: int, limit: int) -> list[tuple[int, str]]:
        """(start, id) of the next `limit` behind a start, in order."""
        rows = self._sql.execute(
            "SELECT start, id FROM found WHERE start > ? ORDER BY start LIMIT ?", (after, limit)
        )
        return list(rows)

    def ordered_ids(self) -> Iterator[str]:
        """Every id that an order means, by start."""
        for (name,) in self._sql.execute("SELECT id FROM found WHERE erasure <> '' ORDER BY start"):
            yield name

    def close(self) -> None:
        """May be called twice."""
        self._sql.close()


_BEGIN = "INSERT INTO found VALUES (?, ?, ?, NULL, ?) ON CONFLICT (id) DO NOTHING"
_END = 'UPDATE found SET "end" = ?, size = size + ? WHERE id = ? AND "end" IS NULL'
_ADOPT = (
    "INSERT INTO found SELECT min(sequence), id, ?, min(sequence), 0 FROM unpaired "
    "WHERE id = ? GROUP BY id"
)
_GROW = (
    "UPDATE found SET size = size + also "
    "FROM (SELECT id AS of, sum(size) AS also FROM unpaired GROUP BY id) WHERE id = of"
)
_JOIN = (
    _GROW,
    "INSERT OR IGNORE INTO again SELECT sequence FROM unpaired WHERE id IN (SELECT id FROM found)",
    "DELETE FROM unpaired WHERE id IN (SELECT id FROM found)",
)


def open_work(data: Path) -> Work:
    """The file in a data directory, made if absent, made anew if it is not whole."""
    path = data / WORK_FILE
    try:
        return Work(_connect(path), path)
    except sqlite3.DatabaseError:
        remove_work(data)  # nothing in it cannot be found again
    return Work(_connect(path), path)


def remove_work(data: Path) -> None:
    """The work is done."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        (data / f"{WORK_FILE}{suffix}").unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    path.touch(0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.executescript(_TABLES)
    except BaseException:
        connection.close()
        raise
    return connection
