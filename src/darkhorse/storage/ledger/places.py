"""Where a generation's frames are: their sequences, and for a recent one their journal places.

Facts keep a small number for each journal file; one that is gone since was packed.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from darkhorse.storage.ledger.read import Position
from darkhorse.storage.ledger.sealed import sequences_of
from darkhorse.storage.ledger.tables import generation, journal_file
from darkhorse.storage.ledger.whole import PACKED

__all__ = ["Place", "Places", "number_files", "places_of", "sealed_places_of"]


class Place(NamedTuple):
    """A frame's sequence, and where it began in the journal (`PACKED`: not there)."""

    sequence: int
    at: Position


class Places(NamedTuple):
    """Where the two frames of a generation are."""

    start: Place
    end: Place


def number_files(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The number of each file, given out in this order to those that have none."""
    rows = [{"name": name} for name in names]
    if rows:
        connection.execute(insert(journal_file).on_conflict_do_nothing(), rows)
    columns = select(journal_file.c.name, journal_file.c.number)
    known = columns.where(journal_file.c.name.in_([row["name"] for row in rows]))
    return {row.name: row.number for row in connection.execute(known)}


def places_of(connection: Connection, name: str) -> Places | None:
    """Of a generation that has ended; None for any other."""
    row = connection.execute(_PLACES.where(generation.c.id == name)).first()
    if row is None:
        return sealed_places_of(connection, name)
    start, end = Position(row[1], row[2]), Position(row[4], row[5])
    return Places(Place(row[0], start), Place(row[3], end))


def sealed_places_of(connection: Connection, name: str) -> Places | None:
    """Of one whose row has left SQLite; None for any other. What is sealed is packed."""
    found = sequences_of(connection, name)
    return Places(Place(found.start, PACKED), Place(found.end, PACKED)) if found else None


_first, _last = journal_file.alias("first"), journal_file.alias("last")
_PLACES = (
    select(
        generation.c.start_seq,
        _first.c.name,
        generation.c.start_at,
        generation.c.end_seq,
        _last.c.name,
        generation.c.end_at,
    )
    .join(_first, _first.c.number == generation.c.start_file)
    .join(_last, _last.c.number == generation.c.end_file)
)
