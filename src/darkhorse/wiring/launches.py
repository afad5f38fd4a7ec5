"""The store of launches, and the desk over it."""

from pathlib import Path

from darkhorse.base.clock import Clock, SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.base.ids import RandomIds
from darkhorse.launches.desk import Desk
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.storage.state.migrations import open_state

__all__ = ["STATE_FILE", "open_desk", "open_launch_store"]

STATE_FILE = "state.sqlite"
"""Its name in the data directory."""


def open_launch_store(data: Path) -> SqlLaunchStore:
    """The launches in `data`, the database migrated first. Raises ConfigError."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as e:
        raise ConfigError(f"{data}: cannot be made ({e.strerror}).") from None
    return SqlLaunchStore(open_state(data / STATE_FILE, SystemClock()))


def open_desk(data: Path, clock: Clock | None = None) -> Desk:
    """The desk over the launches in `data`. Raises ConfigError."""
    return Desk(open_launch_store(data), clock or SystemClock(), RandomIds().launch)
