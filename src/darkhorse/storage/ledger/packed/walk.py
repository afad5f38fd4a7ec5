"""All blocks of one stream in order, held against the places that the index has for them."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from darkhorse.storage.ledger.packed.index import INDEX_FILE, Index, Place, Segment
from darkhorse.storage.ledger.packed.scan import DamagedBytes, FoundBlock, SegmentFile
from darkhorse.storage.ledger.packed.segment import Stream

__all__ = ["LostItems", "Walk"]


class LostItems(Struct, frozen=True):
    """Items of these numbers were in a block that cannot be read."""

    stream: str
    first: int
    last: int
    file: str


class Walk:
    """`blocks()` once; then `lost` and `found`. What is wrong goes to `wrong` (file, why)."""

    def __init__(
        self,
        index: Index,
        stream: Stream,
        segments: Sequence[tuple[Segment, SegmentFile | None]],
        wrong: Callable[[str, str], None],
    ) -> None:
        self._index = index
        self.stream = stream
        self._segments = segments
        self._wrong = wrong
        self._expected = 1
        self._missing = 0
        self.lost: list[LostItems] = []
        self.found = 0

    def upto(self) -> int:
        """The highest number that the index has a place for."""
        places = (
            place for segment, _ in self._segments for place in self._index.places_in(segment)
        )
        return max((place.last for place in places), default=0)

    def blocks(self) -> Iterator[tuple[str, FoundBlock]]:
        """Every whole block with the name of its file."""
        for segment, file in self._segments:
            places = deque(self._index.places_in(segment))
            if file:
                yield from self._in_file(segment, file, places)
            while places:
                self._lose(places.popleft(), segment)
        if self.stream is Stream.RECORDS:
            self._tail()

    def _in_file(
        self, segment: Segment, file: SegmentFile, places: deque[Place]
    ) -> Iterator[tuple[str, FoundBlock]]:
        damaged = False
        for step in file.blocks(segment.file_id, segment.size):
            if isinstance(step, DamagedBytes):
                damaged = True
                why = f"bytes {step.start:,} to {step.end:,} are damaged ({step.flaw.value})"
                self._wrong(segment.name, why)
                continue
            while places and places[0].offset < step.offset:
                self._lose(places.popleft(), segment)
            if not self._is_placed(step, places, segment):
                continue
            self._follow(step.fields.first, step.fields.last, segment)
            self._gaps_inside(step, segment)
            self.found += 1
            yield segment.name, step
        if places and not damaged and file.size >= segment.size:
            self._wrong(INDEX_FILE, f"has blocks of {segment.name} that are not in it")

    def _is_placed(self, step: FoundBlock, places: deque[Place], segment: Segment) -> bool:
        if places and places[0].offset == step.offset:
            place = places.popleft()
            if (place.first, place.last) == (step.fields.first, step.fields.last):
                self._is_found(place, segment)
                return True
        why = f"does not know the block at byte {step.offset:,} of {segment.name}"
        self._wrong(INDEX_FILE, why)
        return False

    def _is_found(self, place: Place, segment: Segment) -> None:
        """What stands in a row of the index may still not be found by its key."""
        row = self._index.place(self.stream, place.first)
        file = self._index.segment(self.stream, segment.number)
        if row != place or file != segment:
            self._wrong(INDEX_FILE, f"does not find the block at byte {place.offset:,} by its key")

    def _lose(self, place: Place, segment: Segment) -> None:
        self._follow(place.first, place.last, segment)
        self.lost.append(LostItems(self.stream.word, place.first, place.last, segment.name))

    def _follow(self, first: int, last: int, segment: Segment) -> None:
        """Numbers go on where the last block ended; in the records, gaps may be on record."""
        if first > self._expected:
            self._absent(self._expected, first - 1, segment.name)
        elif first < self._expected:
            self._wrong(segment.name, f"number {first:,} comes again")
        self._expected = max(self._expected, last + 1)

    def _gaps_inside(self, step: FoundBlock, segment: Segment) -> None:
        if isinstance(step.block.numbers, range):
            return
        before = step.fields.first
        for number in step.block.numbers[1:]:
            if number <= before:
                self._wrong(segment.name, f"frame {number:,} comes behind {before:,}")
            elif number > before + 1:
                self._absent(before + 1, number - 1, segment.name)
            before = number

    def _absent(self, first: int, last: int, file: str) -> None:
        on_record = self.stream is Stream.RECORDS and self._index.is_gap(first, last)
        self._missing += last - first + 1
        if not on_record:
            what = "frames" if self.stream is Stream.RECORDS else "items"
            self._wrong(file, f"{what} {first:,} to {last:,} are missing, and no gap is on record")

    def _tail(self) -> None:
        """Gaps behind the last frame, and gaps that are none."""
        gaps = self._index.gaps()
        behind = [gap for gap in gaps if gap.last >= self._expected]
        for gap in behind:
            self._follow(gap.last + 1, gap.last, Segment(self.stream, 0, 0, 0, 0))
        on_record = sum(gap.last - gap.first + 1 for gap in gaps)
        if on_record != self._missing:
            self._wrong(
                INDEX_FILE, f"has {on_record:,} frames as lost where {self._missing:,} are missing"
            )
