"""One statement for many rows.

SQLAlchemy makes the parameters of an executemany row by row, which costs the fold more than the
database's own work. Here the statement is compiled once and rows go to the driver as they are:
numbers, text and None need no conversion.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter

from sqlalchemy import Connection, Table, func
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


def adding(table: Table, *, replacing: Sequence[str] = (), raising: Sequence[str] = ()) -> Insert:
    """An insert that adds to a row that is there.

    Columns in `replacing` it takes over, of those in `raising` the larger one stays.
    """
    statement = insert(table)
    grown: dict[str, object] = {}
    for column in table.c:
        fresh = statement.excluded[column.name]
        if column.name in replacing:
            grown[column.name] = fresh
        elif column.name in raising:
            grown[column.name] = func.max(column, fresh)
        elif not column.primary_key:
            grown[column.name] = column + fresh
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=grown)
