"""The operator's reader of traits. Private: never give it to anything that answers the public."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, desc, func, select, text

from darkhorse.storage.ledger.bookmark import read_bookmark
from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.tables import HOUR_US
from darkhorse.storage.ledger.traits.file import TraitsFile
from darkhorse.storage.ledger.traits.filters import conditions, unindexed
from darkhorse.storage.ledger.traits.tables import (
    COUNTS,
    facet_day,
    facet_hour,
    listing,
    trait,
)
from darkhorse.storage.ledger.traits.tally import troubles_in
from darkhorse.storage.traits import (
    CountName,
    Counts,
    Facet,
    FacetHour,
    FacetSum,
    TraitFilters,
    TraitRow,
)

__all__ = ["LedgerTraits"]

_HOURS = 24


class LedgerTraits:
    """`storage.traits.TraitFacts` over the keeper's file."""

    def __init__(self, layout: Layout) -> None:
        self._file = TraitsFile(layout.traits)
        self._facts = FactsFile(layout.facts)
        self._packed = Packed(layout.packed)

    def close(self) -> None:
        """Let files go; may be called twice."""
        self._file.close()
        self._facts.close()
        self._packed.close()

    # --- tallies ---

    def sums(
        self, listing: str | None, since_us: int, until_us: int, facet: Facet
    ) -> list[FacetSum]:
        """By value, most requests first; whole hours, both ends' hours counted."""
        with self._file.read() as connection:
            if connection is None:
                return []
            return _summed(connection, listing, _spans(since_us, until_us), facet)

    def most(
        self,
        listing: str | None,
        since_us: int,
        until_us: int,
        facet: Facet,
        *,
        of: CountName = "requests",
        limit: int,
    ) -> list[FacetSum]:
        """The few with most of one count: that is added up first, the rest for them alone."""
        spans = _spans(since_us, until_us)
        with self._file.read() as connection:
            if connection is None:
                return []
            totals = _totals(connection, listing, spans, facet, of)
            values = sorted(totals, key=lambda value: (-totals[value], value))[:limit]
            found = _summed(connection, listing, spans, facet, values)
        return sorted(found, key=lambda each: values.index(each.value))

    def hours(
        self, listing: str | None, since_us: int, until_us: int, facet: Facet
    ) -> list[FacetHour]:
        """By hour and value, oldest first; an hour without any is left out."""
        return self._by(facet_hour, "hour", listing, (since_us, until_us), facet)

    def days(
        self, listing: str | None, since_us: int, until_us: int, facet: Facet
    ) -> list[FacetHour]:
        """As `hours`, by UTC day: each has the first hour of it."""
        return self._by(facet_day, "day", listing, (since_us, until_us), facet)

    def _by(
        self, table: Table, name: str, listing: str | None, span_us: tuple[int, int], facet: Facet
    ) -> list[FacetHour]:
        hours = _HOURS if table is facet_day else 1
        at, value = table.c[name], table.c.value
        first, last = (each // HOUR_US // hours for each in span_us)
        query = (
            _added(table, at, value)
            .where(table.c.facet == facet, _of(table, listing), at.between(first, last))
            .group_by(at, value)
            .order_by(at, value)
        )
        with self._file.read() as connection:
            if connection is None:
                return []
            rows = connection.execute(query)
            return [FacetHour(row[0] * hours, row[1], _counts(row[2:])) for row in rows]

    # --- rows ---

    def rows(
        self, filters: TraitFilters, *, limit: int = 50, before: tuple[int, str] | None = None
    ) -> list[TraitRow]:
        """Newest first, behind `(at_us, id)` of the last one shown."""
        query = (
            select(trait)
            .where(*conditions(filters, before))
            .order_by(desc(trait.c.at_us), desc(trait.c.id))
            .limit(limit)
        )
        with self._file.read() as connection:
            if connection is None:
                return []
            slugs = _slugs(connection)
            return [_row(each, slugs) for each in connection.execute(query).mappings()]

    def row(self, generation: str) -> TraitRow | None:
        """One of them."""
        with self._file.read() as connection:
            if connection is None:
                return None
            query = select(trait).where(trait.c.id == generation)
            found = connection.execute(query).mappings().first()
            return _row(found, _slugs(connection)) if found else None

    def signatures(
        self, listing: str | None, since_us: int, until_us: int, *, limit: int = 50
    ) -> list[tuple[str, str, int, str]]:
        """Failures that say the same: error type, signature, how many, newest id. Most first."""
        query = _signatures(listing, since_us, until_us).limit(limit)
        with self._file.read() as connection:
            if connection is None:
                return []
            return [(each[0], each[1], each[2], each[3]) for each in connection.execute(query)]

    def behind(self) -> int | None:
        """Frames not described yet, of those that are folded or packed; None: nothing is at all."""
        with self._file.read() as connection:
            bookmark = read_bookmark(connection) if connection is not None else None
        if bookmark is None:
            return None
        with self._facts.read() as connection:
            folded = read_bookmark(connection) if connection is not None else None
        last = max(self._packed.last(), folded.sequence if folded else 0)
        return max(0, last - bookmark.sequence)


class _Stretch(NamedTuple):
    """Days or hours that follow one another; both ends are in it."""

    table: Table
    at: ColumnElement[int]
    first: int
    last: int


def _spans(since_us: int, until_us: int) -> list[_Stretch]:
    """Whole days where there are any, and the hours around them; both ends' hours are in it."""
    first, last = since_us // HOUR_US, until_us // HOUR_US
    hour, day = facet_hour.c.hour, facet_day.c.day
    begins, ends = -(-first // _HOURS), (last + 1) // _HOURS
    if begins >= ends:
        return [_Stretch(facet_hour, hour, first, last)]
    spans = [
        _Stretch(facet_hour, hour, first, begins * _HOURS - 1),
        _Stretch(facet_day, day, begins, ends - 1),
        _Stretch(facet_hour, hour, ends * _HOURS, last),
    ]
    return [each for each in spans if each.first <= each.last]


def _summed(
    connection: Connection,
    slug: str | None,
    spans: Sequence[_Stretch],
    facet: Facet,
    values: Sequence[str] | None = None,
) -> list[FacetSum]:
    """By value, most requests first; of `values` alone, where those are given."""
    sums: dict[str, list[int]] = {}
    for span in spans:
        table = span.table
        query = _added(table, table.c.value).where(
            table.c.facet == facet, _of(table, slug), *_within(span, values)
        )
        for row in connection.execute(query.group_by(table.c.value)):
            held = sums.get(row[0], [0] * len(COUNTS))
            sums[row[0]] = [a + b for a, b in zip(held, row[1:], strict=True)]
    found = [FacetSum(value, _counts(each)) for value, each in sums.items()]
    return sorted(found, key=lambda each: (-each.counts.requests, each.value))


def _within(span: _Stretch, values: Sequence[str] | None) -> Sequence[ColumnElement[bool]]:
    """A few values are looked up one by one, moment by moment: the key begins with the moment."""
    if values is None:
        return [span.at.between(span.first, span.last)]
    moments = range(span.first, span.last + 1)
    return [span.at.in_(moments), span.table.c.value.in_(values)]


def _totals(
    connection: Connection, slug: str | None, spans: Sequence[_Stretch], facet: Facet, of: CountName
) -> Counter[str]:
    """One count by value, where there is any."""
    totals: Counter[str] = Counter()
    for span in spans:
        value, count = span.table.c.value, span.table.c[of]
        query = select(value, func.sum(count)).where(
            span.table.c.facet == facet, _of(span.table, slug), *_within(span, None), count > 0
        )
        for row in connection.execute(query.group_by(value)):
            totals[row[0]] += row[1]
    return totals


def _added(table: Table, *by: ColumnElement[Any]) -> Any:
    return select(*by, *(func.sum(table.c[name]) for name in COUNTS))


def _of(table: Table, slug: str | None) -> ColumnElement[bool]:
    """Of one listing, or of each: named one by one, so that each is looked up by the key."""
    if slug is not None:
        return table.c.listing == _number(slug)  # type: ignore[no-any-return]
    return table.c.listing.in_(select(listing.c.number))


def _signatures(slug: str | None, since_us: int, until_us: int) -> Any:
    """All failures there are, in the order of what they say: a few tens of thousands."""
    row = trait.c
    count, newest = func.count(), func.max(row.at_us)
    at_us = unindexed("at_us")
    query = (
        # SQLite gives the id of the row that the maximum comes from.
        select(row.error_type, row.signature, count, row.id, newest)
        .where(text("signature <> ''"), at_us >= since_us, at_us < until_us)
        .group_by(row.signature, row.error_type)
        .order_by(desc(count), desc(newest))
    )
    return query if slug is None else query.where(unindexed("listing") == _number(slug))


def _number(slug: str) -> Any:
    return select(listing.c.number).where(listing.c.slug == slug).scalar_subquery()


def _slugs(connection: Connection) -> dict[int, str]:
    return {row.number: row.slug for row in connection.execute(select(listing))}


def _counts(values: Any) -> Counts:
    return Counts(**dict(zip(COUNTS, values, strict=True)))


_AS_IT_IS = tuple(name for name in TraitRow.__struct_fields__ if name in trait.c)


def _row(found: Mapping[Any, Any], slugs: Mapping[int, str]) -> TraitRow:
    values = {name: found[name] for name in _AS_IT_IS}
    values["listing"] = slugs[found["listing"]]
    has_ended = found["outcome"] is not None
    values["troubles"] = troubles_in(found["troubles"]) if has_ended else ()
    values["error_type"] = found["error_type"] if has_ended else None
    return TraitRow(**values)
