"""The state database in the data directory."""

from pathlib import Path

from sqlalchemy import Engine

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.storage.state.migrations import open_state

__all__ = ["STATE_FILE", "open_state_in"]

STATE_FILE = "state.sqlite"
"""Its name in the data directory."""


def open_state_in(data: Path, clock: Clock) -> Engine:
    """The database, migrated first; the directory is made where there is none.

    Raises ConfigError.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as e:
        raise ConfigError(f"{data}: cannot be made ({e.strerror}).") from None
    return open_state(data / STATE_FILE, clock)
