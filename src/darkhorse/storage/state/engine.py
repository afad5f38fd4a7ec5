"""SQLite as we open it: WAL, every commit synced, readable by its owner only.

The SQL above this file is portable; what only SQLite needs is here. Transactions are begun by
us, not by the driver, which would leave DDL and reads outside of them: readers take `BEGIN`,
writers (`writing(engine)`) take the write lock at once, so that two never meet half-way.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from darkhorse.base.errors import ConfigError

__all__ = ["open_engine", "open_reader", "writing"]

_BUSY_MS = 10_000
_WAL_KEPT = 1 << 20  # bytes; a larger one is cut when it is begun anew
_WAL_TRIES = 20
_WRITE = "darkhorse_write"


def open_engine(path: Path) -> Engine:
    """The database at `path`, made with mode 0600 if it is not there. Raises ConfigError."""
    try:
        _create_private(path)
    except OSError as e:
        raise ConfigError(f"{path}: cannot be written ({e.strerror}).") from None
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, hide_parameters=True)  # a row names the endpoint
    event.listen(engine, "connect", _prepare_writer)
    event.listen(engine, "begin", _begin)
    return engine


def open_reader(path: Path) -> Engine:
    """The same database for reading only; it must exist when a connection is asked for."""
    url = URL.create(
        "sqlite", database=path.absolute().as_uri(), query={"mode": "ro", "uri": "true"}
    )
    engine = create_engine(
        url, poolclass=NullPool, hide_parameters=True
    )  # the file may be replaced between two calls
    event.listen(engine, "connect", _prepare_reader)
    event.listen(engine, "begin", _begin)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine, whose transactions hold the write lock from their first moment."""
    return engine.execution_options(**{_WRITE: True})


def _create_private(path: Path) -> None:
    """SQLite would make the file with the umask's mode; its WAL and index copy the file's."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        path.chmod(0o600)  # by name: closing a descriptor here would drop SQLite's own locks
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _prepare_writer(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT}")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_wal(connection: sqlite3.Connection) -> None:
    """The first to open a database changes its mode, and there no busy timeout helps a second."""
    for _ in range(_WAL_TRIES):
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
            return
        connection.execute("BEGIN IMMEDIATE")  # waits for the other
        connection.execute("ROLLBACK")
    connection.execute("PRAGMA journal_mode = WAL")


def _prepare_reader(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
