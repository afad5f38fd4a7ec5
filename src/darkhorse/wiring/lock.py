"""Who holds a data directory: the lock of `darkhorse up`, and the one of whoever keeps the ledger.

`lock` lasts as long as any process of a run. `keeper.lock` is held by the one process that changes
what lies behind the journal: the keeper, or a command that does its work while no server runs.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from darkhorse.base.errors import ConfigError

__all__ = ["KEEPER_LOCK", "holder", "keeping"]

KEEPER_LOCK = "keeper.lock"
"""Its name in the data directory."""

_TRIES = 100  # microseconds each


def holder(data: Path, name: str = "lock") -> tuple[bool, int | None]:
    """Is it held, and by which pid by what it says? Raises OSError.

    A shared lock, for a moment, disturbs nobody.
    """
    try:
        descriptor = os.open(data / name, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False, None
    try:
        pid = _pid_in(descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True, pid
        return False, pid
    finally:
        os.close(descriptor)


@contextmanager
def keeping(data: Path) -> Iterator[None]:
    """Be the one process that changes what lies behind the journal, until the block ends.

    Raises ConfigError where another one is, or the file cannot be made.
    """
    descriptor = _open(data)
    try:
        _take(descriptor, data)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open(data: Path) -> int:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(data / KEEPER_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as e:
        raise ConfigError(
            f"{data / KEEPER_LOCK}: cannot be made ({e.strerror}); let our user write in {data}."
        ) from None


def _take(descriptor: int, data: Path) -> None:
    # Whoever looks (`holder`) has a shared lock for a moment, which is no reason to give up.
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return
    pid = _pid_in(descriptor)
    raise ConfigError(
        f"{data / KEEPER_LOCK}: another process (pid {pid or 'unknown'}) keeps this ledger; "
        "stop it (`darkhorse up` runs one), or name another directory with --data DIR."
    )


def _pid_in(descriptor: int) -> int | None:
    said = os.pread(descriptor, 32, 0).strip()
    return int(said) if said.isdigit() else None
