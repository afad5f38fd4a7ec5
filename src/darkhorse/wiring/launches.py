"""The store of launches, and the desk over it."""

from pathlib import Path

from darkhorse.base.clock import Clock, SystemClock
from darkhorse.base.ids import RandomIds
from darkhorse.launches.desk import Desk
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.wiring.state import open_state_in

__all__ = ["open_desk", "open_launch_store"]


def open_launch_store(data: Path) -> SqlLaunchStore:
    """The launches in `data`, the database migrated first. Raises ConfigError."""
    return SqlLaunchStore(open_state_in(data, SystemClock()))


def open_desk(data: Path, clock: Clock | None = None) -> Desk:
    """The desk over the launches in `data`. Raises ConfigError."""
    return Desk(open_launch_store(data), clock or SystemClock(), RandomIds().launch)
