"""The chores that erase, over one data directory: orders carried out, and what launches promise."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select

from darkhorse.base.clock import Clock, SteadyClock
from darkhorse.base.ids import RandomIds
from darkhorse.storage.ledger.bookmark import read_bookmark
from darkhorse.storage.ledger.disk import Disk, RealDisk
from darkhorse.storage.ledger.facts import clear, open_facts
from darkhorse.storage.ledger.forget.chore import Forget
from darkhorse.storage.ledger.forget.facts import Pair
from darkhorse.storage.ledger.forget.retain import Retain
from darkhorse.storage.ledger.forget.run import Others
from darkhorse.storage.ledger.forget.sweep import Sweep
from darkhorse.storage.ledger.forgetting import forget
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.index import INDEX_FILE
from darkhorse.storage.ledger.sealed import sealed_among
from darkhorse.storage.ledger.search.index import SearchIndex
from darkhorse.storage.ledger.table.sealing import SealedTable
from darkhorse.storage.ledger.tables import generation
from darkhorse.storage.state.engine import writing
from darkhorse.storage.state.erasures import SqlErasureStore
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.storage.state.scrub import scrub
from darkhorse.wiring.launches import open_launch_store
from darkhorse.wiring.state import open_state_in
from darkhorse.wiring.traits import forget_traits

__all__ = ["Forgetting", "Retaining"]


class Forgetting:
    """`forget.chore.Forget` with all that it needs. A Chore.

    `forget_cached` is that of whoever packs in this process: it must remember no name from before
    an erasure. Raises ConfigError.
    """

    name = Forget.name
    every_s = Forget.every_s

    def __init__(
        self,
        data: Path,
        clock: Clock,
        forget_cached: Callable[[], None],
        *,
        disk: Disk | None = None,
    ) -> None:
        self._layout = Layout(data)
        self._clock = clock
        self._forget_cached = forget_cached
        self._disk = disk or RealDisk()
        self._store = SqlErasureStore(open_state_in(data, clock))
        self._engine: Engine = open_facts(self._layout.facts)
        self._table = SealedTable(self._engine, self._layout, self._disk)
        self._forget = Forget(self._layout, self._store, self._others(), clock=clock)

    def step(self) -> bool:
        """A slice."""
        return self._forget.step()

    def close(self) -> None:
        """Let files go; may be called twice."""
        self._forget.close()
        self._engine.dispose()
        self._store.close()

    def _others(self) -> Others:
        layout = self._layout
        files = (layout.packed / INDEX_FILE, layout.facts, layout.search, layout.traits)
        return Others(
            folded=self._folded,
            facts=self._subtract,
            table=self._table.forget_rows,
            said=self._forget_said,
            left=self._left,
            again=self._again,
            sweep=self._sweep,
            scrub=(self._make_table, *(partial(scrub, path) for path in files)),
        )

    def _folded(self) -> int:
        with self._engine.connect() as connection:
            bookmark = read_bookmark(connection)
        return bookmark.sequence if bookmark else 0

    def _subtract(self, pairs: Sequence[Pair]) -> None:
        with writing(self._engine).begin() as connection:
            forget(connection, [(each.start, each.end) for each in pairs])

    def _forget_said(self, generations: Sequence[str]) -> bool:
        """What is made of their words."""
        return forget_traits(self._layout, generations) or self._forget_search(generations)

    def _forget_search(self, generations: Sequence[str]) -> bool:
        if not self._layout.search.exists():
            return False
        index = SearchIndex(self._layout, self._clock)
        try:
            return index.forget_some(generations)
        finally:
            index.close()

    def _left(self, generations: Sequence[str]) -> bool:
        rows = select(generation.c.id).where(generation.c.id.in_(generations)).limit(1)
        with self._engine.connect() as connection:
            if connection.execute(rows).first():
                return True
            return bool(sealed_among(connection, generations))

    def _again(self) -> None:
        with writing(self._engine).begin() as connection:
            clear(connection)

    def _make_table(self) -> None:
        """Facts that were made anew know no table: the one that lies there must not stay."""
        self._table.check()

    def _sweep(self, erased: Callable[[], Iterator[int]]) -> Sweep:
        return Sweep(
            self._layout.packed,
            erased,
            disk=self._disk,
            clock=self._clock,
            new_file_id=partial(secrets.randbits, 64),
            forget_cached=self._forget_cached,
        )


class Retaining:
    """`forget.retain.Retain` over the launches of a data directory. A Chore. Raises ConfigError."""

    name = Retain.name
    every_s = Retain.every_s

    def __init__(self, data: Path, clock: SteadyClock) -> None:
        self._launches: SqlLaunchStore = open_launch_store(data)
        self._store = SqlErasureStore(open_state_in(data, clock))
        self._retain = Retain(self._days, self._store, clock=clock, new_id=RandomIds().erasure)

    def step(self) -> bool:
        """Order what is due."""
        return self._retain.step()

    def close(self) -> None:
        """Let files go; may be called twice."""
        self._launches.close()
        self._store.close()

    def _days(self) -> dict[str, int]:
        listings = (launch.listing for launch in self._launches.launches())
        return {
            listing.slug: listing.retention_days for listing in listings if listing.retention_days
        }
