"""Facts: a row for each recent generation, totals, use and hours (`tables`), folded from frames.

Everything here can be made again from the frames (`fold.Fold`), so a change of shape is a new
`SHAPE`: the old tables are dropped and the next fold starts from the beginning. The Delta table
of older rows hangs on these facts (`sealed`): where they are new, it is made anew too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, Table, delete, insert, inspect, select
from sqlalchemy.exc import DatabaseError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.tables import FOLDED, SEALED, SHAPE, metadata, shape, total
from darkhorse.storage.ports import ListingTotals
from darkhorse.storage.state.engine import open_engine, open_reader, writing

__all__ = [
    "FACTS_FILE",
    "FactsFile",
    "PublicFactsReader",
    "clear",
    "has_shape",
    "open_facts",
    "unusable_facts",
]

FACTS_FILE = "facts.sqlite"
"""Its name in the data directory."""


def open_facts(path: Path) -> Engine:
    """The facts at `path`, made if absent, emptied if of another shape. Raises ConfigError."""
    engine = open_engine(path)
    try:
        with writing(engine).begin() as connection:
            _reshape(connection)
    except DatabaseError as e:
        engine.dispose()
        raise unusable_facts(path, e) from None
    return engine


def unusable_facts(path: Path, error: DatabaseError) -> ConfigError:
    """What to do about facts that SQLite cannot read."""
    return ConfigError(
        f"{path}: not usable ({error.orig}); stop the server and run `darkhorse ledger repair`, "
        "which makes it again."
    )


def has_shape(connection: Connection, table: Table = shape, number: int = SHAPE) -> bool:
    """Are these the tables we know? Asks only; for readers beside the keeper.

    Other files than the facts have another `table` that says their number.
    """
    if not inspect(connection).has_table(table.name):
        return False
    return connection.execute(select(table.c.number)).scalar() == number


def _reshape(connection: Connection) -> None:
    if has_shape(connection):
        return
    _drop_all(connection)
    metadata.create_all(connection)
    connection.execute(insert(shape).values(number=SHAPE))


def _drop_all(connection: Connection) -> None:
    """Whatever tables there are: another shape may have had others."""
    found = MetaData()
    found.reflect(connection)
    found.drop_all(connection)


def clear(connection: Connection) -> None:
    """Forget everything, the bookmark too: the next fold starts from the beginning."""
    for table in (*FOLDED, *SEALED):
        connection.execute(delete(table))


class FactsFile:
    """The keeper's file for a reader; it need not be there yet. Safe from several threads.

    `is_known` says whether its tables are those that the reader knows.
    """

    def __init__(self, path: Path, is_known: Callable[[Connection], bool] = has_shape) -> None:
        self._path = path
        self._is_known = is_known
        self._engine = open_reader(path)

    @contextmanager
    def read(self) -> Iterator[Connection | None]:
        """One moment of the facts; None where there are none, or of another shape."""
        if not self._path.exists():
            yield None
            return
        with self._engine.connect() as connection:
            yield connection if self._is_known(connection) else None

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._engine.dispose()


class PublicFactsReader:
    """`storage.ports.PublicFacts` over the keeper's file, which need not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = open_reader(path)

    def totals(self) -> dict[str, ListingTotals]:
        """By listing slug; a listing that nobody has used is not in it. Blocks on the disk."""
        if not self._path.exists():
            return {}
        columns = (total.c[name] for name in ListingTotals.__struct_fields__)
        with self._engine.connect() as connection:
            if not inspect(connection).has_table(total.name):
                return {}
            rows = connection.execute(select(*columns)).mappings()
            return {row["listing"]: ListingTotals(**row) for row in rows}

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._engine.dispose()
