"""Who holds a data directory: the lock that `darkhorse up` and its processes keep."""

import fcntl
import os
from pathlib import Path

__all__ = ["holder"]


def holder(data: Path) -> tuple[bool, int | None]:
    """Is it held, and by which pid by what it says? Raises OSError.

    A shared lock, for a moment, disturbs nobody.
    """
    try:
        descriptor = os.open(data / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False, None
    try:
        said = os.read(descriptor, 32).strip()
        pid = int(said) if said.isdigit() else None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True, pid
        return False, pid
    finally:
        os.close(descriptor)
