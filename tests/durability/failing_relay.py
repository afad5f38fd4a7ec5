"""A relay as `darkhorse relay` runs it, on a disk that fails or hangs while a file exists.

python failing_relay.py DATA CONFIG FULL HANGING
"""

import errno
import select
import sys
from pathlib import Path

from darkhorse.storage.ledger.disk import File, RealDisk
from darkhorse.wiring import config, relay


class FailingDisk(RealDisk):
    """No space left while `full` is there; nothing is synced, and nothing fails, at `hanging`."""

    def __init__(self, full: Path, hanging: Path) -> None:
        self._full = full
        self._hanging = hanging

    def create(self, path: Path) -> File:
        self._check()
        return super().create(path)

    def sync(self, file: File) -> None:
        self._check()
        while self._hanging.exists():
            select.select([], [], [], 0.01)
        super().sync(file)

    def _check(self) -> None:
        if self._full.exists():
            raise OSError(errno.ENOSPC, "No space left on device")


if __name__ == "__main__":
    data, path, *flags = map(Path, sys.argv[1:])
    relay.run(data, config.load(path), disk=FailingDisk(*flags))
