"""traits.sqlite: made, made anew, and read beside the keeper.

Everything in it can be made again from the frames, so another shape or another version of the
Describer means: all of it goes, and is described from the first frame on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, Table, insert, inspect, select
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.schema import DropTable

from darkhorse.storage.ledger import facts
from darkhorse.storage.ledger.facts import FactsFile, unusable_facts
from darkhorse.storage.ledger.traits.tables import SHAPE, forgotten, metadata, shape
from darkhorse.storage.state.engine import open_engine, writing

__all__ = ["TraitsFile", "clear", "drop_all", "has_shape", "open_traits"]


def open_traits(path: Path, version: int) -> Engine:
    """The file at `path`, made if absent, emptied where its shape or `version` is another.

    Raises ConfigError.
    """
    engine = open_engine(path)
    try:
        with writing(engine).begin() as connection:
            if not (has_shape(connection) and _version(connection) == version):
                clear(connection, version)
    except OperationalError:
        engine.dispose()
        raise  # it may pass
    except DatabaseError as e:
        engine.dispose()
        raise unusable_facts(path, e) from None
    return engine


def has_shape(connection: Connection) -> bool:
    """Are these the tables we know? Asks only; for readers beside the keeper."""
    return facts.has_shape(connection, shape, SHAPE)


def clear(connection: Connection, version: int) -> None:
    """Begin again, but for what is to be forgotten. Call it in a transaction that writes."""
    kept = _forgotten(connection)
    drop_all(connection)
    metadata.create_all(connection)
    connection.execute(insert(shape).values(number=SHAPE, version=version, unreadable=0))
    if kept:
        connection.execute(insert(forgotten), [{"generation": each} for each in kept])


def drop_all(connection: Connection) -> None:
    """Whatever tables there are: another shape may have had others."""
    for name in inspect(connection).get_table_names():
        connection.execute(DropTable(Table(name, MetaData())))


def _version(connection: Connection) -> int | None:
    return connection.execute(select(shape.c.version)).scalar()


def _forgotten(connection: Connection) -> list[bytes]:
    if not has_shape(connection):
        return []
    return list(connection.execute(select(forgotten.c.generation)).scalars())


class TraitsFile(FactsFile):
    """The keeper's file for a reader; it need not be there yet. Safe from several threads."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, has_shape)

    @contextmanager
    def read(self) -> Iterator[Connection | None]:
        """One moment of it; None where there is none, or of another shape.

        What SQLite cannot read, here or in the block, is raised as ConfigError.
        """
        try:
            with super().read() as connection:
                yield connection
        except OperationalError:
            raise  # it may pass
        except DatabaseError as e:
            raise unusable_facts(self._path, e) from None
