"""What the keeper does, and in which order of haste."""

import logging
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct

from darkhorse.base.clock import Clock, SteadyClock
from darkhorse.base.ids import RandomIds
from darkhorse.catalog.launch import Launch
from darkhorse.launches.clock import LaunchClock
from darkhorse.launches.desk import Desk
from darkhorse.storage.ledger.chore import Chore
from darkhorse.storage.ledger.disk import Disk, RealDisk
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.packed.segment import BLOCK_SIZE
from darkhorse.storage.ledger.packed.writer import SEGMENT_SIZE
from darkhorse.storage.ledger.search.index import SearchIndex
from darkhorse.storage.ledger.table.seal import Compact, CompactPolicy, Seal, SealPolicy
from darkhorse.storage.ledger.table.sealing import SealedTable
from darkhorse.storage.ledger.traits.describing import Describing
from darkhorse.wiring.forget import Forgetting, Retaining
from darkhorse.wiring.keeper.duty import Duty
from darkhorse.wiring.keeper.rounds import Rounds
from darkhorse.wiring.launches import open_launch_store
from darkhorse.wiring.traits import open_describing

__all__ = ["FOLD", "PACK", "Means", "rounds"]

FOLD = "fold"
PACK = Packer.name

_SLICE_S = 0.5

_log = logging.getLogger(__name__)


class Means(Struct, frozen=True, kw_only=True):
    """What a keeper works with; tests have their own."""

    disk: Disk = RealDisk()
    block_size: int = BLOCK_SIZE
    segment_size: int = SEGMENT_SIZE
    seal: SealPolicy = SealPolicy()
    compact: CompactPolicy = CompactPolicy()


def rounds(data: Path, clock: SteadyClock, means: Means, *, search: bool) -> Rounds:
    """All chores of one data directory; none is begun."""
    return _Chores(data, clock, means).rounds(search=search)


class _Chores:
    def __init__(self, data: Path, clock: SteadyClock, means: Means) -> None:
        self._data = data
        self._layout = Layout(data)
        self._clock = clock
        self._means = means
        self._packer: Packer | None = None

    def rounds(self, *, search: bool) -> Rounds:
        urgent = (
            self._duty(FOLD, "The journal cannot be folded into facts", self._fold),
            self._duty("clock", "Ends of windows cannot be written down", self._ticking),
        )
        others = [
            self._duty(Describing.name, "Generations cannot be described", self._describe),
            self._duty(PACK, "The journal cannot be packed", self._pack),
            self._duty(Seal.name, "Facts cannot be sealed", self._seal),
            self._duty(Compact.name, "The table of facts cannot be compacted", self._compact),
            self._duty(Forgetting.name, "What is to be erased cannot be", self._forget),
            self._duty(Retaining.name, "What is over cannot be ordered to go", self._retain),
        ]
        if search:
            others.insert(2, self._duty(SearchIndex.name, "Prompts cannot be indexed", self._index))
        return Rounds(urgent, others, self._clock)

    def _duty(self, name: str, failure: str, make: Callable[[], Chore]) -> Duty:
        return Duty(name, failure, make, self._clock)

    def _fold(self) -> Chore:
        return _Folding(self._layout, self._clock)

    def _ticking(self) -> Chore:
        return _Ticking(self._data, self._clock)

    def _pack(self) -> Chore:
        self._packer = Packer(
            self._layout,
            disk=self._means.disk,
            clock=self._clock,
            new_file_id=partial(secrets.randbits, 64),
            block_size=self._means.block_size,
            segment_size=self._means.segment_size,
        )
        return self._packer

    def _forget_cached(self) -> None:
        if self._packer:
            self._packer.forget_cached()

    def _seal(self) -> Chore:
        return _Sealing(self._layout, self._clock, self._means)

    def _compact(self) -> Chore:
        return _Compacting(self._layout, self._clock, self._means)

    def _index(self) -> Chore:
        return SearchIndex(self._layout, self._clock)

    def _describe(self) -> Chore:
        return open_describing(self._layout, self._clock)

    def _forget(self) -> Chore:
        return Forgetting(self._data, self._clock, self._forget_cached, disk=self._means.disk)

    def _retain(self) -> Chore:
        return Retaining(self._data, self._clock)


class _Folding:
    """Frames → facts."""

    name = FOLD
    every_s = 0.2

    def __init__(self, layout: Layout, clock: Clock) -> None:
        self._clock = clock
        self._engine = open_facts(layout.facts)
        self._fold = Fold(self._engine, layout)

    def step(self) -> bool:
        until = self._clock.monotonic() + _SLICE_S
        self._fold.catch_up(lambda: self._clock.monotonic() < until)
        return self._clock.monotonic() >= until

    def close(self) -> None:
        self._fold.close()
        self._engine.dispose()


class _Sealing:
    """`Seal` with what it opens."""

    name = Seal.name
    every_s = Seal.every_s

    def __init__(self, layout: Layout, clock: Clock, means: Means) -> None:
        self._engine = open_facts(layout.facts)
        self._packed = Packed(layout.packed)
        table = SealedTable(self._engine, layout, means.disk)
        self._seal = Seal(self._engine, table, clock, self._packed.last, policy=means.seal)

    def step(self) -> bool:
        return self._seal.step()

    def close(self) -> None:
        self._packed.close()
        self._engine.dispose()


class _Compacting:
    """`Compact` with what it opens."""

    name = Compact.name
    every_s = Compact.every_s

    def __init__(self, layout: Layout, clock: Clock, means: Means) -> None:
        self._engine = open_facts(layout.facts)
        table = SealedTable(self._engine, layout, means.disk)
        self._compact = Compact(self._engine, table, clock, policy=means.compact)

    def step(self) -> bool:
        return self._compact.step()

    def close(self) -> None:
        self._engine.dispose()


class _Ticking:
    """Retires launches whose window has ended."""

    name = "clock"
    every_s = 1.0

    def __init__(self, data: Path, clock: SteadyClock) -> None:
        self._store = open_launch_store(data)
        desk = Desk(self._store, clock, RandomIds().launch)
        self._clock = LaunchClock(self._store, desk, clock, _tell)

    def step(self) -> bool:
        self._clock.tick()
        return False

    def close(self) -> None:
        self._store.close()


def _tell(launch: Launch) -> None:
    _log.info("The window of %s has ended; it is retired.", launch.listing.slug)
