"""A keeper as `darkhorse keeper` runs it, in haste and on a disk that records what was synced.

While DATA/broken is there, nothing can be synced.

Its own clock goes three hundred times as fast, rows are sealed as soon as they are packed, blocks
and segments are small, and two files of a day are too many: at any instant something is on its way.

python hasty_keeper.py DATA CONFIG SIDECAR
"""

import errno
import sys
import time
from pathlib import Path

from darkhorse.base.clock import SteadyClock, SystemClock
from darkhorse.storage.ledger.disk import File
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.powercut import RecordingDisk
from darkhorse.storage.ledger.table.seal import CompactPolicy, SealPolicy
from darkhorse.wiring import config, keeper

HASTE = 300
SEALING = SealPolicy(age_us=0, hurried_age_us=0, every_us=0, most=40)
COMPACTING = CompactPolicy(small_bytes=1 << 16, many=3, few=2, every_us=0, log_length=6)


class HastyClock(SteadyClock):
    """What is done once a minute is done five times a second; what is written has the real time."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.monotonic = lambda: HASTE * time.monotonic()

    def now_us(self) -> int:
        return time.time_ns() // 1000


class FickleDisk(RecordingDisk):
    def __init__(self, data: Path, sidecar: Path) -> None:
        layout = Layout(data)
        super().__init__(sidecar, (layout.facts, layout.packed / "index.sqlite"))
        self._flag = data / "broken"

    def sync(self, file: File) -> None:
        self._check()
        super().sync(file)

    def adopt(self, path: Path, *, below: Path) -> None:
        self._check()
        super().adopt(path, below=below)

    def replace(self, path: Path, content: bytes) -> None:
        self._check()
        super().replace(path, content)

    def _check(self) -> None:
        if self._flag.exists():
            raise OSError(errno.EIO, "Input/output error")


def run(data: str, path: str, sidecar: str) -> None:
    means = keeper.Means(
        disk=FickleDisk(Path(data), Path(sidecar)),
        block_size=4096,
        segment_size=1 << 16,
        seal=SEALING,
        compact=COMPACTING,
    )
    keeper.run(Path(data), config.load(Path(path)), clock=HastyClock(), means=means)


if __name__ == "__main__":
    run(*sys.argv[1:])
