"""Is a text anywhere in a data directory? Every byte of every file is looked at, packed or not.

Covered: file names, raw bytes, every block of every segment unpacked, every cell of every SQLite
database, the words of full-text indexes, every value of every Parquet file. The text is looked for
as it is and as JSON spells it. Not covered: a text that somebody encoded before it was sent
(base64, another alphabet), one that is cut between two messages, what the drive keeps of blocks
that were freed, and backups.
"""

import json
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import duckdb

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.packed.scan import DamagedBytes, SegmentFile
from darkhorse.storage.ledger.packed.segment import Flaw
from darkhorse.storage.ledger.search.words import words_of

__all__ = ["places_of"]

_CHUNK = 4 << 20  # bytes read at a time
_SQLITE = b"SQLite format 3\0"
_LEAST = 4  # characters; anything shorter stands everywhere by chance
_BUSY_MS = 10_000


def places_of(
    data: Path, needle: str, on_progress: Callable[[int, int], None] = lambda _, __: None
) -> list[str]:
    """Where `needle` is, a line each, and what could not be searched; empty: it is nowhere.

    `on_progress` gets (bytes done, bytes in all). Raises ConfigError for a text too short, and
    where there is no such directory.
    """
    if len(needle) < _LEAST:
        raise ConfigError(f"A text of less than {_LEAST} characters stands everywhere by chance.")
    if not data.is_dir():
        raise ConfigError(f"{data}: is no directory; name the server's with --data DIR.")
    spellings = _spellings(needle)
    files = [(path, size) for path, size in _files(data)]
    total, done = sum(size for _, size in files), 0
    found: list[str] = []
    for path, size in files:
        found += [f"{path}: {where}" for where in _in_file(path, needle, spellings)]
        done += size
        on_progress(done, total)
    return found


def _spellings(needle: str) -> tuple[bytes, ...]:
    """As it is, and inside a JSON string."""
    words = {needle, json.dumps(needle)[1:-1], json.dumps(needle, ensure_ascii=False)[1:-1]}
    return tuple(word.encode("utf-8", "surrogatepass") for word in sorted(words))


def _files(data: Path) -> Iterator[tuple[Path, int]]:
    """Every regular file; links are not followed."""
    for folder, _, names in os.walk(data):
        for name in sorted(names):
            path = Path(folder, name)
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue
            if stat.S_ISREG(status.st_mode):
                yield path, status.st_size


def _in_file(path: Path, needle: str, spellings: Sequence[bytes]) -> list[str]:
    """What is to be said of one file. One that is gone by now holds nothing."""
    try:
        found = list(_raw(path, spellings))
        if path.suffix == ".dhs":
            found += _in_segment(path, spellings)
        elif path.suffix == ".parquet":
            found += _in_parquet(path, needle)
        elif _is_sqlite(path):
            found += _in_sqlite(path, needle, spellings)
    except FileNotFoundError:
        return []
    except OSError as e:
        return [f"cannot be read ({e.strerror}), so it was not searched"]
    return found


def _raw(path: Path, spellings: Sequence[bytes]) -> Iterator[str]:
    if any(spelling in os.fsencode(path.name) for spelling in spellings):
        yield "in its name"
    overlap = max(map(len, spellings)) - 1
    with path.open("rb", buffering=0) as file:
        at, held = 0, b""
        while chunk := file.read(_CHUNK):
            held += chunk
            place = _find(held, spellings)
            if place is not None:
                yield f"at byte {at + place:,}"
                return
            kept = held[-overlap:]
            at += len(held) - len(kept)
            held = kept


def _find(content: bytes, spellings: Sequence[bytes]) -> int | None:
    places = [place for each in spellings if (place := content.find(each)) >= 0]
    return min(places, default=None)


def _in_segment(path: Path, spellings: Sequence[bytes]) -> Iterator[str]:
    with closing(SegmentFile(path)) as segment:
        header = segment.header()
        if isinstance(header, Flaw):
            yield f"{header.value}, so it was not searched"
            return
        for found in segment.blocks(header.file_id, segment.size):
            if isinstance(found, DamagedBytes):
                yield f"bytes {found.start:,} to {found.end:,} are damaged and were not searched"
            elif _find(found.block.data, spellings) is not None:
                yield f"in the block at byte {found.offset:,}"


# --- databases ---


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _in_sqlite(path: Path, needle: str, spellings: Sequence[bytes]) -> Iterator[str]:
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            for table, is_index in _tables(connection):
                if is_index:
                    yield from _in_words(connection, table, needle)
                else:
                    yield from _in_cells(connection, table, spellings)
    except sqlite3.DatabaseError as e:
        yield f"cannot be read ({e}), so it was not searched"


def _tables(connection: sqlite3.Connection) -> list[tuple[str, bool]]:
    """Names, and whether it is a full-text index (its words; their cells are tables too)."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return [(name, "using fts5" in (sql or "").lower()) for name, sql in rows]


def _in_cells(
    connection: sqlite3.Connection, table: str, spellings: Sequence[bytes]
) -> Iterator[str]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({_quoted(table)})")]
    for column in columns:
        cell = f"CAST({_quoted(column)} AS BLOB)"
        holds = " OR ".join(f"instr({cell}, ?)" for _ in spellings)
        query = f"SELECT 1 FROM {_quoted(table)} WHERE {holds} LIMIT 1"  # noqa: S608 (names are quoted)
        if connection.execute(query, spellings).fetchone():
            yield f"in column {column} of table {table}"


def _in_words(connection: sqlite3.Connection, table: str, needle: str) -> Iterator[str]:
    """An index keeps words only: it holds a text where one entry has all words of it."""
    words = words_of(needle)
    if not words:
        return
    expression = " AND ".join(_quoted(word) for word in words)
    name = _quoted(table)
    query = f"SELECT 1 FROM {name} WHERE {name} MATCH ? LIMIT 1"  # noqa: S608 (names are quoted)
    if connection.execute(query, (expression,)).fetchone():
        yield f"its words in the index {table}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# --- the table ---


def _in_parquet(path: Path, needle: str) -> Iterator[str]:
    file = str(path)
    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file])
            columns = [row[0] for row in described.fetchall()]
            cells = (f"bool_or(contains(CAST({_quoted(each)} AS VARCHAR), $2))" for each in columns)
            query = f"SELECT {', '.join(cells)} FROM read_parquet($1)"  # noqa: S608 (quoted names)
            holds = connection.execute(query, [file, needle]).fetchone() or ()
        for column, does in zip(columns, holds, strict=False):
            if does:
                yield f"in column {column}"
    except duckdb.Error as e:
        yield f"cannot be read ({type(e).__name__}), so it was not searched"
