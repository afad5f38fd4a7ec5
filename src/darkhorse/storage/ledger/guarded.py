"""A connection to a SQLite file whose damage is a sentence, wherever it is met."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from darkhorse.base.errors import ConfigError

__all__ = ["Guarded", "guarded", "is_damage"]

_DAMAGED = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""What a full disk or a lock is not: these do not pass by themselves."""

_TOLD = (sqlite3.DatabaseError, UnicodeDecodeError)

Told = Callable[[Path, Exception], ConfigError]


class Guarded(sqlite3.Connection):
    """Made by `guarded`."""

    path: Path
    told: Told

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        """As sqlite3 has it."""
        return self.cursor(_Cursor).execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        """As sqlite3 has it."""
        return self.cursor(_Cursor).executemany(*arguments)

    def said(self, error: Exception) -> Exception:
        """What to raise instead of `error`."""
        return self.told(self.path, error) if is_damage(error) else error


class _Cursor(sqlite3.Cursor):
    # Asked for every message that is packed, so nothing stands around the calls but `try`.
    connection: Guarded

    def execute(self, *arguments: Any) -> "_Cursor":
        try:
            super().execute(*arguments)
        except _TOLD as e:
            raise self.connection.said(e) from None
        return self

    def executemany(self, *arguments: Any) -> "_Cursor":
        try:
            super().executemany(*arguments)
        except _TOLD as e:
            raise self.connection.said(e) from None
        return self

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except _TOLD as e:
            raise self.connection.said(e) from None

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except _TOLD as e:
            raise self.connection.said(e) from None

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except _TOLD as e:
            raise self.connection.said(e) from None


def is_damage(error: Exception) -> bool:
    """Of what sqlite3 raised: is the file damaged? A full disk, a lock, a right amiss are not."""
    if isinstance(error, UnicodeDecodeError):  # sqlite3 cannot even say what is wrong
        return True
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return isinstance(error, sqlite3.DatabaseError) and code & 0xFF in _DAMAGED


def guarded(path: Path, mode: str, told: Told) -> Guarded:
    """A connection in SQLite's `mode` ("ro", "rw"), for several threads, without transactions."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        factory=Guarded,
    )
    connection.path, connection.told = path, told
    return connection
