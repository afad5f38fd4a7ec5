"""Everything packed against its checksums, its names, and the index: what `verify` says of it.

Reads one moment of the index and the files it names, beside the packer. Memory is bounded by two
bytes an item; names are kept in a file (`roster`). What is damaged is told once, with all
generations it costs; what only follows from it is not told again.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from msgspec import Struct, field, structs

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.fault import REPAIR, RESTORE, Fault, fault_of
from darkhorse.storage.ledger.packed.blocks import Blocks
from darkhorse.storage.ledger.packed.index import (
    INDEX_FILE,
    SHAPE,
    Counts,
    Gap,
    Index,
    Segment,
    read_index,
)
from darkhorse.storage.ledger.packed.items import (
    Blobs,
    Chains,
    Records,
    Unresolved,
    generation_of,
)
from darkhorse.storage.ledger.packed.names import NameCheck
from darkhorse.storage.ledger.packed.reader import Contents
from darkhorse.storage.ledger.packed.roster import Roster
from darkhorse.storage.ledger.packed.scan import SegmentFile
from darkhorse.storage.ledger.packed.segment import Block, Flaw, SegmentHeader, Stream
from darkhorse.storage.ledger.packed.walk import LostItems, Walk

__all__ = ["PackedReport", "check_packed"]

OnProgress = Callable[[int, int], None]

_NAMED = 10_000  # generations and faults that are told one by one


class PackedReport(Struct, frozen=True, kw_only=True):
    """What is packed. Orphans, leftovers and gaps on record are no faults."""

    segments: int = 0
    blocks: int = 0
    bytes: int = 0
    counts: Counts = field(default_factory=Counts)
    nodes: int = 0
    blobs: int = 0
    erased_items: int = 0
    orphan_nodes: int = 0
    orphan_blobs: int = 0
    leftovers: tuple[str, ...] = ()  # files the index does not know: of a crash, or being written
    uncommitted: int = 0  # bytes behind what the index counts
    gaps: tuple[Gap, ...] = ()
    faults: tuple[Fault, ...] = ()
    more_faults: int = 0
    lost: tuple[LostItems, ...] = ()
    broken_generations: tuple[str, ...] = ()  # that cannot be read whole any more
    more_broken: int = 0
    unresolved: dict[str, list[int]] = {}  # items by stream that stand on what is lost

    @property
    def ok(self) -> bool:
        return not self.faults


def check_packed(directory: Path, on_progress: OnProgress | None = None) -> PackedReport:
    """Read everything. `on_progress` gets (bytes read, bytes in all). Never raises ConfigError."""
    leftovers = tuple(sorted(path.name for path in directory.glob("*.dhs")))
    try:
        index = read_index(directory)
    except ConfigError as e:
        return PackedReport(faults=(fault_of(e),), leftovers=leftovers)
    if index is None:
        missing = (_of_index("is missing, and there are segments"),) if leftovers else ()
        return PackedReport(faults=missing, leftovers=leftovers)
    with closing(index):
        return _Check(directory, index, on_progress).report()


def _of_index(why: str) -> Fault:
    return Fault(INDEX_FILE, why, REPAIR)


class _Check:
    def __init__(self, directory: Path, index: Index, on_progress: OnProgress | None) -> None:
        self._directory = directory
        self._index = index
        self._on_progress = on_progress
        self._faults: list[Fault] = []
        self._more_faults = 0
        self._broken: dict[str, None] = {}
        self._more_broken = 0
        self._lost: list[LostItems] = []
        self._unresolved: dict[str, list[int]] = {stream.word: [] for stream in Stream}
        self._done = 0
        self._report = PackedReport()

    def report(self) -> PackedReport:
        try:
            with self._index.moment():
                self._index_itself()
                self._everything()
        except (sqlite3.Error, ConfigError, ValueError, TypeError, OverflowError) as e:
            # What a damaged index says may be anything.
            self._fault(_of_index(f"not usable ({type(e).__name__})"))
        return structs.replace(
            self._report,
            faults=tuple(self._faults),
            more_faults=self._more_faults,
            lost=tuple(self._lost),
            broken_generations=tuple(self._broken),
            more_broken=self._more_broken,
            unresolved=self._unresolved,
        )

    def _fault(self, fault: Fault) -> None:
        if len(self._faults) < _NAMED:
            self._faults.append(fault)
        else:
            self._more_faults += 1

    def _index_itself(self) -> None:
        """SQLite's own look at its pages, which finds most damage but not all."""
        for (said,) in self._index.ask("PRAGMA quick_check(5)"):
            if said != "ok":
                self._fault(_of_index(f"SQLite finds it damaged ({said})"))
        if [tuple(row) for row in self._index.ask("SELECT number FROM shape")] != [(SHAPE,)]:
            self._fault(_of_index("is of another version"))

    def _everything(self) -> None:
        segments = self._index.segments()
        with ExitStack() as stack:
            files = {each.name: self._opened(each, stack) for each in segments}
            whole = {name: file for name, file in files.items() if file}
            self._total = sum(file.size for file in whole.values())
            names = stack.enter_context(closing(Roster(self._directory)))
            nodes = stack.enter_context(closing(Roster(self._directory)))
            blobs = Blobs(names, Contents(Blocks(self._directory, self._index)))
            chains = Chains(nodes, blobs)
            records = Records(blobs, chains)
            walks = {stream: self._walk(stream, segments, whole) for stream in Stream}
            self._content(walks[Stream.BLOBS], blobs, "blob")
            self._content(walks[Stream.CHAINS], chains, "node")
            self._records(walks[Stream.RECORDS], records)
            self._counted(records.counts, blobs, chains)
            self._summed(segments, whole, walks, blobs, chains, records.counts)

    # --- files ---

    def _opened(self, segment: Segment, stack: ExitStack) -> SegmentFile | None:
        path = self._directory / segment.name
        try:
            file = stack.enter_context(closing(SegmentFile(path)))
        except OSError as e:
            self._fault(Fault(segment.name, e.strerror or "cannot be opened", RESTORE))
            return None
        header = file.header()
        if isinstance(header, Flaw):
            self._fault(Fault(segment.name, header.value, RESTORE))
        elif not _fits(header, segment):
            self._fault(Fault(segment.name, "is another file than the index says", RESTORE))
        elif file.size < segment.size:
            why = f"is cut off at byte {file.size:,} of {segment.size:,}"
            self._fault(Fault(segment.name, why, RESTORE))
        return file

    def _walk(self, stream: Stream, segments: list[Segment], files: dict[str, SegmentFile]) -> Walk:
        own = [(each, files.get(each.name)) for each in segments if each.stream is stream]
        return Walk(self._index, stream, own, self._wrong)

    def _wrong(self, file: str, why: str) -> None:
        self._fault(_of_index(why) if file == INDEX_FILE else Fault(file, why, RESTORE))

    def _blocks(self, walk: Walk) -> Iterator[tuple[str, Block]]:
        for file, found in walk.blocks():
            self._done += found.fields.size
            if self._on_progress:
                self._on_progress(min(self._done, self._total), self._total)
            yield file, found.block
        self._lost += walk.lost

    # --- items ---

    def _content(self, walk: Walk, content: Blobs | Chains, what: str) -> None:
        content.upto = walk.upto()
        named = NameCheck(self._index, what)
        for file, block in self._blocks(walk):
            for at, number in enumerate(block.numbers):
                item = block.item(at)
                if not item:
                    content.erase(number)
                    continue
                try:
                    named.add(content.add(number, item), number)
                except Unresolved as e:
                    self._leave(walk.stream, number, file, e)
        if not walk.lost and not self._faults:  # else it is known why names are missing
            for why in named.problems():
                self._fault(_of_index(why))

    def _records(self, walk: Walk, records: Records) -> None:
        for file, block in self._blocks(walk):
            for at, sequence in enumerate(block.numbers):
                item = block.item(at)
                if item:
                    self._record(file, records, sequence, item)
                else:
                    records.erase(sequence)
        records.counts.last_record = max(
            [records.counts.last_record, *(gap.last for gap in self._index.gaps())]
        )

    def _record(self, file: str, records: Records, sequence: int, item: bytes) -> None:
        try:
            records.add(sequence, item)
        except Unresolved as e:
            self._break(generation_of(item) or f"frame {sequence}")
            self._leave(Stream.RECORDS, sequence, file, e)

    def _leave(self, stream: Stream, number: int, file: str, why: Unresolved) -> None:
        """What only follows from damage that is told already is no fault of its own."""
        self._unresolved[stream.word].append(number)
        if not why.lost:
            self._fault(Fault(file, str(why), RESTORE))

    def _break(self, generation: str) -> None:
        if len(self._broken) < _NAMED:
            self._broken[generation] = None
        elif generation not in self._broken:
            self._more_broken += 1

    # --- sums ---

    def _counted(self, found: Counts, blobs: Blobs, chains: Chains) -> None:
        """The index's own counts against what there is; damage told already spoils them."""
        if self._lost or self._faults:
            return
        found.last_blob, found.last_node = blobs.roster.last, chains.roster.last
        said = self._index.counts()
        for name in Counts.__struct_fields__:
            here, there = getattr(found, name), getattr(said, name)
            if here != there:
                self._fault(_of_index(f"counts {there:,} {name} where there are {here:,}"))

    def _summed(
        self,
        segments: list[Segment],
        files: dict[str, SegmentFile],
        walks: dict[Stream, Walk],
        blobs: Blobs,
        chains: Chains,
        counts: Counts,
    ) -> None:
        known = {segment.name for segment in segments}
        there = sorted(path.name for path in self._directory.glob("*.dhs"))
        self._report = PackedReport(
            segments=len(segments),
            blocks=sum(walk.found for walk in walks.values()),
            bytes=sum(segment.size for segment in segments),
            counts=counts,
            nodes=chains.whole,
            blobs=blobs.whole,
            erased_items=blobs.erased + chains.erased,
            orphan_nodes=chains.orphans,
            orphan_blobs=blobs.orphans,
            leftovers=tuple(name for name in there if name not in known),
            uncommitted=sum(
                max(0, files[each.name].size - each.size) for each in segments if each.name in files
            ),
            gaps=tuple(self._index.gaps()),
        )


def _fits(header: SegmentHeader, segment: Segment) -> bool:
    said = (header.stream, header.number, header.rewrite, header.file_id)
    return said == (segment.stream, segment.number, segment.rewrite, segment.file_id)
