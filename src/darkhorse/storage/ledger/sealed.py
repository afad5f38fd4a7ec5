"""What SQLite knows of the Delta table: which generations went there, and how it stands.

The table is what is written here, not what lies in its directory: a seal counts when its
transaction does, and what a crash left behind that moment is taken back (`table.delta`).
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import xxhash
from msgspec import Struct, structs
from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from darkhorse.storage.ledger.bulk import Bulk
from darkhorse.storage.ledger.tables import forgotten, generation, place, sealed_file, sealing

__all__ = [
    "NO_TABLE",
    "Frames",
    "SealedFile",
    "Sealing",
    "place_key",
    "read_files",
    "read_forgotten",
    "read_sealing",
    "sealed_among",
    "sequences_of",
    "take_back_seal",
    "write_files",
    "write_places",
    "write_sealing",
]

_AT_ONCE = 500  # names in one question

_TIME = re.compile(r"gen-([0-9]{1,10})-")

NO_TABLE = -1
"""The version of a table that is not there."""


class Frames(NamedTuple):
    """The sequences of a generation's two frames."""

    start: int
    end: int


class SealedFile(Struct, frozen=True, kw_only=True):
    """A Parquet file of the table as it stands."""

    path: str  # in the table's directory
    day: int  # since the epoch, UTC
    rows: int
    bytes: int
    first_us: int  # when its oldest generation began
    last_us: int  # and its newest
    first_seq: int  # the lowest and the highest `start_seq`
    last_seq: int
    digest: str  # xxh3_64 of its bytes, in hex


class Sealing(Struct, frozen=True, kw_only=True):
    """How far the table goes. The defaults are those of facts that were just made."""

    number: int = 0  # of the last seal that is done
    begun: int | None = None  # of the one that is being done
    version: int = NO_TABLE
    checkpoint: int = NO_TABLE  # the version its log begins with
    sealed_us: int = 0  # when the last seal was done


def read_sealing(connection: Connection) -> Sealing:
    """How far the table goes by these facts."""
    columns = (sealing.c[name] for name in Sealing.__struct_fields__)
    row = connection.execute(select(*columns)).mappings().first()
    return Sealing(**row) if row else Sealing()


def write_sealing(connection: Connection, state: Sealing) -> None:
    """In the transaction that makes it so."""
    row = structs.asdict(state)
    if connection.execute(update(sealing).values(row)).rowcount == 0:
        connection.execute(insert(sealing).values(id=1, **row))


def read_files(connection: Connection) -> list[SealedFile]:
    """The files of the table as it stands, oldest first."""
    columns = (sealed_file.c[name] for name in SealedFile.__struct_fields__)
    query = select(*columns).order_by(sealed_file.c.first_us, sealed_file.c.path)
    return [SealedFile(**row) for row in connection.execute(query).mappings()]


def write_files(
    connection: Connection, *, added: Iterable[SealedFile], removed: Sequence[str]
) -> None:
    """The table has changed by these."""
    if removed:
        connection.execute(_REMOVE, [{"gone": path} for path in removed])
    _ADD.run(connection, [structs.asdict(file) for file in added])


_REMOVE = delete(sealed_file).where(sealed_file.c.path == bindparam("gone"))
_ADD = Bulk(insert(sealed_file), SealedFile.__struct_fields__)


# --- places ---


def place_key(name: str) -> bytes:
    """A generation's id in 12 bytes: the second in it (0: none), then a hash of all of it.

    The second goes first so that places are added at the end of their table, not all over it. Of a
    thousand ids a second for a year no two have the same key but with a chance below 10⁻⁶.
    """
    found = _TIME.match(name)
    second = min(int(found[1]), 2**32 - 1) if found else 0
    return second.to_bytes(4) + xxhash.xxh3_64_digest(name.encode())


def sequences_of(connection: Connection, name: str) -> Frames | None:
    """Of a generation that is in the Delta table only; None for any other."""
    row = connection.execute(_FRAMES.where(place.c.key == place_key(name))).first()
    return Frames(*row) if row else None


_FRAMES = select(place.c.start_seq, place.c.end_seq)


def sealed_among(connection: Connection, names: Iterable[str]) -> list[str]:
    """Those of `names` that are in the Delta table only."""
    keys = {place_key(name): name for name in names}
    found: list[str] = []
    for first in range(0, len(keys), _AT_ONCE):
        some = list(keys)[first : first + _AT_ONCE]
        known = connection.execute(select(place.c.key).where(place.c.key.in_(some))).scalars()
        found += (keys[key] for key in known)
    return found


def write_places(connection: Connection, rows: Iterable[tuple[str, int, int]]) -> None:
    """Ids and sequences of rows that are about to leave SQLite."""
    _PLACE.run(
        connection,
        [{"key": place_key(name), "start_seq": start, "end_seq": end} for name, start, end in rows],
    )


_PLACE = Bulk(insert_or(place).on_conflict_do_nothing(), ("key", "start_seq", "end_seq"))


def take_back_seal(connection: Connection) -> None:
    """Rows of a seal that was begun and not done wait for the next one."""
    waiting = update(generation).where(generation.c.seal.is_not(None))
    connection.execute(waiting.values(seal=None))


def read_forgotten(connection: Connection, files: Sequence[SealedFile]) -> list[int]:
    """Start sequences of rows that count no more and may still be in these files, ascending."""
    if not files:
        return []
    spans: list[tuple[int, int]] = []
    for first, last in sorted((file.first_seq, file.last_seq) for file in files):
        if spans and first <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(last, spans[-1][1])
        else:
            spans.append((first, last))
    found: list[int] = []
    for first, last in spans:
        found += connection.execute(_FORGOTTEN, {"first": first, "last": last}).scalars()
    return found


_FORGOTTEN = (
    select(forgotten.c.start_seq)
    .where(forgotten.c.start_seq.between(bindparam("first"), bindparam("last")))
    .order_by(forgotten.c.start_seq)
)
