"""The public's reader of figures by day, hour, app and topic."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xxhash
from sqlalchemy import Column, Row, select

from darkhorse.storage.accounting import AppRow, RankingRow
from darkhorse.storage.figures import LEAST, DayFigures, HourFigures, Quantiles, TopicDay
from darkhorse.storage.ledger.account import date_of, day_of
from darkhorse.storage.ledger.datasets import LedgerDatasets, Topics, most_used_apps
from darkhorse.storage.ledger.facts import FactsFile, PublicFactsReader
from darkhorse.storage.ledger.kept import Kept, added_texts, quantiles
from darkhorse.storage.ledger.tables import DAY_US, HOUR_US, hour, listing_day, quality_day
from darkhorse.storage.ports import ListingTotals

__all__ = ["LedgerFigures"]

_DAY_HOURS = 24
_KEPT = 32_768  # quantiles: a month's hours of 15 listings, some 8 MB


class LedgerFigures:
    """`storage.figures.PublicFigures` over the keeper's files, which need not be there yet."""

    def __init__(self, facts: Path, topics: Topics) -> None:
        self._facts = FactsFile(facts)
        self._ever = PublicFactsReader(facts)
        self._datasets = LedgerDatasets(facts)
        self._topics = topics
        self._quantiles: Kept[Quantiles] = Kept(_KEPT)

    def totals(self) -> dict[str, ListingTotals]:
        """By listing slug, ever."""
        return self._ever.totals()

    def days(self, first: date, last: date, listing: str | None = None) -> list[DayFigures]:
        """Oldest day first, then by listing; days without any are left out."""
        columns = [listing_day.c[name] for name in DayFigures.__struct_fields__]
        query = (
            select(*columns)
            .where(listing_day.c.day.between(day_of(first), day_of(last)))
            .order_by(listing_day.c.day, listing_day.c.listing)
        )
        if listing is not None:
            query = query.where(listing_day.c.listing == listing)
        with self._facts.read() as connection:
            if connection is None:
                return []
            rows = connection.execute(query).mappings()
            return [DayFigures(**{**row, "day": date_of(row["day"])}) for row in rows]

    def hours(self, listing: str, since_us: int, until_us: int) -> list[HourFigures]:
        """Oldest first, an hour for each that begins before `until_us`, those without any too."""
        span = range(since_us // HOUR_US, -(-until_us // HOUR_US))
        return self._figures(hour.c.hour, listing, span, HOUR_US)

    def days_quality(self, listing: str, first: date, last: date) -> list[HourFigures]:
        """The same by UTC day."""
        span = range(day_of(first), day_of(last) + 1)
        return self._figures(quality_day.c.day, listing, span, DAY_US)

    def quality(self, listing: str, since_us: int, until_us: int) -> HourFigures:
        """The same of all those hours together."""
        hours = range(since_us // HOUR_US, -(-until_us // HOUR_US))
        days = range(-(-hours.start // _DAY_HOURS), hours.stop // _DAY_HOURS)
        inside = range(days.start * _DAY_HOURS, days.stop * _DAY_HOURS)
        if days:  # most of a long span
            before, behind = range(hours.start, inside.start), range(inside.stop, hours.stop)
            rows = self._rows(quality_day.c.day, listing, days)
        else:
            before, behind, rows = hours, range(0), []
        for rest in (before, behind):
            rows += self._rows(hour.c.hour, listing, rest)
        return self._made(hours.start * HOUR_US, rows)

    def apps(
        self, first: date, last: date, *, listing: str | None = None, limit: int = 20
    ) -> list[AppRow]:
        """Apps that named themselves, by tokens."""
        with self._facts.read() as connection:
            if connection is None:
                return []
            return most_used_apps(connection, day_of(first), day_of(last), listing, limit)

    def rankings(self, first: date, last: date) -> list[RankingRow]:
        """As `Datasets.rankings`, by day."""
        return self._datasets.rankings(first, last)

    def topics(self, first: date, last: date, listing: str | None = None) -> Sequence[TopicDay]:
        """What was asked about, by day."""
        return self._topics(first, last, listing)

    def close(self) -> None:
        """Let the files go; may be called twice. Whoever gave the topics closes those."""
        for reader in (self._facts, self._ever, self._datasets):
            reader.close()

    def _figures(
        self, at: Column[int], listing: str, span: range, size_us: int
    ) -> list[HourFigures]:
        """For each number of `span`, from the row whose column `at` has it."""
        found = {row[0]: row for row in self._rows(at, listing, span)}
        return [self._made(each * size_us, [found[each]] if each in found else []) for each in span]

    def _rows(self, at: Column[int], listing: str, span: range) -> list[Row[Any]]:
        table = at.table.c
        query = select(at, *(table[name] for name in _COLUMNS)).where(
            table.listing == listing, at.between(span.start, span.stop - 1)
        )
        with self._facts.read() as connection:
            return list(connection.execute(query)) if connection is not None and span else []

    def _made(self, at_us: int, rows: Sequence[Row[Any]]) -> HourFigures:
        done = sum(row.ended - row.failed - row.cancelled - row.interrupted for row in rows)
        counted = done + sum(row.faulted for row in rows)
        return HourFigures(
            at_us=at_us,
            requests=sum(row.requests for row in rows),
            counted=counted,
            uptime=done / counted if counted >= LEAST else None,
            first_token_ms=self._quantiles_of([row.first_token for row in rows]),
            duration_ms=self._quantiles_of([row.duration for row in rows]),
            tokens_per_second=self._quantiles_of([row.speed for row in rows]),
        )

    def _quantiles_of(self, texts: Sequence[str]) -> Quantiles:
        """Kept by a digest of the histograms: the same ones never have others."""
        name = xxhash.xxh3_128_digest("".join(texts).encode())  # each ends with its brace
        return self._quantiles.of(name, lambda: _public(texts))


_COLUMNS = (
    *("requests", "ended", "failed", "cancelled", "interrupted", "faulted"),
    *("first_token", "duration", "speed"),
)


def _public(texts: Sequence[str]) -> Quantiles:
    """Of all histograms together, each as its table keeps it; of too few none."""
    counts = added_texts(texts)
    return quantiles(counts) if counts.total() >= LEAST else Quantiles()
