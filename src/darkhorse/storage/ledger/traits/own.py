"""One key's own generations, newest first. Nothing of what was written is read here."""

from pathlib import Path

from sqlalchemy import Select, select

from darkhorse.storage.accounting import OwnGeneration
from darkhorse.storage.ledger.traits.file import TraitsFile
from darkhorse.storage.ledger.traits.filters import of_key
from darkhorse.storage.ledger.traits.tables import listing, trait

__all__ = ["LedgerOwnGenerations"]

_COLUMNS = [trait.c[name] for name in OwnGeneration.__struct_fields__ if name != "listing"]


class LedgerOwnGenerations:
    """`storage.accounting.OwnGenerations` over the keeper's file, which need not be there yet."""

    def __init__(self, path: Path) -> None:
        self._file = TraitsFile(path)

    def newest(
        self,
        key: str,
        *,
        since_us: int = 0,
        until_us: int | None = None,
        limit: int = 50,
        before: tuple[int, str] | None = None,
    ) -> list[OwnGeneration]:
        """Newest first, behind `(at_us, id)` of the last one shown. Blocks on the disk."""
        query = _of(key).where(trait.c.at_us >= since_us)
        if until_us is not None:
            query = query.where(trait.c.at_us < until_us)
        if before is not None:
            at_us, last = before
            earlier = (trait.c.at_us < at_us) | (trait.c.id < last)
            query = query.where(trait.c.at_us <= at_us, earlier)
        query = query.order_by(trait.c.at_us.desc(), trait.c.id.desc()).limit(limit)
        with self._file.read() as connection:
            if connection is None:
                return []
            return [OwnGeneration(**row) for row in connection.execute(query).mappings()]

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._file.close()


def _of(key: str) -> Select[tuple[object, ...]]:
    return (
        select(*_COLUMNS, listing.c.slug.label("listing"))
        .join(listing, listing.c.number == trait.c.listing)
        .where(of_key(key))
    )
