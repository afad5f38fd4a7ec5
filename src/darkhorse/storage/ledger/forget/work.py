"""What is being erased: the generations that were found, and how far their erasure is.

`DATA/erasing.sqlite`, there only while the keeper erases. It holds numbers and ids, nothing that
anybody wrote, and can be made again from the record at any time: lost, the work begins anew, and
every part of it may be done twice.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

__all__ = ["WORK_FILE", "Find", "Sum", "Work", "open_work", "remove_work"]

WORK_FILE = "erasing.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS run (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS found (
    start INTEGER PRIMARY KEY, id TEXT NOT NULL, erasure TEXT NOT NULL, "end" INTEGER,
    size INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS found_open ON found (id) WHERE "end" IS NULL;
CREATE INDEX IF NOT EXISTS found_end ON found ("end");
"""


class Find(Struct, frozen=True):
    """A generation to erase. `start` and `end` are the sequences of its frames."""

    start: int
    id: str
    erasure: str  # the order that it was found for
    end: int | None  # None: not seen yet
    size: int  # bytes of its bodies


class Sum(Struct, frozen=True):
    """Of one order."""

    generations: int
    size: int


class Work:
    """The file, open. Its one user is the keeper."""

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
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._sql.execute("ROLLBACK")
            raise
        self._sql.execute("COMMIT")

    def add(self, finds: Iterable[Find]) -> None:
        """Generations that have begun."""
        rows = ((each.start, each.id, each.erasure, each.end, each.size) for each in finds)
        self._sql.executemany("INSERT OR IGNORE INTO found VALUES (?, ?, ?, ?, ?)", rows)

    def end(self, ends: Iterable[tuple[int, int, int]]) -> None:
        """Of those at `start`: (the end's sequence, bytes of the answer, start)."""
        self._sql.executemany('UPDATE found SET "end" = ?, size = size + ? WHERE start = ?', ends)

    def open(self) -> dict[str, int]:
        """Those without an end: id to start."""
        return dict(self._sql.execute('SELECT id, start FROM found WHERE "end" IS NULL'))

    def sums(self) -> dict[str, Sum]:
        """By order."""
        rows = self._sql.execute("SELECT erasure, count(*), sum(size) FROM found GROUP BY erasure")
        return {row[0]: Sum(row[1], row[2]) for row in rows}

    def count(self) -> int:
        """All of them."""
        return int(self._sql.execute("SELECT count(*) FROM found").fetchone()[0])

    def sequences(self) -> Iterator[int]:
        """Of all their frames, in no order."""
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

    def all_ids(self) -> Iterator[str]:
        """Every id, by start."""
        for (name,) in self._sql.execute("SELECT id FROM found ORDER BY start"):
            yield name

    def close(self) -> None:
        """May be called twice."""
        self._sql.close()


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
