"""The keeper's chores over a data directory, each with what it cost. No process, no pauses."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from darkhorse.storage.ledger.chore import Chore
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.search.index import SearchIndex
from darkhorse.storage.ledger.table.seal import Compact, Seal
from darkhorse.storage.ledger.table.sealing import SealedTable


class HandClock:
    """The generations' own time."""

    def __init__(self, us: int) -> None:
        self.us = us

    def now_us(self) -> int:
        return self.us

    def monotonic(self) -> float:
        return time.perf_counter()


class Keeping:
    """What a keeper would have done by now. `cpu_s`: by chore, this process's, threads included."""

    def __init__(self, data: Path, clock: HandClock) -> None:
        layout = Layout(data)
        self._stack = contextlib.ExitStack()
        engine = open_facts(layout.facts)
        self._stack.callback(engine.dispose)
        self._fold = Fold(engine, layout)
        self._stack.callback(self._fold.close)
        packed = Packed(layout.packed)
        self._stack.callback(packed.close)
        disk, ids = RealDisk(), iter(range(1, 1 << 60))
        table = SealedTable(engine, layout, disk)
        self._chores: list[Chore] = [
            Packer(layout, disk=disk, clock=clock, new_file_id=lambda: next(ids)),
            Seal(engine, table, clock, packed.last),
            Compact(engine, table, clock),
            SearchIndex(layout, clock),
        ]
        for chore in self._chores:
            self._stack.callback(chore.close)
        self.cpu_s = {"fold": 0.0, **{chore.name: 0.0 for chore in self._chores}}

    def catch_up(self) -> None:
        """Until nothing is left to do at the clock's time."""
        with self._spent("fold"):
            self._fold.catch_up()
        for chore in self._chores:
            with self._spent(chore.name):
                while chore.step():
                    pass

    @contextlib.contextmanager
    def _spent(self, name: str) -> Iterator[None]:
        before = time.process_time()
        yield
        self.cpu_s[name] += time.process_time() - before

    def close(self) -> None:
        self._stack.close()
