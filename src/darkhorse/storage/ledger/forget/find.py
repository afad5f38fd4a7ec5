"""Which generations an order means: one reading of the packed record, from its first frame on.

It reads what was packed when the order was taken up (`through`), and on behind that only for the
ends of those that it found running. Whoever begins later is not meant.

A frame may be there twice, where a lost file came back from a backup: all of them go. Ends that
followed no start are noted, and looked at again at the end (`orphans`).
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from msgspec import Struct

from darkhorse.storage.erasures import Erasure
from darkhorse.storage.ledger.entries import decoded
from darkhorse.storage.ledger.forget.work import Find, Work
from darkhorse.storage.ledger.frame import END, START
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.packed.reader import Packed, PackedMeta

__all__ = ["Finder", "Sought"]

_BATCH = 4096  # frames between two looks at the time


class Begun(Struct, frozen=True):
    """What a start says of who is behind it."""

    id: str
    at_us: int
    listing: str
    key: str
    person: str = ""


class Sought:
    """The subjects of orders; the oldest order that means a generation has it."""

    def __init__(self, orders: Iterable[Erasure]) -> None:
        self._keys: dict[str, str] = {}
        self._people: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._before: list[tuple[str, dict[str, int]]] = []
        for order in orders:
            self._add(order)

    def _add(self, order: Erasure) -> None:
        subject = order.subject
        if subject is None:
            return
        for names, known in (
            (subject.keys, self._keys),
            (subject.people, self._people),
            (subject.generations, self._ids),
        ):
            for name in names:
                known.setdefault(name, order.id)
        if subject.before:
            self._before.append((order.id, subject.before))

    def order_of(self, begun: Begun) -> str | None:
        """The order that means it; None where it stays."""
        return (
            self._ids.get(begun.id)
            or self._keys.get(begun.key)
            or self._people.get(begun.person)
            or self._too_old(begun)
        )

    def order_naming(self, generation: str) -> str | None:
        """The order that names it by its id."""
        return self._ids.get(generation)

    def _too_old(self, begun: Begun) -> str | None:
        for order, before in self._before:
            if begun.at_us < before.get(begun.listing, 0):
                return order
        return None


class Finder:
    """Reads on where it was when the process died. `scanned` is the last frame it has seen."""

    def __init__(self, work: Work, packed: Packed, sought: Sought, through: int) -> None:
        self._work = work
        self._sought = sought
        self._through = through
        self.scanned: int = work.get("scanned", 0)
        self._open = work.open()
        self._others: set[str] = set()  # that stay, and have not ended as far as it has read
        self._packed = packed
        self._metas: Iterator[PackedMeta] | None = None

    @property
    def running(self) -> int:
        """Those found that have not ended as far as it has read."""
        return len(self._open)

    @property
    def is_done(self) -> bool:
        """Has it seen all that is meant, with every end?"""
        return self.scanned >= self._through and not self._open

    @property
    def has_caught_up(self) -> bool:
        """Has it seen all that was packed when it last looked, and all that is meant?"""
        return self._metas is None and self.scanned >= self._through

    def read(self, has_time: Callable[[], bool]) -> bool:
        """Read on while there is time; False at the end of what is packed, or when it is done."""
        while not self.is_done:
            if not self._read_some():
                return False
            if not has_time():
                return True
        return False

    def _read_some(self) -> bool:
        """A batch; False if there is none."""
        if self._metas is None:
            self._metas = self._packed.metas(after=self.scanned)
        batch = list(islice(self._metas, _BATCH))
        if batch:
            self.scanned = batch[-1].sequence
        if len(batch) < _BATCH:
            self._metas = None  # what is packed from now on is seen by another
            self.scanned = max(self.scanned, self._packed_before(len(batch)))
        with self._work.commit():
            for meta in batch:
                self._take(meta)
            self._work.note(scanned=self.scanned)
        return bool(batch)

    def _packed_before(self, count: int) -> int:
        """The last frames may be erased: they are in no row of metas, and yet behind us."""
        return 0 if count else min(self._through, self._packed.last())

    def _take(self, meta: PackedMeta) -> None:
        if meta.kind == START:
            self._begun(meta)
        elif meta.kind == END:
            self._ended(meta)

    def _begun(self, meta: PackedMeta) -> None:
        begun = decoded(meta.meta, Begun) if meta.sequence <= self._through else None
        order = self._sought.order_of(begun) if begun else None
        if begun is None or order is None:
            self._others.add(id_of(meta.meta))
        elif self._work.begin(Find(meta.sequence, begun.id, order, meta.size)):
            self._open.add(begun.id)

    def _ended(self, meta: PackedMeta) -> None:
        generation = id_of(meta.meta)
        if generation in self._open:
            self._open.discard(generation)
            self._work.end(generation, meta.sequence, meta.size)
        elif generation in self._others:
            self._others.discard(generation)
        elif generation:
            self._work.unpair(generation, meta.sequence, meta.size)
