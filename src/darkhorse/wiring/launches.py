"""The store of launches, and the desk over it; where their audits lie as files."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from darkhorse.base.clock import Clock, SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.base.ids import RandomIds
from darkhorse.catalog.audits import Audit
from darkhorse.launches.desk import Desk
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.wiring.state import open_state_in

__all__ = ["audit_folder", "forget_audits", "open_desk", "open_launch_store"]

_AUDITS = "audits"


def open_launch_store(data: Path) -> SqlLaunchStore:
    """The launches in `data`, the database migrated first. Raises ConfigError."""
    return SqlLaunchStore(open_state_in(data, SystemClock()))


def open_desk(data: Path, clock: Clock | None = None) -> Desk:
    """The desk over the launches in `data`. Raises ConfigError."""
    return Desk(open_launch_store(data), clock or SystemClock(), RandomIds().launch)


def audit_folder(audit: Audit, data: Path) -> Path:
    """Where its report lies: DATA/audits/<id>."""
    return data / _AUDITS / audit.id


def forget_audits(audits: Iterable[Audit], data: Path) -> None:
    """The reports of a draft that is forgotten. Raises ConfigError."""
    for audit in audits:
        folder = audit_folder(audit, data)
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError as e:
            raise ConfigError(f"{folder}: cannot be removed ({e.strerror}).") from None
