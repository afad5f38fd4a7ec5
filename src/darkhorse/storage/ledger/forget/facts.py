"""The erased generations, as the facts have to forget them: start and end together."""

from collections.abc import Iterator

from msgspec import Struct

from darkhorse.storage.ledger.entries import decoded
from darkhorse.storage.ledger.forget.bits import Bits
from darkhorse.storage.ledger.forget.work import Work
from darkhorse.storage.ledger.frame import END, START
from darkhorse.storage.ledger.packed.reader import Packed, PackedMeta
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["Pair", "pairs"]


class Pair(Struct, frozen=True):
    """A generation to subtract; `end` is None for one whose end is lost."""

    start: StartRecord
    start_sequence: int
    end: EndRecord | None
    end_sequence: int


def pairs(work: Work, packed: Packed, after: int) -> Iterator[Pair]:
    """Those that end behind `after`, in the order of their ends; last those that never did.

    One reading from the first of their starts on.
    """
    first = work.first_open_at(after)
    if first is None:
        return
    wanted = Bits(work.counted())
    begun: dict[str, Pair] = {}
    for meta in packed.metas(after=first - 1):
        if meta.sequence not in wanted:
            continue
        if meta.kind == START:
            _begin(begun, meta)
        elif meta.kind == END and (pair := _ended(begun, meta)) and pair.end_sequence > after:
            yield pair
    yield from begun.values()


def _begin(begun: dict[str, Pair], meta: PackedMeta) -> None:
    if start := decoded(meta.meta, StartRecord):
        begun[start.id] = Pair(start, meta.sequence, None, 0)


def _ended(begun: dict[str, Pair], meta: PackedMeta) -> Pair | None:
    end = decoded(meta.meta, EndRecord)
    pair = begun.pop(end.id, None) if end else None
    return pair and Pair(pair.start, pair.start_sequence, end, meta.sequence)
