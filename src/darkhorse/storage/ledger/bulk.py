"""One statement for many rows.

SQLAlchemy makes the parameters of an executemany row by row, which costs the fold more than the
database's own work. Here the statement is compiled once and rows go to the driver as they are:
numbers, text and None need no conversion.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.sql.expression import UpdateBase

__all__ = ["Bulk", "adding"]


class Bulk:
    """A statement with at least two parameters. `columns` are those that an insert gives."""

    def __init__(self, statement: UpdateBase, columns: Sequence[str] | None = None) -> None:
        compiled = statement.compile(dialect=sqlite.dialect(), column_keys=columns)
        self._sql = str(compiled)
        self._values = itemgetter(*(compiled.positiontup or ()))

    def run(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> int:
        """Execute it for each row of named values; returns how many rows it changed."""
        if not rows:
            return 0
        return connection.exec_driver_sql(self._sql, [*map(self._values, rows)]).rowcount


def adding(table: Table, *, replacing: Sequence[str] = ()) -> Insert:
    """An insert that adds to a row that is there; columns in `replacing` it takes over."""
    statement = insert(table)
    grown = {
        column.name: fresh if column.name in replacing else column + fresh
        for column in table.c
        if not column.primary_key
        for fresh in [statement.excluded[column.name]]
    }
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=grown)
