"""The ledger as one row of frames: those that are packed, then the journal's.

A journal file is packed, committed, and only then dropped, so every frame is in at least one of
the two at any moment, and none is told twice: what is packed is told by its sequence, and where
the journal has a gap because a file went while it was read, the packed frames fill it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.mark import read_mark
from darkhorse.storage.ledger.packed.reader import Packed, PackedMeta
from darkhorse.storage.ledger.read import Pair, Position, find, frame_at, frames, newest

__all__ = ["PACKED", "Newest", "Step", "Whole"]

PACKED = Position("", 0)
"""The place of a frame that is in no journal file."""

_WINDOW = 256  # packed frames looked at first for the newest generations

Step = tuple[Frame, Position]
"""A frame, without its body where it is packed, and the position behind it."""


class Newest(NamedTuple):
    """Generations by their start, oldest first, without bodies; and where the ledger ends."""

    pairs: list[Pair]
    sequence: int
    position: Position | None


class Whole:
    """Reads a ledger beside its writer and its keeper. Safe from several threads.

    Whatever it returns may raise ConfigError where packed bytes are damaged or missing.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.journal = layout.journal
        self.packed = Packed(layout.packed)

    def close(self) -> None:
        """Let files go; may be called twice."""
        self.packed.close()

    # --- in order ---

    def frames(self, after: int = 0, at: Position | None = None) -> Iterator[Step]:
        """Every frame behind the one of sequence `after`, which ends `at`.

        Goes on from there where that journal file is still there, and searches it elsewhere.
        """
        if at is not None and self._is_there(at):
            yield from self._joined(frames(self.journal, at), last=after, told=0)
            return
        last = after
        upto = self._packed_upto(after)
        for step in self._packed(after, upto):
            last = step[0].sequence
            yield step
        told = max(after, upto)
        yield from self._joined(frames(self.journal), last=max(last, told), told=told)

    def _joined(self, journal: Iterator[Step], *, last: int, told: int) -> Iterator[Step]:
        """The journal's frames but those up to `told`; gaps behind `last` are filled."""
        for frame, position in journal:
            if frame.sequence <= told:
                continue
            if frame.sequence > last + 1:
                yield from self._packed(last, min(self.packed.last(), frame.sequence - 1))
            last = max(last, frame.sequence)
            yield frame, position
        yield from self._packed(last, self.packed.last())

    def _packed(self, after: int, upto: int) -> Iterator[Step]:
        if upto <= after:
            return
        for meta in self.packed.metas(after):
            if meta.sequence > upto:
                return
            yield _bare(meta), PACKED

    def _packed_upto(self, after: int) -> int:
        """What is packed by now. Raises ConfigError if frames that must be packed are not there."""
        mark = read_mark(self.journal)  # first: never ahead of what is packed
        upto = self.packed.last()
        if mark and after < mark.sequence and upto < mark.sequence:
            raise ConfigError(
                f"{self._layout.packed}: holds frames up to {upto:,}, but the journal was packed "
                f"up to {mark.sequence:,}; put a backup of the directory in its place, or run "
                "`darkhorse ledger repair`."
            )
        return upto

    def _is_there(self, position: Position) -> bool:
        return bool(position.file) and (self.journal / position.file).exists()

    # --- one by one ---

    def frame(self, sequence: int, at: Position) -> Frame | None:
        """A whole frame that begins `at` in the journal, or was packed since."""
        found = frame_at(self.journal, at) if at.file else None
        if found and found.sequence == sequence:
            return found
        return self.packed.frame(sequence)

    def bare(self, sequence: int, at: Position) -> Frame | None:
        """As `frame`, perhaps without its body."""
        meta = self.packed.meta(sequence)
        return _bare(meta) if meta else self.frame(sequence, at)

    def find(self, generation: str) -> Pair:
        """The frames of one generation; both None if it is not there.

        Reads all that is packed where the journal does not have it: seconds for a million.
        """
        pair = find(self.journal, generation)
        start, end = pair.start, pair.end
        if start and end:
            return pair
        needle = generation.encode()
        # The file of a start may still be there when that of its end is packed and gone.
        for meta in self.packed.metas(start.sequence if start else 0):
            if needle not in meta.meta or id_of(meta.meta) != generation:
                continue
            if meta.kind == START:
                start = self.packed.frame(meta.sequence)
            elif meta.kind == END:
                end = self.packed.frame(meta.sequence)
            if start and end:
                break
        return Pair(start, end)

    def newest(self, count: int) -> Newest:
        """The last `count` generations by start, and where to go on from."""
        while True:
            upto = self.packed.last()
            pairs, last, position = newest(self.journal, count, self._windows(upto), told=upto)
            if self.packed.last() == upto:  # otherwise a file may have gone while we read
                return Newest(pairs, max(upto, last), position)

    def _windows(self, upto: int) -> Iterator[Iterable[Frame]]:
        """What is packed, backwards, in ever larger parts."""
        size = _WINDOW
        while upto > 0:
            after = max(0, upto - size)
            yield [step[0] for step in self._packed(after, upto)]
            upto, size = after, 2 * size


def _bare(meta: PackedMeta) -> Frame:
    return Frame(meta.kind, meta.sequence, meta.meta, b"")
