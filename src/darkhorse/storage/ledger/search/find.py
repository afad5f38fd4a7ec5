"""Finding what people wrote, beside the keeper: newest first, with the place in its text.

The index knows words, not their order: a phrase is looked for in the texts that hold its words.
"""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from darkhorse.storage.finding import Findings, Hit, IndexState
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.reader import Packed, PackedMeta
from darkhorse.storage.ledger.search.index import said_by
from darkhorse.storage.ledger.search.links import Links, Moment
from darkhorse.storage.ledger.search.prompts import Unreadable, prompt_in, prompts_in
from darkhorse.storage.ledger.search.query import (
    Query,
    expression,
    is_met,
    read_query,
    snippet,
)
from darkhorse.storage.ledger.search.shards import (
    Bookmark,
    listing_word,
    read_bookmark,
    sqlite_faults,
)
from darkhorse.storage.records import StartRecord

__all__ = ["MOST_READ", "Findings", "Hit", "IndexState", "Search"]

MOST_READ = 4000
"""Texts that are read for one question where the index alone cannot answer it."""

_PAGE = 64
_BUSY_MS = 10_000
_SECOND_US = 1_000_000
_LAST_S = 2**62
_start = msgspec.json.Decoder(StartRecord)


class _Row(NamedTuple):
    message: int
    sequence: int
    node: int


class _Question(NamedTuple):
    query: Query
    match: str
    since_us: int
    until_us: int

    @property
    def seconds(self) -> tuple[int, int]:
        return self.since_us // _SECOND_US, (self.until_us - 1) // _SECOND_US


class Search:
    """Reads beside the keeper; the index need not be there yet. For one thread."""

    def __init__(self, layout: Layout) -> None:
        self._path = layout.search
        self._packed = Packed(layout.packed)
        self._links = Links(layout.packed)
        self._sql: sqlite3.Connection | None = None

    def state(self) -> IndexState:
        """How far the index is. Raises ConfigError."""
        with sqlite_faults(self._path, reading=True):
            sql = self._open()
            bookmark = read_bookmark(sql) if sql else None
        if bookmark is None:
            return IndexState(exists=False)
        return _state(bookmark, self._packed.last())

    def find(
        self,
        words: str,
        listing: str | None = None,
        since_us: int | None = None,
        until_us: int | None = None,
        limit: int = 20,
    ) -> Findings:
        """At most `limit` generations, from `since_us` on and before `until_us`.

        Raises ConfigError for a question that cannot be read, and where bytes are damaged.
        """
        query = read_query(words)
        with sqlite_faults(self._path, reading=True):
            sql = self._open()
            beside = [] if listing is None or sql is None else _listing(sql, listing)
            if sql is None or read_bookmark(sql) is None or beside is None:
                return Findings([])
            question = _Question(
                query,
                expression(query, beside),
                since_us or 0,
                until_us if until_us is not None else _LAST_S,
            )
            return self._find(sql, question, limit)

    def close(self) -> None:
        """May be called twice."""
        if self._sql:
            self._sql.close()
        self._sql = None
        self._links.close()
        self._packed.close()

    def _open(self) -> sqlite3.Connection | None:
        if self._sql is None and self._path.exists():
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            self._sql = sqlite3.connect(uri, uri=True, isolation_level=None)
            self._sql.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        return self._sql

    def _find(self, sql: sqlite3.Connection, question: _Question, limit: int) -> Findings:
        hits: dict[str, Hit] = {}
        read = 0
        for page in _pages(sql, question):
            with self._links.moment() as moment:
                for row in page:
                    if len(hits) >= limit:
                        return Findings(list(hits.values()))
                    if read >= MOST_READ:
                        return Findings(list(hits.values()), complete=False)
                    read += question.query.needs_text
                    if moment and (hit := self._hit(sql, moment, row, question)):
                        hits.setdefault(hit.generation, hit)
        return Findings(list(hits.values()))

    def _hit(
        self, sql: sqlite3.Connection, moment: Moment, row: _Row, question: _Question
    ) -> Hit | None:
        """None where it was erased, or its text is not what is looked for."""
        meta = self._packed.meta(row.sequence)
        if meta is None:
            return None
        start = _start.decode(meta.meta)
        if not question.since_us <= start.at_us < question.until_us:
            return None
        text = self._text(sql, moment, row, meta, start)
        if text is None or (question.query.needs_text and not is_met(question.query, text)):
            return None
        return Hit(start.id, start.at_us, start.listing, snippet(question.query, text))

    def _text(
        self,
        sql: sqlite3.Connection,
        moment: Moment,
        row: _Row,
        meta: PackedMeta,
        start: StartRecord,
    ) -> str | None:
        try:
            if row.node:
                element = moment.element(row.node)
                return None if element is None else prompt_in(element)
            texts = prompts_in(start.dialect, moment.frame_around(meta.recipe))
        except Unreadable:
            return None
        asked = "SELECT message FROM said WHERE hash = ?"
        for text in texts:
            known = sql.execute(asked, (said_by(start.key, text),)).fetchone()
            if known and known[0] == row.message:
                return text
        return None


def _state(bookmark: Bookmark, last: int) -> IndexState:
    return IndexState(
        exists=True,
        behind=max(0, last - bookmark.sequence),
        upto_us=bookmark.at_us,
        unreadable=bookmark.unreadable,
    )


def _listing(sql: sqlite3.Connection, slug: str) -> list[str] | None:
    """The word of a listing; None for one that nobody has asked."""
    row = sql.execute("SELECT number FROM listing WHERE slug = ?", (slug,)).fetchone()
    return [listing_word(row[0])] if row else None


def _pages(sql: sqlite3.Connection, question: _Question) -> Iterator[list[_Row]]:
    """What holds the words, newest first. Each page is read at once: nobody waits for a reader."""
    first_s, last_s = question.seconds
    shards = sql.execute(
        "SELECT number, last FROM shard WHERE newest_s >= ? AND oldest_s <= ? ORDER BY number DESC",
        (first_s, last_s),
    ).fetchall()
    for number, last in shards:
        table, below = f"words_{number}", last + 1
        asked = (
            f"SELECT m.id, m.sequence, m.node FROM {table} CROSS JOIN message AS m "  # noqa: S608 (a number)
            f"ON m.id = {table}.rowid WHERE {table} MATCH ? AND {table}.rowid < ? "
            f"AND m.at_s BETWEEN ? AND ? ORDER BY {table}.rowid DESC LIMIT {_PAGE}"
        )
        while below:
            rows = sql.execute(asked, (question.match, below, first_s, last_s)).fetchall()
            if rows:
                yield [_Row(*row) for row in rows]
            below = rows[-1][0] if len(rows) == _PAGE else 0
