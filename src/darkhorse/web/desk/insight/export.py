"""A list as a file: who asked when and how it went. No word of anybody's text is in it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

import msgspec

from darkhorse.storage.traits import TraitFacts, TraitFilters, TraitRow
from darkhorse.web.sheets import csv_lines

__all__ = ["COLUMNS", "MOST", "as_csv", "as_json"]

MOST = 200_000
"""Rows of one file, the newest; `darkhorse ledger export` has no such bound."""

_AT_ONCE = 1_000
COLUMNS = (
    *("id", "at", "listing", "dialect", "streamed", "key", "person", "session", "app_name"),
    *("category", "language", "length", "turns", "tools", "schema", "media", "prompt_tokens"),
    *("outcome", "finish", "status", "error_type", "completion_tokens", "first_token_ms"),
    *("duration_ms", "attempts", "endpoint", "called", "troubles"),
)

Value = str | int | float | bool | None


async def as_csv(traits: TraitFacts, filters: TraitFilters) -> AsyncIterator[bytes]:
    """A line of names, then the newest first."""
    yield csv_lines([COLUMNS])
    async for rows in _pages(traits, filters):
        yield csv_lines(map(_values, rows))


async def as_json(traits: TraitFacts, filters: TraitFilters) -> AsyncIterator[str]:
    """One list of objects, newest first."""
    before = "["
    async for rows in _pages(traits, filters):
        for row in rows:
            told = dict(zip(COLUMNS, _values(row), strict=True))
            yield before + msgspec.json.encode(told).decode()
            before = ",\n"
    yield "]\n" if before != "[" else "[]\n"


async def _pages(traits: TraitFacts, filters: TraitFilters) -> AsyncIterator[Sequence[TraitRow]]:
    before: tuple[int, str] | None = None
    for _ in range(MOST // _AT_ONCE):
        rows = await asyncio.to_thread(_asking(traits, filters, before))
        if rows:
            yield rows
        if len(rows) < _AT_ONCE:
            return
        before = rows[-1].at_us, rows[-1].id


def _asking(
    traits: TraitFacts, filters: TraitFilters, before: tuple[int, str] | None
) -> Callable[[], Sequence[TraitRow]]:
    return lambda: traits.rows(filters, limit=_AT_ONCE, before=before)


def _values(row: TraitRow) -> list[Value]:
    known: dict[str, Value] = {
        "at": datetime.fromtimestamp(row.at_us / 1e6, UTC).isoformat(timespec="milliseconds"),
        "troubles": " ".join(row.troubles),
    }
    return [known[name] if name in known else _plain(getattr(row, name)) for name in COLUMNS]


def _plain(value: Value) -> Value:
    """Halves of characters are no UTF-8."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
