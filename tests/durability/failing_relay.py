"""A relay as `darkhorse relay` runs it, on a disk that fails while a file exists.

python failing_relay.py DATA CONFIG FLAG
"""

import errno
import sys
from pathlib import Path

from darkhorse.storage.ledger.disk import File, RealDisk
from darkhorse.wiring import config, relay


class FailingDisk(RealDisk):
    """No space left, as long as the flag is there."""

    def __init__(self, flag: Path) -> None:
        self._flag = flag

    def create(self, path: Path) -> File:
        self._check()
        return super().create(path)

    def sync(self, file: File) -> None:
        self._check()
        super().sync(file)

    def _check(self) -> None:
        if self._flag.exists():
            raise OSError(errno.ENOSPC, "No space left on device")


if __name__ == "__main__":
    data, path, flag = map(Path, sys.argv[1:])
    relay.run(data, config.load(path), disk=FailingDisk(flag))
