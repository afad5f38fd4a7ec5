"""Where a key wrote something once more: the search index has each text once for a key."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, or_, select

from darkhorse.storage.ledger.traits.file import TraitsFile
from darkhorse.storage.ledger.traits.filters import of_key, unindexed
from darkhorse.storage.ledger.traits.tables import listing, trait

__all__ = ["WHOLE", "Again", "Saying"]

WHOLE = 158
"""Characters of a preview: one that has no more is the whole text, on one line."""

_MOST = 30_000  # rows that are looked through, the newest of each key: some 0.2 s
_AT_ONCE = 500  # names in one question


class Saying(NamedTuple):
    """A generation whose newest message is that of `first`, by the same key."""

    id: str
    at_us: int
    listing: str
    preview: str
    first: str


class Again:
    """Reads the keeper's file, which need not be there yet. Safe from several threads."""

    def __init__(self, path: Path) -> None:
        self._file = TraitsFile(path)

    def sayings(
        self,
        generations: Sequence[str],
        *,
        listing: str | None = None,
        since_us: int = 0,
        until_us: int | None = None,
        limit: int = 20,
    ) -> tuple[list[Saying], bool]:
        """Each that says what one of `generations` said, those too; at most `limit` of a key.

        A text of which the preview is only the beginning is known again where the message before
        it is the same too. False beside it: there are more rows than are looked through. Raises
        ConfigError for a damaged file.
        """
        found: list[Saying] = []
        is_all = True
        with self._file.read() as connection:
            if connection is None:
                return [], True
            keys = _by_key(connection, generations)
            for key, firsts in keys.items():
                within = _within(key, listing, since_us, until_us, _MOST // len(keys))
                is_all = is_all and _fits(connection, within, _MOST // len(keys))
                query = _same(within, firsts).limit(limit)
                ids = {each.preview: each.id for each in firsts}
                found += [
                    Saying(row.id, row.at_us, row.slug, row.preview, ids[row.preview])
                    for row in connection.execute(query)
                    if row.preview in ids
                ]
        return found, is_all

    def close(self) -> None:
        """May be called twice."""
        self._file.close()


def _by_key(connection: Connection, generations: Sequence[str]) -> dict[str, list[Any]]:
    """What these said, where they said something."""
    columns = (trait.c.id, trait.c.key, trait.c.preview, trait.c.said)
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for at in range(0, len(generations), _AT_ONCE):
        some = select(*columns).where(
            trait.c.id.in_(generations[at : at + _AT_ONCE]), trait.c.preview != ""
        )
        for row in connection.execute(some):
            found[row.key].append(row)
    return found


def _within(
    key: str, slug: str | None, since_us: int, until_us: int | None, most: int
) -> Select[Any]:
    """The newest rows of a key in that time."""
    row = trait.c
    query = select(row.id, row.at_us, row.listing, row.preview, row.said)
    query = query.where(of_key(key), row.at_us >= since_us)
    if until_us is not None:
        query = query.where(row.at_us < until_us)
    if slug is not None:
        number = select(listing.c.number).where(listing.c.slug == slug).scalar_subquery()
        query = query.where(unindexed("listing") == number)
    return query.order_by(row.at_us.desc()).limit(most)


def _fits(connection: Connection, within: Select[Any], most: int) -> bool:
    """Are there no more rows than that?"""
    next_one = within.with_only_columns(trait.c.id).limit(1).offset(most)
    return connection.execute(next_one).first() is None


def _same(within: Select[Any], firsts: Sequence[Any]) -> Select[Any]:
    """Those that say what one of `firsts` said, newest first."""
    row = within.subquery().c
    whole = [each.preview for each in firsts if len(each.preview) <= WHOLE]
    longer = [each.said for each in firsts if len(each.preview) > WHOLE and each.said]
    return (
        select(row.id, row.at_us, row.preview, listing.c.slug)
        .join(listing, listing.c.number == row.listing)
        .where(or_(row.preview.in_(whole), row.said.in_(longer)))
        .order_by(row.at_us.desc(), row.id.desc())
    )
