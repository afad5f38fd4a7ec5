"""search.sqlite: which words occur in which message. Words and hashes only, no text.

Messages are numbered as they come and lie in shards, each an FTS5 table of its own (contentless,
without positions: a fifth of the text). Newest shards are searched first. To forget messages,
their words are taken out of a shard, by its own list of them, and its pages are laid anew: what
is freed is overwritten (`secure_delete`), so no byte stays.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import msgspec
import xxhash
from msgspec import Struct, structs

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.transaction import transaction

__all__ = [
    "SHARD_SIZE",
    "Bookmark",
    "Message",
    "Shards",
    "hash_of",
    "listing_word",
    "open_shards",
    "owner_of",
    "read_bookmark",
    "sqlite_faults",
]

SHAPE = 1
SHARD_SIZE = 65_536
"""Messages of a shard: to take some out costs about a second; smaller ones repeat their words."""

_BUSY_MS = 10_000
_READER_MS = 1_000
_CACHE_KIB = 32_768
_TABLES = """
CREATE TABLE shape (number INTEGER PRIMARY KEY);
CREATE TABLE bookmark (
    sequence INTEGER NOT NULL, node INTEGER NOT NULL, at_us INTEGER NOT NULL,
    next_message INTEGER NOT NULL, unreadable INTEGER NOT NULL
);
CREATE TABLE listing (number INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE);
CREATE TABLE message (
    id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, node INTEGER NOT NULL,
    at_s INTEGER NOT NULL, generation INTEGER NOT NULL
);
CREATE TABLE said (hash INTEGER PRIMARY KEY, message INTEGER NOT NULL);
CREATE TABLE shard (
    number INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL,
    oldest_s INTEGER NOT NULL, newest_s INTEGER NOT NULL
);
CREATE TABLE forgotten (generation INTEGER PRIMARY KEY);
"""
_FTS = "fts5(words, content='', columnsize=0, detail=none, tokenize='ascii')"


class Bookmark(Struct, frozen=True, kw_only=True):
    """How far the packed frames are read, and what came of it."""

    sequence: int = 0
    node: int = 0  # the newest link of a conversation that was read
    at_us: int = 0  # when the newest request that was read began
    next_message: int = 1
    unreadable: int = 0  # requests or messages that could not be read


class Message(Struct, frozen=True, kw_only=True):
    """What somebody wrote. `generation` and `said` are hashes (`hash_of`)."""

    sequence: int
    node: int  # 0: it is no link of a conversation, but in the body
    at_s: int
    generation: int
    said: int
    listing: str
    words: str


def hash_of(*parts: str, bits: int = 63) -> int:
    """Enough of a hash for a column; the parts must hold no NUL but the last."""
    return xxhash.xxh3_64_intdigest("\0".join(parts).encode(errors="replace")) >> (64 - bits)


def open_shards(path: Path, *, shard_size: int = SHARD_SIZE) -> "Shards":
    """To write; made if absent, emptied if of another shape. Raises ConfigError."""
    try:
        path.touch(0o600)
        path.chmod(0o600)
    except OSError as e:
        raise ConfigError(f"{path}: cannot be written ({e.strerror}).") from None
    with sqlite_faults(path):
        sql = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for setting in (
            f"busy_timeout = {_BUSY_MS}",
            f"cache_size = -{_CACHE_KIB}",
            "secure_delete = ON",
            "temp_store = MEMORY",
            "journal_mode = WAL",
            "synchronous = FULL",
        ):
            sql.execute(f"PRAGMA {setting}")
        shards = Shards(sql, shard_size)
        shards.reshape()
    return shards


@contextmanager
def sqlite_faults(path: Path, *, reading: bool = False) -> Iterator[None]:
    """A broken file as the operator's matter; a writer gets what may pass as it is."""
    try:
        yield
    except sqlite3.OperationalError as e:
        if not reading:
            raise
        raise ConfigError(f"{path}: cannot be read just now ({e}); try again.") from None
    except sqlite3.DatabaseError as e:
        raise ConfigError(
            f"{path}: not usable ({e}); delete it while the server is stopped and it is made again "
            "from the packed frames."
        ) from None


class Shards:
    """The writer; one a file."""

    def __init__(self, sql: sqlite3.Connection, shard_size: int) -> None:
        self._sql = sql
        self._shard_size = shard_size

    def reshape(self) -> None:
        """Make the tables, or make them anew where they are of another version."""
        if _shape(self._sql) != SHAPE:
            with self._transaction():
                self._make()

    def bookmark(self) -> Bookmark:
        """How far it is."""
        return read_bookmark(self._sql) or Bookmark()

    def add(self, messages: Sequence[Message], bookmark: Bookmark) -> int:
        """Index what was not said before, and move the bookmark; one commit. How many are new."""
        with self._transaction():
            fresh = self._fresh(messages)
            first = bookmark.next_message
            self._insert(list(enumerate(fresh, first)))
            self._write_bookmark(structs.replace(bookmark, next_message=first + len(fresh)))
        return len(fresh)

    def forget_some(self, generations: Sequence[str]) -> bool:
        """Take out what these said, of one shard a call; True: call again.

        At False no byte of it is left, nor will be when it is read only later. Idempotent. Raises
        TimeoutError while a reader holds the old bytes: call again.
        """
        owners = [owner_of(generation) for generation in generations]
        rows = [(owner,) for owner in owners]
        self._sql.executemany("INSERT OR IGNORE INTO forgotten VALUES (?)", rows)
        for number, messages in self._held(owners).items():
            with self._transaction():
                self._remove(messages)
                self._rewrite(number, messages)
            return True
        self._empty_log()
        return False

    def is_forgotten(self, generation: str) -> bool:
        """Was it erased before it was read?"""
        asked = "SELECT 1 FROM forgotten WHERE generation = ?"
        return self._sql.execute(asked, (owner_of(generation),)).fetchone() is not None

    def clear(self) -> None:
        """Begin again, but for what is to be forgotten."""
        forgotten = self._sql.execute("SELECT generation FROM forgotten").fetchall()
        with self._transaction():
            self._make()
            self._sql.executemany("INSERT INTO forgotten VALUES (?)", forgotten)

    def close(self) -> None:
        """May be called twice."""
        self._sql.close()

    def _empty_log(self) -> None:
        run = self._sql.execute
        run(f"PRAGMA busy_timeout = {_READER_MS}")
        busy, *_ = run("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        run(f"PRAGMA busy_timeout = {_BUSY_MS}")
        if busy:
            raise TimeoutError("the search index is being read, so its log could not be emptied")

    def _transaction(self) -> AbstractContextManager[None]:
        return transaction(self._sql)

    def _make(self) -> None:
        self._drop_all()
        for statement in filter(str.strip, _TABLES.split(";")):
            self._sql.execute(statement)
        self._sql.execute("INSERT INTO shape VALUES (?)", (SHAPE,))
        self._write_bookmark(Bookmark())

    def _drop_all(self) -> None:
        """Virtual tables first: they take their own tables with them."""
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE ?"
        for kind in ("CREATE VIRTUAL%", "CREATE TABLE%"):
            for (name,) in self._sql.execute(asked, (kind,)).fetchall():
                self._sql.execute(f'DROP TABLE "{name}"')

    def _write_bookmark(self, bookmark: Bookmark) -> None:
        self._sql.execute("DELETE FROM bookmark")
        row = structs.astuple(bookmark)
        self._sql.execute("INSERT INTO bookmark VALUES (?, ?, ?, ?, ?)", row)

    # --- messages in ---

    def _fresh(self, messages: Sequence[Message]) -> list[Message]:
        once = {message.said: message for message in reversed(messages)}
        asked = "SELECT hash FROM said WHERE hash IN (SELECT value FROM json_each(?))"
        for (known,) in self._sql.execute(asked, (_json(list(once)),)):
            del once[known]
        return [message for message in messages if once.get(message.said) is message]

    def _insert(self, messages: Sequence[tuple[int, Message]]) -> None:
        rows = [(i, m.sequence, m.node, m.at_s, m.generation) for i, m in messages]
        self._sql.executemany("INSERT INTO message VALUES (?, ?, ?, ?, ?)", rows)
        said = sorted((message.said, number) for number, message in messages)
        self._sql.executemany("INSERT INTO said VALUES (?, ?)", said)
        shards: dict[int, list[tuple[int, Message]]] = {}
        for number, message in messages:
            shards.setdefault((number - 1) // self._shard_size, []).append((number, message))
        for shard, held in shards.items():
            self._fill(shard, held)

    def _fill(self, shard: int, messages: Sequence[tuple[int, Message]]) -> None:
        table = _table(shard)
        first, last = messages[0][0], messages[-1][0]
        times = [message.at_s for _, message in messages]
        row = (shard, first, last, min(times), max(times))
        known = self._sql.execute(
            "INSERT INTO shard VALUES (?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET "
            "last = excluded.last, oldest_s = min(oldest_s, excluded.oldest_s), "
            "newest_s = max(newest_s, excluded.newest_s) RETURNING first",
            row,
        ).fetchall()
        if known[0][0] == first:
            self._sql.execute(f"CREATE VIRTUAL TABLE {table} USING {_FTS}")
        rows = [(number, f"{self._listing(m.listing)} {m.words}") for number, m in messages]
        self._sql.executemany(f"INSERT INTO {table} (rowid, words) VALUES (?, ?)", rows)  # noqa: S608 (a number)
        if last == (shard + 1) * self._shard_size:
            self._sql.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608 (a number)

    def _listing(self, slug: str) -> str:
        self._sql.execute("INSERT OR IGNORE INTO listing (slug) VALUES (?)", (slug,))
        asked = "SELECT number FROM listing WHERE slug = ?"
        return listing_word(self._sql.execute(asked, (slug,)).fetchone()[0])

    # --- messages out ---

    def _held(self, owners: Sequence[int]) -> dict[int, list[int]]:
        """The messages of some generations, by shard."""
        asked = "SELECT id FROM message WHERE generation IN (SELECT value FROM json_each(?))"
        found: dict[int, list[int]] = {}
        for (number,) in self._sql.execute(asked, (_json(owners),)):
            found.setdefault((number - 1) // self._shard_size, []).append(number)
        return found

    def _remove(self, messages: Sequence[int]) -> None:
        held = _json(messages)
        for table, column in (("said", "message"), ("message", "id")):
            self._sql.execute(
                f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))",  # noqa: S608 (ours)
                (held,),
            )

    def _rewrite(self, shard: int, without: Sequence[int]) -> None:
        """Take messages out by the words that the shard itself lists for them, and merge it whole.

        Merging leaves out what was taken; laying the pages anew leaves no old copy of it in them.
        """
        table = _table(shard)
        run = self._sql.execute
        run(f"CREATE VIRTUAL TABLE temp.listed USING fts5vocab(main, {table}, instance)")
        gone = run(
            "SELECT doc, group_concat(term, ' ') FROM temp.listed "
            "WHERE doc IN (SELECT value FROM json_each(?)) GROUP BY doc",
            (_json(without),),
        ).fetchall()
        run("DROP TABLE temp.listed")
        remove = f"INSERT INTO {table} ({table}, rowid, words) VALUES ('delete', ?, ?)"  # noqa: S608 (a number)
        self._sql.executemany(remove, gone)
        run(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608 (a number)
        for pages in (f"{table}_data", f"{table}_idx"):
            self._lay_anew(pages)

    def _lay_anew(self, table: str) -> None:
        """The same rows on other pages.

        A page that moved rows to another may keep a copy of them; when a table is emptied as a
        whole, its pages are overwritten.
        """
        run = self._sql.execute
        run(f"CREATE TEMP TABLE kept AS SELECT * FROM {table}")  # noqa: S608 (ours; in memory)
        run(f"DELETE FROM {table}")  # noqa: S608 (ours)
        run(f"INSERT INTO {table} SELECT * FROM kept")  # noqa: S608 (ours)
        run("DROP TABLE kept")


def read_bookmark(sql: sqlite3.Connection) -> Bookmark | None:
    """How far the index is; None where there is none of this version."""
    if _shape(sql) != SHAPE:
        return None
    columns = Bookmark.__struct_fields__
    row = sql.execute(f"SELECT {', '.join(columns)} FROM bookmark").fetchone()  # noqa: S608 (our own names)
    return Bookmark(**dict(zip(columns, row, strict=True)))


def _shape(sql: sqlite3.Connection) -> int:
    known = sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'shape'").fetchone()
    row = sql.execute("SELECT number FROM shape").fetchone() if known else None
    return row[0] if row else 0


def owner_of(generation: str) -> int:
    """What stands for a generation in a row: never shown, and looked for only to forget."""
    return hash_of(generation, bits=47)


def listing_word(number: int) -> str:
    """What stands for a listing among a message's words: nothing people write."""
    return f"§{number}"


def _table(shard: int) -> str:
    return f"words_{shard}"


def _json(values: Sequence[int]) -> str:
    return msgspec.json.encode(values).decode()
