"""What a row counts for, by hour and day, under each value of each facet.

All of it follows from the row, so what a row has added can be subtracted at any time, exactly.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, delete, literal_column, select

from darkhorse.storage.ledger.bulk import Bulk, adding
from darkhorse.storage.ledger.tables import HOUR_US
from darkhorse.storage.ledger.traits.tables import COUNTS, facet_day, facet_hour, trait
from darkhorse.storage.traits import LENGTHS, TURNS, Facet, Trouble

__all__ = ["TROUBLES", "Counted", "Tallies", "bits_of", "counted", "troubles_in"]

TROUBLES: tuple[Trouble, ...] = ("cut", "empty", "tool_call", "schema", "refused", "retried")
"""In the order of their bits."""

_LENGTHS = (10, 50, 200, 1000, 5000)  # where the next of `LENGTHS` begins
_TURNS = (2, 10, 50)
_UNNAMED_ERROR = "server"
_HOURS = 24


class Counted(NamedTuple):
    """The columns of a row that it counts by."""

    at_us: int
    listing: int
    dialect: str
    app_value: str
    category: str
    language: str
    length: int
    turns: int
    tools: bool
    is_first: bool
    prompt_tokens: int
    outcome: str | None
    finish: str | None
    error_type: str
    completion_tokens: int
    called: bool
    troubles: int


def counted() -> Select[Any]:
    """Rows as `Counted(*row)` takes them."""
    return select(*(trait.c[name] for name in Counted._fields))


def bits_of(troubles: frozenset[Trouble]) -> int:
    """As a row keeps them."""
    return sum(1 << TROUBLES.index(each) for each in troubles)


def troubles_in(bits: int) -> tuple[Trouble, ...]:
    """The other way."""
    return tuple(each for place, each in enumerate(TROUBLES) if bits >> place & 1)


class _Key(NamedTuple):
    facet: Facet
    listing: int
    hour: int
    value: str


class Tallies:
    """Sums of what rows add or take away; `write` puts them into the tables."""

    def __init__(self) -> None:
        self._sums: defaultdict[_Key, defaultdict[str, int]] = defaultdict(_none)

    def begin(self, row: Counted, sign: int = 1) -> None:
        """What it counts for while it runs."""
        for facet, value in _begun_facets(row):
            sums = self._of(row, facet, value)
            sums["requests"] += sign
            sums["sessions"] += sign * (row.is_first and facet == "all")

    def end(self, row: Counted, sign: int = 1) -> None:
        """What its end adds."""
        amounts = _amounts(row)
        for facet, value in _begun_facets(row):
            _add(self._of(row, facet, value), amounts, sign)
        for facet, value in _ended_facets(row):
            sums = self._of(row, facet, value)
            sums["requests"] += sign
            _add(sums, amounts, sign)

    def take_away(self, row: Counted) -> None:
        """All that it has added."""
        self._whole(row, -1)

    def put_back(self, row: Counted) -> None:
        """The other way."""
        self._whole(row, 1)

    def write(self, connection: Connection) -> None:
        """Call it in a transaction. Values that nothing counts for any more go."""
        days: defaultdict[_Key, defaultdict[str, int]] = defaultdict(_none)
        for key, sums in self._sums.items():
            _add(days[key._replace(hour=key.hour // _HOURS)], sums, 1)
        _write(connection, "facet_hour", self._sums)
        _write(connection, "facet_day", days)

    def _whole(self, row: Counted, sign: int) -> None:
        self.begin(row, sign)
        if row.outcome is not None:
            self.end(row, sign)

    def _of(self, row: Counted, facet: Facet, value: str) -> defaultdict[str, int]:
        return self._sums[_Key(facet, row.listing, row.at_us // HOUR_US, value)]


def _none() -> defaultdict[str, int]:
    return defaultdict(int)


def _add(sums: defaultdict[str, int], amounts: Mapping[str, int], sign: int) -> None:
    for name, amount in amounts.items():
        sums[name] += sign * amount


def _begun_facets(row: Counted) -> Iterator[tuple[Facet, str]]:
    yield "all", ""
    yield "category", row.category
    yield "language", row.language
    yield "length", _bucket(row.length, _LENGTHS, LENGTHS)
    yield "turns", _bucket(row.turns, _TURNS, TURNS)
    yield "tools", "yes" if row.tools else "no"
    yield "dialect", row.dialect
    yield "app", row.app_value


def _ended_facets(row: Counted) -> Iterator[tuple[Facet, str]]:
    if row.finish is not None:
        yield "finish", row.finish
    if row.outcome in ("failed", "interrupted"):
        yield "error", row.error_type or _UNNAMED_ERROR
    for trouble in troubles_in(row.troubles):
        yield "trouble", trouble


def _bucket(number: int, bounds: tuple[int, ...], names: tuple[str, ...]) -> str:
    return names[sum(number >= bound for bound in bounds)]


def _amounts(row: Counted) -> dict[str, int]:
    outcome = "failed" if row.outcome == "interrupted" else str(row.outcome)
    return {
        "ended": 1,
        outcome: 1,
        "prompt_tokens": row.prompt_tokens,
        "completion_tokens": row.completion_tokens,
        "called": int(row.called),
        **dict.fromkeys(troubles_in(row.troubles), 1),
    }


def _write(connection: Connection, table: str, sums: Mapping[_Key, Mapping[str, int]]) -> None:
    keys = _KEYS[table]
    rows: list[dict[str, Any]] = [
        {**dict(zip(keys, key, strict=True)), **{name: each.get(name, 0) for name in COUNTS}}
        for key, each in sums.items()
        if any(each.values())
    ]
    _ADDING[table].run(connection, rows)
    if fallen := [row for row in rows if row["requests"] < 0]:
        _EMPTY[table].run(connection, fallen)


_TABLES = (facet_hour, facet_day)
_KEYS = {each.name: [column.name for column in each.primary_key] for each in _TABLES}
_ADDING = {each.name: Bulk(adding(each)) for each in _TABLES}
_EMPTY = {
    each.name: Bulk(
        delete(each).where(
            *(column == bindparam(column.name) for column in each.primary_key),
            each.c.requests == literal_column("0"),
        )
    )
    for each in _TABLES
}
