"""What anybody may know of traits: topics by day. No row of anybody's is read here."""

from datetime import date
from pathlib import Path

from sqlalchemy import select

from darkhorse.storage.figures import TopicDay
from darkhorse.storage.ledger.account import day_of
from darkhorse.storage.ledger.traits.file import TraitsFile
from darkhorse.storage.ledger.traits.tables import facet_day
from darkhorse.storage.ledger.traits.tables import listing as listings

__all__ = ["LedgerTopics"]


class LedgerTopics:
    """Over the keeper's file, which need not be there yet. Safe from several threads."""

    def __init__(self, path: Path) -> None:
        self._file = TraitsFile(path)

    def topics(self, first: date, last: date, listing: str | None = None) -> list[TopicDay]:
        """What was asked about, by UTC day, oldest first, then by listing and category.

        Tokens are there once a generation has ended. Blocks on the disk.
        """
        day = facet_day.c
        query = (
            select(
                day.day,
                listings.c.slug.label("listing"),
                day.value.label("category"),
                day.requests,
                (day.prompt_tokens + day.completion_tokens).label("tokens"),
            )
            .join(listings, listings.c.number == day.listing)
            .where(day.facet == "category", day.day.between(day_of(first), day_of(last)))
            .order_by(day.day, listings.c.slug, day.value)
        )
        if listing is not None:
            query = query.where(listings.c.slug == listing)
        with self._file.read() as connection:
            if connection is None:
                return []
            return [TopicDay(**row) for row in connection.execute(query).mappings()]

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._file.close()
