"""`ledger stats`: how much there is, where it lies, and how far behind the keeper is.

From counters, names and sizes: nothing is read whole, however large the ledger is.
"""

import os
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from darkhorse.storage.erasures import Erasure
from darkhorse.storage.ledger.bookmark import read_bookmark
from darkhorse.storage.ledger.entries import decoded
from darkhorse.storage.ledger.facts import FactsFile, unusable_facts
from darkhorse.storage.ledger.frame import START, Frame
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.index import INDEX_FILE, Counts, read_index
from darkhorse.storage.ledger.packed.segment import Stream
from darkhorse.storage.ledger.sealed import read_files
from darkhorse.storage.ledger.search.find import Search
from darkhorse.storage.ledger.tables import generation, place
from darkhorse.storage.ledger.tail import Unpacked, unpacked
from darkhorse.storage.ledger.traits.reader import LedgerTraits
from darkhorse.storage.ledger.whole import Whole
from darkhorse.storage.state.engine import open_reader
from darkhorse.storage.state.erasures import SqlErasureStore
from darkhorse.wiring.keeper_report import KeeperReport, read_report
from darkhorse.wiring.ledger import ledger_layout
from darkhorse.wiring.state import STATE_FILE

__all__ = ["DiskBytes", "Erased", "Known", "Lag", "LedgerStats", "Moment", "read_stats"]


_COUNTED = 10_000


class DiskBytes(Struct, frozen=True, kw_only=True):
    """Bytes on disk by part, SQLite's own logs among them."""

    journal: int
    records: int
    chains: int
    blobs: int
    index: int
    facts: int
    table: int
    search: int
    traits: int

    @property
    def total(self) -> int:
        return sum(getattr(self, name) for name in self.__struct_fields__)


class Known(Struct, frozen=True, kw_only=True):
    """What is packed, stored once."""

    segments: int
    frames: int
    nodes: int  # links of conversations
    blobs: int  # messages, tools, media, answers


class Lag(Struct, frozen=True, kw_only=True):
    """What the keeper has still to do. `journal_files` has the one that is being written too."""

    journal_files: int
    journal_bytes: int
    frames_not_packed: int
    frames_not_folded: int
    rows_not_sealed: int  # of generations that ended; they stay for an hour on purpose
    frames_not_indexed: int | None  # packed ones; None: there is no index
    frames_not_described: int | None  # of those folded or packed; None: none is


class Erased(Struct, frozen=True, kw_only=True):
    """What is gone on purpose, or was given up."""

    frames: int
    orders_done: int
    orders_open: int
    frames_lost: int  # with damage; known


class Moment(Struct, frozen=True):
    """A generation and when it began, µs since the epoch."""

    generation: str
    at_us: int


class LedgerStats(Struct, frozen=True, kw_only=True):
    """Erased generations are in no number but `erased`."""

    generations: int
    ended: int
    frames: int
    raw_bytes: int  # of requests, answers and records, as they came
    request_bytes: int  # packed
    answer_bytes: int  # packed
    disk: DiskBytes
    disk_bytes: int
    stored_ratio: float | None  # disk over raw
    redundancy: float | None  # share of the packed requests' bytes that was stored before
    known: Known
    rows: int  # facts in SQLite
    sealed: int  # facts in the table
    table_files: int
    oldest: Moment | None
    newest: Moment | None
    lag: Lag
    erased: Erased
    keeper: KeeperReport | None  # None: none runs


def read_stats(data: Path) -> LedgerStats:
    """Beside a server that may run. Raises ConfigError where a part is missing or damaged."""
    layout = ledger_layout(data)
    packed = _packed(layout)
    counts = packed.counts
    waiting = unpacked(layout.journal, after=counts.last_record)
    facts = _facts(layout)
    raw = counts.request_bytes + counts.answer_bytes + counts.meta_bytes + waiting.content_bytes
    disk = _disk(layout)
    oldest, newest = _ends(layout)
    return LedgerStats(
        generations=counts.starts + waiting.starts,
        ended=counts.ends + waiting.ends,
        frames=_frames(counts) + waiting.starts + waiting.ends + waiting.others,
        raw_bytes=raw,
        request_bytes=counts.request_bytes,
        answer_bytes=counts.answer_bytes,
        disk=disk,
        disk_bytes=disk.total,
        stored_ratio=disk.total / raw if raw else None,
        redundancy=counts.repeated_bytes / counts.request_bytes if counts.request_bytes else None,
        known=Known(
            segments=packed.segments,
            frames=_frames(counts),
            nodes=counts.last_node,
            blobs=counts.last_blob,
        ),
        rows=facts.rows,
        sealed=facts.sealed,
        table_files=facts.files,
        oldest=oldest,
        newest=newest,
        lag=_lag(layout, waiting, facts),
        erased=_erased(data, counts, packed.lost),
        keeper=read_report(data),
    )


def _frames(counts: Counts) -> int:
    return counts.starts + counts.ends + counts.others


class _Packed(Struct, kw_only=True):
    counts: Counts
    segments: int = 0
    lost: int = 0


def _packed(layout: Layout) -> _Packed:
    index = read_index(layout.packed)
    if index is None:
        return _Packed(counts=Counts())
    with closing(index), index.moment():
        return _Packed(
            counts=index.counts(),
            segments=len(index.segments()),
            lost=sum(gap.last - gap.first + 1 for gap in index.gaps()),
        )


class _Facts(Struct, kw_only=True):
    folded: int = 0
    rows: int = 0
    waiting: int = 0
    sealed: int = 0
    files: int = 0


def _facts(layout: Layout) -> _Facts:
    file = FactsFile(layout.facts)
    try:
        with file.read() as connection:
            if connection is None:
                return _Facts()
            bookmark = read_bookmark(connection)
            rows, waiting = connection.execute(
                select(func.count(), func.count(generation.c.outcome)).select_from(generation)
            ).one()
            sealed = connection.execute(select(func.count()).select_from(place)).scalar_one()
            return _Facts(
                folded=bookmark.sequence if bookmark else 0,
                rows=rows,
                waiting=waiting,
                sealed=sealed,
                files=len(read_files(connection)),
            )
    except DatabaseError as e:
        raise unusable_facts(layout.facts, e) from None
    finally:
        file.close()


def _lag(layout: Layout, waiting: Unpacked, facts: _Facts) -> Lag:
    behind = None
    if layout.search.exists():
        search = Search(layout)
        try:
            behind = search.state().behind
        finally:
            search.close()
    return Lag(
        frames_not_described=_not_described(layout),
        journal_files=waiting.files,
        journal_bytes=waiting.bytes,
        frames_not_packed=waiting.starts + waiting.ends + waiting.others,
        frames_not_folded=_not_folded(layout, waiting, facts.folded),
        rows_not_sealed=facts.waiting,
        frames_not_indexed=behind,
    )


def _not_described(layout: Layout) -> int | None:
    traits = LedgerTraits(layout)
    try:
        return traits.behind()
    finally:
        traits.close()


def _not_folded(layout: Layout, waiting: Unpacked, folded: int) -> int:
    """Exactly where it is little: numbers that were erased are no work."""
    behind = max(0, waiting.last - folded)
    if not 0 < behind <= _COUNTED:
        return behind
    whole = Whole(layout)
    try:
        return sum(1 for _ in whole.frames(folded))
    finally:
        whole.close()


def _erased(data: Path, counts: Counts, lost: int) -> Erased:
    orders = _orders(data)
    done = sum(order.is_done for order in orders)
    return Erased(
        frames=counts.erased,
        orders_done=done,
        orders_open=len(orders) - done,
        frames_lost=lost,
    )


def _orders(data: Path) -> list[Erasure]:
    path = data / STATE_FILE
    if not path.exists():
        return []
    store = SqlErasureStore(open_reader(path))
    try:
        return store.erasures()
    except DatabaseError:
        return []  # of an older version: it knows no orders
    finally:
        store.close()


# --- the oldest and the newest ---


class _Named(Struct):
    id: str = ""
    at_us: int = 0


def _ends(layout: Layout) -> tuple[Moment | None, Moment | None]:
    whole = Whole(layout)
    try:
        oldest = next((frame for frame, _ in whole.frames() if frame.kind == START), None)
        newest = whole.newest(1).pairs
    finally:
        whole.close()
    return _moment(oldest), _moment(newest[-1].start if newest else None)


def _moment(frame: Frame | None) -> Moment | None:
    said = decoded(frame.meta, _Named) if frame else None
    return Moment(said.id, said.at_us) if said else None


# --- the disk ---


def _disk(layout: Layout) -> DiskBytes:
    segments = {stream: _sum(layout.packed.glob(f"{stream.word}-*.dhs")) for stream in Stream}
    return DiskBytes(
        journal=_below(layout.journal),
        records=segments[Stream.RECORDS],
        chains=segments[Stream.CHAINS],
        blobs=segments[Stream.BLOBS],
        index=_database(layout.packed / INDEX_FILE),
        facts=_database(layout.facts),
        table=_below(layout.table),
        search=_database(layout.search),
        traits=_database(layout.traits),
    )


def _database(path: Path) -> int:
    """With its log. Not its `-shm`, which is shared memory that happens to have a name."""
    return _sum([path, path.with_name(f"{path.name}-wal")])


def _sum(paths: Iterable[Path]) -> int:
    total = 0
    for path in paths:
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def _below(directory: Path) -> int:
    total = 0
    for folder, _, names in os.walk(directory):
        total += _sum(Path(folder, name) for name in names)
    return total
