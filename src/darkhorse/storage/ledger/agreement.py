"""Facts against the frames they are made from, and the Delta table against the facts.

All of it can be made again, so a disagreement loses nothing; but somebody is told wrong totals.
Reads beside the keeper; where that changes something meanwhile, it is looked at once more.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from msgspec import Struct
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DatabaseError

from darkhorse.storage.ledger.bookmark import read_bookmark
from darkhorse.storage.ledger.facts import has_shape
from darkhorse.storage.ledger.fault import REPAIR, Fault
from darkhorse.storage.ledger.frame import START
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.read import frames
from darkhorse.storage.ledger.sealed import (
    NO_TABLE,
    SealedFile,
    Sealing,
    read_files,
    read_sealing,
)
from darkhorse.storage.ledger.table.delta import APP, digest_of
from darkhorse.storage.ledger.table.scan import FilesChanged, Scan
from darkhorse.storage.ledger.tables import forgotten, generation, listing_day, place, use_hour
from darkhorse.storage.ledger.whole import Whole
from darkhorse.storage.state.engine import open_reader

__all__ = ["FactsReport", "check_facts", "starts_upto"]

_TRIES = 5


class FactsReport(Struct, frozen=True, kw_only=True):
    """What the facts hold. `note` says why there was nothing to compare, if there was not."""

    folded: int = 0  # sequence of the last frame that is in them
    rows: int = 0  # generations in SQLite
    sealed: int = 0  # in the table
    files: int = 0  # of the table
    note: str = ""
    faults: tuple[Fault, ...] = ()


class _Said(Struct, frozen=True, kw_only=True):
    """One moment of the facts."""

    folded: int
    rows: int
    ended: int
    sealed: int
    sums: tuple[int, int]  # of the sequences of what is sealed
    begun_in_hours: int
    ended_in_days: int
    sealing: Sealing
    files: list[SealedFile]
    forgotten: int


def check_facts(layout: Layout, *, erasing: bool) -> FactsReport:
    """Compare. While an erasure is under way, numbers may differ and are not held to be wrong."""
    if not layout.facts.exists():
        return FactsReport(note="not made yet; the server's keeper makes them")
    try:
        return _compared(layout, erasing=erasing)
    except DatabaseError as e:
        return FactsReport(faults=(_fault(layout.facts, f"not usable ({e.orig})"),))
    except _Damaged as e:
        return FactsReport(faults=(_fault(layout.facts, str(e)),))


def _compared(layout: Layout, *, erasing: bool) -> FactsReport:
    report = FactsReport()
    for _ in range(_TRIES):
        said = _read(layout.facts)
        if said is None:
            return FactsReport(note="of another version; the server's keeper makes them anew")
        faults = (*_against_frames(layout, said, erasing=erasing), *_table(layout, said))
        report = FactsReport(
            folded=said.folded,
            rows=said.rows,
            sealed=said.sealed,
            files=len(said.files),
            note="an erasure is under way" if erasing else "",
            faults=faults,
        )
        if not faults or _read(layout.facts) == said:
            break  # else the keeper has changed them meanwhile
    return report


class _Damaged(Exception):
    """SQLite's own look finds damage."""


def _fault(path: Path, why: str) -> Fault:
    return Fault(path.name, why, REPAIR)


# --- what the facts say ---


def _read(path: Path) -> _Said | None:
    engine = open_reader(path)
    try:
        with engine.connect() as connection:
            problem = connection.execute(text("PRAGMA quick_check(1)")).scalar()
            if problem != "ok":
                raise _Damaged(f"SQLite finds it damaged ({problem})")
            return _said(connection) if has_shape(connection) else None
    finally:
        engine.dispose()


def _said(connection: Connection) -> _Said:
    bookmark = read_bookmark(connection)
    sealed, starts, ends = connection.execute(
        select(func.count(), func.sum(place.c.start_seq), func.sum(place.c.end_seq)).select_from(
            place
        )
    ).one()
    rows, ended = connection.execute(
        select(func.count(), func.count(generation.c.outcome)).select_from(generation)
    ).one()
    return _Said(
        folded=bookmark.sequence if bookmark else 0,
        rows=rows,
        ended=ended,
        sealed=sealed,
        sums=(starts or 0, ends or 0),
        begun_in_hours=connection.execute(select(func.sum(use_hour.c.requests))).scalar() or 0,
        ended_in_days=connection.execute(select(func.sum(listing_day.c.requests))).scalar() or 0,
        sealing=read_sealing(connection),
        files=read_files(connection),
        forgotten=connection.execute(select(func.count()).select_from(forgotten)).scalar_one(),
    )


# --- against the frames ---


def _against_frames(layout: Layout, said: _Said, *, erasing: bool) -> Iterator[Fault]:
    here = said.rows + said.sealed
    if said.begun_in_hours != here:
        why = f"its hours count {said.begun_in_hours:,} generations, its rows {here:,}"
        yield _fault(layout.facts, why)
    if said.ended_in_days != said.ended + said.sealed:
        ended = said.ended + said.sealed
        why = f"its days count {said.ended_in_days:,} generations that ended, its rows {ended:,}"
        yield _fault(layout.facts, why)
    if erasing:
        return
    whole = Whole(layout)
    try:
        there = starts_upto(whole, said.folded)
    finally:
        whole.close()
    if there != here:
        why = f"has {here:,} generations where the frames up to {said.folded:,} have {there:,}"
        yield _fault(layout.facts, why)


def starts_upto(whole: Whole, sequence: int) -> int:
    """How many generations begin up to that frame, erased ones not among them."""
    while True:
        last = whole.packed.last()
        starts = whole.packed.counts().starts
        starts -= sum(meta.kind == START for meta in whole.packed.metas(sequence))
        for frame, _ in frames(whole.journal):
            if frame.kind == START and last < frame.sequence <= sequence:
                starts += 1
        if whole.packed.last() == last:  # else a file may have gone while it was read
            return starts


# --- the table ---


def _table(layout: Layout, said: _Said) -> Iterator[Fault]:
    if said.sealing.version == NO_TABLE:
        if said.sealed:
            yield _fault(layout.facts, f"knows no table of its {said.sealed:,} sealed rows")
        return
    faults = [*_log(layout.table, said), *_bytes(layout.table, said.files)]
    yield from faults
    if not faults:
        yield from _content(layout.table, said)


def _log(path: Path, said: _Said) -> Iterator[Fault]:
    try:
        table = DeltaTable(path, version=said.sealing.version)
        number = table.transaction_version(APP)
        names = set(table.get_add_actions(flatten=True).column("path").to_pylist())
    except (DeltaError, OSError, ValueError, KeyError):
        yield _fault(path, f"version {said.sealing.version} cannot be read from its log")
        return
    if said.sealing.number and number != said.sealing.number:
        yield _fault(path, f"its log ends with seal {number}, the facts with {said.sealing.number}")
    if names != {file.path for file in said.files}:
        yield _fault(path, "its log names other files than the facts do")


def _bytes(path: Path, files: list[SealedFile]) -> Iterator[Fault]:
    for file in files:
        name = f"{path.name}/{file.path}"
        try:
            size = (path / file.path).stat().st_size
            digest = digest_of(path / file.path)
        except FileNotFoundError:
            yield Fault(name, "is missing", REPAIR)
        except OSError as e:
            yield Fault(name, f"cannot be read ({e.strerror})", REPAIR)
        else:
            if size != file.bytes:
                yield Fault(name, f"has {size:,} bytes, not {file.bytes:,}", REPAIR)
            elif digest != file.digest:
                yield Fault(name, "has other bytes than were sealed", REPAIR)


def _content(path: Path, said: _Said) -> Iterator[Fault]:
    """Every value is read; the rows must be those that the facts let go."""
    scan = Scan(path)
    rows, sums = 0, [0, 0]
    try:
        for file in said.files:
            try:
                ((count, starts, ends, _),) = scan.ask(_EVERY_VALUE, [file], {})
            except (duckdb.Error, FilesChanged):
                yield Fault(f"{path.name}/{file.path}", "cannot be read", REPAIR)
                return
            rows += count
            sums[0] += starts or 0
            sums[1] += ends or 0
    finally:
        scan.close()
    if rows != said.sealed + said.forgotten:
        yield _fault(path, f"has {rows:,} rows, the facts {said.sealed + said.forgotten:,}")
    elif not said.forgotten and tuple(sums) != said.sums:
        yield _fault(path, "has rows of other generations than the facts say")


_EVERY_VALUE = (
    "SELECT count(*), sum(start_seq), sum(end_seq), bit_xor(hash(each)) FROM {files} AS each"
)
