"""Giving up what is damaged, so that all else can be used again and nobody stumbles over it.

What cannot be read is erased: its numbers stay, with nothing in them. A generation that has lost a
part goes whole, both of its frames. Damaged files are set aside, never deleted. Each file is one
commit of the index, so a run that breaks off is simply begun again.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from msgspec import Struct, structs

from darkhorse.base.clock import Clock
from darkhorse.storage.ledger.disk import Disk, File
from darkhorse.storage.ledger.frame import END, START
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.packed.check import PackedReport, check_packed
from darkhorse.storage.ledger.packed.index import Index, Place, Segment, open_index
from darkhorse.storage.ledger.packed.items import Unresolved, record_in
from darkhorse.storage.ledger.packed.scan import FoundBlock, SegmentFile
from darkhorse.storage.ledger.packed.segment import Block, Compressor, Flaw, Items, Stream
from darkhorse.storage.ledger.packed.writer import write_anew

__all__ = ["Salvaged", "give_up"]


class Salvaged(Struct, frozen=True):
    """What it cost."""

    frames: int
    items: int  # nodes and blobs
    files: int  # written anew


class _Meta(Struct, frozen=True):
    sequence: int
    kind: int
    generation: str


def give_up(
    directory: Path,
    report: PackedReport,
    open_generations: tuple[str, ...],
    *,
    aside: Path,
    disk: Disk,
    clock: Clock,
    new_file_id: Callable[[], int],
) -> Salvaged:
    """Erase what `report` says cannot be read; `open_generations` are those that may lack an end.

    Raises ConfigError where the index is damaged, OSError from the disk.
    """
    with closing(open_index(directory)) as index:
        work = _Salvage(directory, index, aside, disk, clock, new_file_id)
        return work.run(report, frozenset(open_generations))


class _Salvage:
    def __init__(
        self,
        directory: Path,
        index: Index,
        aside: Path,
        disk: Disk,
        clock: Clock,
        new_file_id: Callable[[], int],
    ) -> None:
        self._directory = directory
        self._index = index
        self._aside = aside
        self._disk = disk
        self._clock = clock
        self._new_file_id = new_file_id
        self._erased = dict.fromkeys(Stream, 0)

    def run(self, report: PackedReport, open_generations: frozenset[str]) -> Salvaged:
        doomed = {stream: set(report.unresolved.get(stream.word, ())) for stream in Stream}
        doomed[Stream.RECORDS] |= self._partners(doomed[Stream.RECORDS], open_generations)
        self._unname(report, doomed)
        damaged = {fault.file for fault in report.faults} | {lost.file for lost in report.lost}
        files = 0
        for segment in self._index.segments():
            if segment.name in damaged or self._holds(segment, doomed[segment.stream]):
                self._rewrite(segment, doomed[segment.stream])
                files += 1
        self._recount()
        items = self._erased[Stream.CHAINS] + self._erased[Stream.BLOBS]
        return Salvaged(self._erased[Stream.RECORDS], items, files)

    # --- whole generations ---

    def _partners(self, doomed: set[int], open_generations: frozenset[str]) -> set[int]:
        """The other frames of generations that lose one; a lost frame's own name is not known."""
        begun: dict[str, int] = {}
        gone: set[int] = set()
        for meta in self._metas():
            if meta.kind == START:
                begun[meta.generation] = meta.sequence
            elif meta.kind == END:
                start = begun.pop(meta.generation, 0)
                if not start or {start, meta.sequence} & doomed:
                    gone |= {start, meta.sequence}
        gone |= {
            sequence
            for name, sequence in begun.items()
            if name not in open_generations or sequence in doomed
        }
        return gone - {0}

    def _metas(self) -> Iterator[_Meta]:
        for segment in self._index.segments(Stream.RECORDS):
            for _, block in self._blocks(segment):
                if block is None:
                    continue
                for at, sequence in enumerate(block.numbers):
                    if item := block.item(at):
                        try:
                            record = record_in(item)
                        except Unresolved:
                            continue
                        yield _Meta(sequence, record.kind, id_of(record.meta))

    # --- files ---

    def _blocks(self, segment: Segment) -> Iterator[tuple[Place, Block | None]]:
        """Every place with its block; None where that cannot be read."""
        places = self._index.places_in(segment)
        try:
            file = SegmentFile(self._directory / segment.name)
        except OSError:
            yield from ((place, None) for place in places)
            return
        with closing(file):
            for place in places:
                yield place, _at(file, place, segment)

    def _holds(self, segment: Segment, doomed: set[int]) -> bool:
        places = self._index.places_in(segment)
        return bool(places) and any(places[0].first <= n <= places[-1].last for n in doomed)

    def _rewrite(self, segment: Segment, doomed: set[int]) -> None:
        fresh, places = write_anew(
            self._directory,
            segment,
            partial(self._copy, segment, doomed),
            disk=self._disk,
            clock=self._clock,
            new_file_id=self._new_file_id,
        )
        old = self._directory / segment.name
        kept = self._aside / segment.name
        if old.exists() and not kept.exists():
            kept.hardlink_to(old)
        with self._index.commit():
            self._index.put_segment(fresh)
            for place in places:
                self._index.put_place(place)
        old.unlink(missing_ok=True)

    def _copy(
        self, segment: Segment, doomed: set[int], file: File, compressor: Compressor
    ) -> list[Place]:
        moved = []
        for place, block in self._blocks(segment):
            moved.append(structs.replace(place, offset=file.size))
            items = self._left(place, block, doomed)
            self._disk.write(file, [compressor.block(items)])
        return moved

    def _left(self, place: Place, block: Block | None, doomed: set[int]) -> Items:
        items = Items()
        if block is None:
            for number in range(place.first, place.last + 1):
                if place.stream is not Stream.RECORDS or not self._index.is_gap(number, number):
                    items.add(number, b"")
                    self._erased[place.stream] += 1
            return items
        for at, number in enumerate(block.numbers):
            item = block.item(at)
            if item and number in doomed:
                self._erased[place.stream] += 1
                item = b""
            items.add(number, item)
        return items

    # --- the index ---

    def _unname(self, report: PackedReport, doomed: dict[Stream, set[int]]) -> None:
        """First of all: nothing that is packed later may refer to what goes."""
        self._index.run("CREATE TEMP TABLE IF NOT EXISTS gone (number INTEGER PRIMARY KEY)")
        with self._index.commit():
            for table, stream in (("blob_name", Stream.BLOBS), ("node_name", Stream.CHAINS)):
                spans = [at for at in report.lost if at.stream == stream.word]
                numbers = (n for at in spans for n in range(at.first, at.last + 1))
                self._index.run("DELETE FROM gone")
                rows = ((number,) for number in (*doomed[stream], *numbers))
                self._index.run("INSERT OR IGNORE INTO gone VALUES (?)", rows)
                self._index.run(
                    f"DELETE FROM {table} WHERE number IN (SELECT number FROM gone)"  # noqa: S608 (ours)
                )

    def _recount(self) -> None:
        found = check_packed(self._directory).counts
        was = self._index.counts()
        found.last_record = max(found.last_record, was.last_record)
        found.last_node, found.last_blob = was.last_node, was.last_blob
        with self._index.commit():
            self._index.put_counts(found)


def _at(file: SegmentFile, place: Place, segment: Segment) -> Block | None:
    found = file.block_at(place.offset, segment.file_id)
    if isinstance(found, Flaw):
        return None
    return found.block if _fits(found, place) else None


def _fits(found: FoundBlock, place: Place) -> bool:
    return (found.fields.first, found.fields.last) == (place.first, place.last)
