"""Where in the journal a generation's frames begin. Facts keep a small number for each file."""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from darkhorse.storage.ledger.read import Position
from darkhorse.storage.ledger.tables import generation, journal_file

__all__ = ["Places", "number_files", "places_of"]


class Places(Struct, frozen=True):
    """Where the two frames of a generation begin."""

    start: Position
    end: Position


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
    return Places(Position(*row[:2]), Position(*row[2:])) if row else None


_first, _last = journal_file.alias("first"), journal_file.alias("last")
_PLACES = (
    select(_first.c.name, generation.c.start_at, _last.c.name, generation.c.end_at)
    .join(_first, _first.c.number == generation.c.start_file)
    .join(_last, _last.c.number == generation.c.end_file)
)
