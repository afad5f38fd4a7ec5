"""The file of the packed index: where it is, how it is opened, what its damage is called."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.guarded import guarded, is_damage

__all__ = ["INDEX_FILE", "is_made", "look_for_segments", "opened", "unusable"]

INDEX_FILE = "index.sqlite"

_CACHE_KIB = 65_536
_BUSY_MS = 10_000


def is_made(path: Path) -> bool:
    """Is there anything in it?"""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def look_for_segments(path: Path) -> None:
    """An index is there before the first segment: with one and no index, the index is lost."""
    if is_made(path):
        return
    if any(path.parent.glob("*.dhs")):
        raise unusable(path, "it is missing or empty, and there are segments")


@contextmanager
def opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """A connection, closed where its first use fails; damage is told as such."""
    connection: sqlite3.Connection | None = None
    try:
        connection = _connect(path, mode)
        yield connection
    except BaseException as e:
        if connection:
            connection.close()
        if isinstance(e, Exception) and is_damage(e):
            raise unusable(path, e) from None
        raise


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = guarded(path, mode, unusable)
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    return connection


def unusable(path: Path, error: object) -> ConfigError:
    return ConfigError(
        f"{path}: not usable ({error}); stop the server and run `darkhorse ledger repair`, which "
        "makes it again from the segments."
    )
