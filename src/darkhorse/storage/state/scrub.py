"""A database made anew: nothing is left between its rows of what was deleted or changed.

`secure_delete` alone overwrites what a deletion frees, not the copies that earlier moves of rows
left behind in a page; `VACUUM` writes every page anew from the rows there are, and the write-ahead
log, which has old pages in it, is emptied.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from darkhorse.base.errors import ConfigError

__all__ = ["scrub"]

_BUSY_MS = 10_000


def scrub(path: Path) -> None:
    """Make the database at `path` anew, beside its readers; no file is fine.

    Raises ConfigError where the file is none of ours, or a reader stands on old pages all the time
    so that the log cannot be emptied (call it again); sqlite3.OperationalError where the disk is
    full.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("VACUUM")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        raise  # it may pass
    except sqlite3.DatabaseError as e:
        raise ConfigError(
            f"{path}: cannot be made anew ({e}); run `darkhorse ledger verify`."
        ) from None
    if busy:
        raise ConfigError(
            f"{path}: something reads it all the time, so that its log cannot be emptied; close "
            "whatever else has it open."
        )
