"""index.sqlite made again from the segments: whatever it said of them can be read off them.

What was never committed is left out, as the packer would have cut it off: frames that the journal
still has behind its mark, and nodes and blobs that no frame up to there needs. The mark may be old:
frames behind it that the journal does not have are kept. Damaged blocks keep their place, so that
whoever reads them is told. Only what gaps were called is not to be had again.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from darkhorse.storage.ledger.frame import END, START
from darkhorse.storage.ledger.mark import PackedMark
from darkhorse.storage.ledger.packed.blocks import Blocks
from darkhorse.storage.ledger.packed.index import Gap, Index, Place, Segment
from darkhorse.storage.ledger.packed.items import Blobs, Chains, Marks, Records, Unresolved
from darkhorse.storage.ledger.packed.reader import Contents
from darkhorse.storage.ledger.packed.recipe import (
    BLOB,
    CHAIN,
    Part,
    Record,
    decode_node,
    decode_recipe,
    decode_record,
)
from darkhorse.storage.ledger.packed.roster import Roster
from darkhorse.storage.ledger.packed.scan import DamagedBytes, FoundBlock, SegmentFile
from darkhorse.storage.ledger.packed.segment import (
    HEADER_SIZE,
    Block,
    Flaw,
    SegmentHeader,
    Stream,
)

__all__ = ["JournalBegins", "Rebuilt", "fill_index"]

OnProgress = Callable[[int, int], None]

_NAME = re.compile(r"(records|chains|blobs)-(\d{8,})-(\d+)\.dhs")
_AT_ONCE = 50_000  # names put into the index together, in their order
_NO_LIMIT = 2**62


class JournalBegins(Struct, frozen=True):
    """The oldest file with frames that the mark does not count, and the first of these.

    Where there is none: the number behind all files ever begun, and a sequence behind all frames.
    """

    number: int
    sequence: int = _NO_LIMIT


class Rebuilt(Struct, frozen=True, kw_only=True):
    """What was found. `lost` blocks keep their place; `cut` bytes were never committed."""

    segments: int
    frames: int
    nodes: int
    blobs: int
    lost: int
    cut: int
    left_out: int  # frames that the journal still has
    behind: int  # frames behind the mark that it has not


def fill_index(
    index: Index,
    directory: Path,
    mark: PackedMark | None,
    *,
    begins: JournalBegins | None = None,
    gaps: Sequence[Gap] = (),
    on_progress: OnProgress | None = None,
) -> Rebuilt:
    """Fill an empty index with all that the segments in `directory` say, in one commit.

    Frames that the journal still has behind the mark are left out, to be packed again. `gaps` are
    those that the lost index still told. Raises OSError.
    """
    with ExitStack() as stack, index.commit():
        return _Rebuild(index, directory, mark, begins, gaps, stack, on_progress).run()


class _Chosen(Struct):
    """A segment file that counts; `segment.size` grows up to the end of its last block kept."""

    segment: Segment
    file: SegmentFile


class _Reach(Struct):
    """The highest numbers that committed frames need."""

    node: int = 0
    blob: int = 0

    def note(self, parts: list[Part]) -> None:
        for part in parts:
            if part.kind == CHAIN:
                self.node = max(self.node, part.number)
            elif part.kind == BLOB:
                self.blob = max(self.blob, part.number)


class _Rebuild:
    def __init__(
        self,
        index: Index,
        directory: Path,
        mark: PackedMark | None,
        begins: JournalBegins | None,
        gaps: Sequence[Gap],
        stack: ExitStack,
        on_progress: OnProgress | None,
    ) -> None:
        self._index = index
        self._directory = directory
        self._mark = mark or PackedMark(number=0, sequence=0, generations=0)
        self._begins = begins or JournalBegins(1)
        self._limit = max(self._mark.sequence, self._begins.sequence - 1)
        self._gaps = gaps
        self._progress = on_progress
        self._files = {stream: _chosen(directory, stream, stack) for stream in Stream}
        self._total = 2 * sum(each.file.size for row in self._files.values() for each in row)
        self._done = 0
        self._lost = 0
        self._cut = 0
        self._answers = Marks()  # blobs that have no name
        self._lost_upto = 0
        self._left_out = 0
        self._behind = 0
        self._begun = 0
        self._open = dict.fromkeys(self._mark.open)
        self._rosters = [stack.enter_context(closing(Roster(directory))) for _ in range(2)]

    def run(self) -> Rebuilt:
        reach = self._reach()
        contents = Contents(Blocks(self._directory, self._index))
        blobs = Blobs(self._rosters[0], contents)
        chains = Chains(self._rosters[1], blobs)
        records = Records(blobs, chains)
        for stream, content, most in (
            (Stream.BLOBS, blobs, reach.blob),
            (Stream.CHAINS, chains, reach.node),
        ):
            self._content(stream, content, most)
        self._frames(records)
        counts = records.counts
        counts.last_blob, counts.last_node = blobs.roster.last, chains.roster.last
        self._index.put_counts(counts)
        self._index.put_mark(msgspec.json.encode(self._marked(counts.last_record)))
        return Rebuilt(
            segments=sum(map(len, self._files.values())),
            frames=counts.starts + counts.ends + counts.others,
            nodes=chains.whole,
            blobs=blobs.whole,
            lost=self._lost,
            cut=self._cut,
            left_out=self._left_out,
            behind=self._behind,
        )

    def _marked(self, last: int) -> PackedMark:
        if self._mark.number and last <= self._mark.sequence:
            return self._mark
        return PackedMark(
            number=max(self._mark.number, self._begins.number - 1),
            sequence=last,
            generations=self._mark.generations + self._begun,
            open=tuple(self._open),
        )

    # --- how far what counts goes ---

    def _reach(self) -> _Reach:
        reach = _Reach()
        for block in self._whole(Stream.RECORDS):
            for at, sequence in enumerate(block.numbers):
                if not (item := block.item(at)):
                    continue
                if sequence <= self._limit:
                    self._note(reach, decode_record(item))
                else:
                    self._left_out += 1
        for block in self._whole(Stream.CHAINS):
            for at, number in enumerate(block.numbers):
                if (item := block.item(at)) and number <= reach.node:
                    reach.note(decode_node(item).parts)
        return reach

    def _note(self, reach: _Reach, record: Record) -> None:
        parts = decode_recipe(record.recipe)
        reach.note(parts)
        if record.kind != START:
            for part in parts:
                if part.kind == BLOB:
                    self._answers.add(part.number)

    def _whole(self, stream: Stream) -> Iterator[Block]:
        for chosen in self._files[stream]:
            for step in chosen.file.blocks(chosen.segment.file_id, chosen.file.size):
                if isinstance(step, FoundBlock):
                    self._tell(step.fields.size)
                    yield step.block

    def _tell(self, size: int) -> None:
        self._done += size
        if self._progress:
            self._progress(min(self._done, self._total), self._total)

    # --- blocks into places ---

    def _blocks(self, stream: Stream, most: int) -> Iterator[FoundBlock]:
        """Blocks that count, each with its place; damaged ones have a place too."""
        expected = 1
        damage: tuple[_Chosen, int] | None = None
        for chosen in self._files[stream]:
            self._put(chosen)
            for step in chosen.file.blocks(chosen.segment.file_id, chosen.file.size):
                if isinstance(step, DamagedBytes):
                    damage = damage or (chosen, step.start)
                    continue
                # Records of one journal file end with a block: none is counted in part.
                number = step.fields.last if stream is Stream.RECORDS else step.fields.first
                if number > most and _has_content(step.block):
                    self._cut += chosen.file.size - step.offset
                    self._put(chosen)
                    self._lose(stream, expected, self._end(stream, most, damage), damage)
                    return
                self._lose(stream, expected, step.fields.first - 1, damage)
                damage = None
                self._place(stream, step.fields.first, step.fields.last, chosen, step.offset)
                chosen.segment = structs.replace(chosen.segment, size=step.end)
                expected = step.fields.last + 1
                self._tell(step.fields.size)
                yield step
            self._put(chosen)
        self._lose(stream, expected, self._end(stream, most, damage), damage)

    def _end(self, stream: Stream, most: int, damage: tuple[_Chosen, int] | None) -> int:
        """Up to where something must have been: behind the mark only what damage may have held."""
        if stream is not Stream.RECORDS or (damage and most < _NO_LIMIT - 1):
            return most
        return self._mark.sequence

    def _put(self, chosen: _Chosen) -> None:
        self._index.put_segment(chosen.segment)

    def _place(self, stream: Stream, first: int, last: int, chosen: _Chosen, offset: int) -> None:
        self._index.put_place(Place(stream, first, last, chosen.segment.number, offset))

    def _lose(
        self, stream: Stream, first: int, last: int, damage: tuple[_Chosen, int] | None
    ) -> None:
        """Numbers nobody has: in a damaged block, in a file that is missing, or a known gap."""
        if last < first or last >= _NO_LIMIT - 1:
            return
        if damage:
            chosen, offset = damage
            self._place(stream, first, last, chosen, offset)
            chosen.segment = structs.replace(
                chosen.segment, size=max(chosen.segment.size, min(chosen.file.size, offset + 1))
            )
            self._put(chosen)
            self._lost_upto = last if stream is Stream.RECORDS else self._lost_upto
        elif missing := self._missing(stream):
            self._index.put_segment(missing)
            self._index.put_place(Place(stream, first, last, missing.number, HEADER_SIZE))
        elif stream is Stream.RECORDS:
            self._gap(first, last)
            return
        self._lost += 1

    def _missing(self, stream: Stream) -> Segment | None:
        """The first segment that there is no file of, ahead of the one that is being read."""
        numbers = {chosen.segment.number for chosen in self._files[stream]}
        known = {segment.number for segment in self._index.segments(stream)}
        for number in range(1, max(numbers, default=0) + 1):
            if number not in numbers and number not in known:
                return Segment(stream, number, 0, 0, 0)
        return None

    def _gap(self, first: int, last: int) -> None:
        names = [gap.file for gap in self._gaps if gap.first <= first and last <= gap.last]
        self._index.put_gap(Gap(first, last, names[0] if names else "unknown"))

    # --- items ---

    def _content(self, stream: Stream, content: Blobs | Chains, most: int) -> None:
        names: list[tuple[bytes, int]] = []
        for step in self._blocks(stream, most):
            for at, number in enumerate(step.block.numbers):
                item = step.block.item(at)
                if not item:
                    content.erase(number)
                    continue
                try:
                    name = content.add(number, item)
                except Unresolved:
                    continue  # verify tells of it
                if stream is Stream.CHAINS or number not in self._answers:
                    names.append((name, number))
            if len(names) >= _AT_ONCE:
                self._name(stream, names)
        self._name(stream, names)

    def _name(self, stream: Stream, names: list[tuple[bytes, int]]) -> None:
        table = "blob_name" if stream is Stream.BLOBS else "node_name"
        names.sort()
        self._index.run(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", names)  # noqa: S608 (ours)
        names.clear()

    def _frames(self, records: Records) -> None:
        for step in self._blocks(Stream.RECORDS, self._limit):
            for at, sequence in enumerate(step.block.numbers):
                if at and sequence > step.block.numbers[at - 1] + 1:
                    self._gap(step.block.numbers[at - 1] + 1, sequence - 1)
                item = step.block.item(at)
                if item:
                    self._frame(records, sequence, item)
                else:
                    records.erase(sequence)
        counts = records.counts
        counts.last_record = max(counts.last_record, self._lost_upto, self._mark.sequence)

    def _frame(self, records: Records, sequence: int, item: bytes) -> None:
        try:
            seen = records.add(sequence, item)
        except Unresolved:
            return  # verify tells of it
        if sequence <= self._mark.sequence:
            return
        self._behind += 1
        if seen.kind == START:
            self._begun += 1
            self._open[seen.generation] = None
        elif seen.kind == END:
            self._open.pop(seen.generation, None)


def _has_content(block: Block) -> bool:
    return any(block.item(at) for at in range(len(block.numbers)))


def _chosen(directory: Path, stream: Stream, stack: ExitStack) -> list[_Chosen]:
    """Of each number the newest file that is whole, in order."""
    found: dict[int, list[_Chosen]] = {}
    for path in sorted(directory.glob(f"{stream.word}-*.dhs")):
        if chosen := _opened(path, stack):
            found.setdefault(chosen.segment.number, []).append(chosen)
    return [row[0] if len(row) == 1 else max(row, key=_worth) for _, row in sorted(found.items())]


def _opened(path: Path, stack: ExitStack) -> _Chosen | None:
    name = _NAME.fullmatch(path.name)
    if name is None:
        return None
    file = stack.enter_context(closing(SegmentFile(path)))
    header = file.header()
    if isinstance(header, Flaw) or not _is_named(header, name):
        return None
    segment = Segment(header.stream, header.number, header.rewrite, header.file_id, HEADER_SIZE)
    return _Chosen(segment, file)


def _is_named(header: SegmentHeader, name: re.Match[str]) -> bool:
    said = header.stream.word, header.number, header.rewrite
    return said == (name[1], int(name[2]), int(name[3]))


def _worth(chosen: _Chosen) -> tuple[int, bool, int]:
    """How far it goes, whether it is whole, and how new it is: a rewriting may be unfinished."""
    last, is_whole = 0, True
    for step in chosen.file.blocks(chosen.segment.file_id, chosen.file.size):
        if isinstance(step, DamagedBytes):
            is_whole = False
        else:
            last = step.fields.last
    return last, is_whole, chosen.segment.rewrite
