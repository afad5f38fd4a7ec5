"""Lists of generations: recent rows from SQLite, older ones from the Delta table, never a body.

Both come from one moment of the facts: its rows, and the files that the table had then. So a row
is never told twice, whatever the keeper is doing meanwhile; where it has put files together since,
the question is asked anew. Private: endpoints are named here.
"""

import heapq
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, select, tuple_

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.sealed import SealedFile, read_files, read_forgotten
from darkhorse.storage.ledger.table.columns import COLUMNS, IN_FACTS, from_facts
from darkhorse.storage.ledger.table.scan import FilesChanged, Scan
from darkhorse.storage.ledger.tables import generation
from darkhorse.storage.records import Outcome

__all__ = ["Filters", "GenerationRow", "GenerationsList"]

_PAGE = 10_000  # rows that `rows` has in memory
_FIRST_ROWS = 20_000  # of the files that are asked first; then twice as many, and so on
_TRIES = 5


class Filters(Struct, frozen=True, kw_only=True):
    """Which generations; None asks for nothing. Times in µs since the epoch, of the start."""

    since_us: int | None = None
    until_us: int | None = None  # this moment not among them
    listing: str | None = None  # slug
    key: str | None = None  # hash
    app: int | None = None  # `storage.apps.App.id`
    finish: str | None = None
    outcome: Outcome | None = None
    ended: bool = False  # those only that have ended


class GenerationRow(Struct, frozen=True, kw_only=True):
    """A generation. `outcome` and what follows from an end are None while it runs."""

    id: str
    at_us: int
    listing: str
    dialect: str
    key: str
    address: str
    person: str
    streamed: bool
    app_title: str
    app_url: str
    user_agent: str
    app: int | None
    session: str
    outcome: Outcome | None
    finish: str | None
    status: int | None
    error_type: str | None
    prompt_tokens: int  # public tokens, as all but the native
    completion_tokens: int
    reasoning_tokens: int
    micro_usd: int
    native_prompt: int | None
    native_completion: int | None
    first_token_us: int | None
    duration_us: int | None
    attempts: int | None
    endpoint: str | None  # of the last attempt
    start_seq: int  # sequences of its frames
    end_seq: int | None


_Place = tuple[int, str]  # `at_us` and id: the order of every list


class _Page(Struct, frozen=True):
    """A part of a list: at most `limit` rows behind `after`."""

    filters: Filters
    limit: int
    newest_first: bool
    after: _Place | None = None


class GenerationsList:
    """Generations by the keeper's facts, which need not be there yet. Safe from several threads."""

    def __init__(self, facts: Path, table: Path) -> None:
        self._facts = FactsFile(facts)
        self._table = table
        self._scan = Scan(table)

    def newest(
        self, filters: Filters, limit: int = 50, *, page: int = _PAGE
    ) -> Iterator[GenerationRow]:
        """The newest that fit, newest first, as `rows`. Raises ConfigError as `rows`."""
        after: _Place | None = None
        while limit > 0:
            asked = min(page, limit)
            found = self._page(_Page(filters, asked, newest_first=True, after=after))
            yield from found
            if len(found) < asked:
                break
            limit -= asked
            after = found[-1].at_us, found[-1].id

    def rows(self, filters: Filters, *, page: int = _PAGE) -> Iterator[GenerationRow]:
        """All that fit, oldest first, `page` of them in memory.

        May take its time: each page is of its own moment, and begins behind the last row given.
        Raises ConfigError where files are missing or damaged.
        """
        after: _Place | None = None
        while found := self._page(_Page(filters, page, newest_first=False, after=after)):
            yield from found
            after = found[-1].at_us, found[-1].id

    def close(self) -> None:
        """Let files go; may be called twice."""
        self._facts.close()
        self._scan.close()

    def _page(self, page: _Page) -> list[GenerationRow]:
        changed: FilesChanged | None = None
        for _ in range(_TRIES):
            try:
                return self._at_once(page)
            except FilesChanged as e:
                changed = e
        raise ConfigError(
            f"{self._table}: a file of the table cannot be read; run `darkhorse ledger repair`."
        ) from changed

    def _at_once(self, page: _Page) -> list[GenerationRow]:
        with self._facts.read() as connection:
            if connection is None:
                return []
            recent = connection.execute(_recent(page)).all()
            files = _fitting(read_files(connection), page, recent)
            gone = read_forgotten(connection, files)
        rows = heapq.merge(
            (_row_of(from_facts(row)) for row in recent),
            (_row_of(row) for row in self._older(page, files, gone)),
            key=lambda row: (row.at_us, row.id),
            reverse=page.newest_first,
        )
        return [row for row, _ in zip(rows, range(page.limit), strict=False)]

    def _older(
        self, page: _Page, files: Sequence[SealedFile], gone: Sequence[int]
    ) -> Sequence[tuple[Any, ...]]:
        """Rows of the table, some files after the other until the rest cannot have any of them."""
        query, values = _sealed(page, gone)
        found: list[tuple[Any, ...]] = []
        rest, share = list(files), _FIRST_ROWS
        while rest:
            some = [rest.pop(0)]
            while rest and sum(file.rows for file in some) < share:
                some.append(rest.pop(0))
            found = _ordered([*found, *self._scan.ask(query, some, values)], page)
            if len(found) == page.limit and _is_done(found[-1][_AT], rest, page):
                break
            share *= 2
        return found


def _ordered(rows: list[tuple[Any, ...]], page: _Page) -> list[tuple[Any, ...]]:
    rows.sort(key=lambda row: (row[_AT], row[_ID]), reverse=page.newest_first)
    return rows[: page.limit]


def _is_done(last_us: int, rest: Sequence[SealedFile], page: _Page) -> bool:
    """Is everything in the rest behind the last row?"""
    if page.newest_first:
        return all(file.last_us < last_us for file in rest)
    return all(file.first_us > last_us for file in rest)


def _fitting(
    files: Sequence[SealedFile], page: _Page, recent: Sequence[Sequence[Any]]
) -> list[SealedFile]:
    """Those in which a row of the page may be, in the page's order."""
    since, until = page.filters.since_us, page.filters.until_us
    if page.after is not None and page.newest_first:
        until = min(page.after[0] + 1, page.after[0] + 1 if until is None else until)
    elif page.after is not None:
        since = max(since or 0, page.after[0])
    if len(recent) == page.limit and page.newest_first:  # it is full without them
        since = max(since or 0, recent[-1][_AT])
    fitting = [
        file
        for file in files
        if (since is None or file.last_us >= since) and (until is None or file.first_us < until)
    ]
    if page.newest_first:
        return sorted(fitting, key=lambda file: -file.last_us)
    return sorted(fitting, key=lambda file: file.first_us)


# --- the question, twice ---

_ID, _AT = COLUMNS.index("id"), COLUMNS.index("at_us")
_EQUAL = ("listing", "key", "app", "finish", "outcome")


def _recent(page: _Page) -> Select[Any]:
    """To SQLite."""
    filters, row = page.filters, generation.c
    conditions: list[ColumnElement[bool]] = [
        row[name] == value for name in _EQUAL if (value := getattr(filters, name)) is not None
    ]
    if filters.since_us is not None:
        conditions.append(row.at_us >= filters.since_us)
    if filters.until_us is not None:
        conditions.append(row.at_us < filters.until_us)
    if filters.ended:
        conditions.append(row.outcome.is_not(None))
    if page.after is not None:
        place = tuple_(row.at_us, row.id)
        conditions.append(place < page.after if page.newest_first else place > page.after)
    order = (row.at_us.desc(), row.id.desc()) if page.newest_first else (row.at_us, row.id)
    return select(*IN_FACTS).where(*conditions).order_by(*order).limit(page.limit)


def _sealed(page: _Page, gone: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """To DuckDB; all that is sealed has ended."""
    filters = page.filters
    values: dict[str, Any] = {
        name: value for name in _EQUAL if (value := getattr(filters, name)) is not None
    }
    conditions = [f"{name} = ${name}" for name in values]
    for name, words in (("since_us", "at_us >= $since_us"), ("until_us", "at_us < $until_us")):
        if (value := getattr(filters, name)) is not None:
            conditions.append(words)
            values[name] = value
    if page.after is not None:
        than = "<" if page.newest_first else ">"
        conditions.append(
            f"(at_us {than} $after_us OR (at_us = $after_us AND id {than} $after_id))"
        )
        conditions.append(f"at_us {than}= $after_us")  # of which Parquet's statistics make use
        values["after_us"], values["after_id"] = page.after
    if gone:
        conditions.append("start_seq NOT IN (SELECT unnest($gone::BIGINT[]))")
        values["gone"] = list(gone)
    order = "DESC" if page.newest_first else "ASC"
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    last = f"ORDER BY at_us {order}, id {order} LIMIT {page.limit}"
    return f"{_ALL} {where} {last}", values


_ALL = " ".join(["SELECT", ", ".join(COLUMNS), "FROM {files}"])


def _row_of(row: Sequence[Any]) -> GenerationRow:
    return GenerationRow(**dict(zip(COLUMNS, row, strict=True)))
