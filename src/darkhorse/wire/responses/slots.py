"""Which item of a response an event speaks of: by its index, its id, or as the newest one.

llama.cpp sends no `output_index` at all, others no ids; a response's last event repeats all items.
"""

from msgspec import Struct

__all__ = ["Slot", "Slots"]


class Slot(Struct):
    """One item while it comes."""

    number: int
    kind: str  # message, reasoning, function_call, …
    told_by: str = ""  # the kind of event that told its text
    is_named: bool = False  # a call whose id and name are told
    is_repeated: bool = False  # the last event has it, too


class Slots:
    """The items of one response, in the order in which they began."""

    def __init__(self) -> None:
        self._slots: list[Slot] = []
        self._by_index: dict[int, Slot] = {}
        self._by_id: dict[str, Slot] = {}

    def begin(self, kind: str, index: int | None, name: str) -> Slot:
        """The slot of an item that is said to begin."""
        return self._known(index, name) or self._new(kind, index, name)

    def of(self, kind: str, index: int | None, name: str) -> Slot:
        """The slot that an event of an item of `kind` belongs to."""
        if found := self._known(index, name):
            return found
        newest = self._slots[-1] if self._slots else None
        if index is None and newest and newest.kind == kind and not (name and self._by_id):
            return newest
        return self._new(kind, index, name)

    def repeated(self, kind: str, position: int, name: str) -> Slot:
        """The slot of an item in the last event: each is there once."""
        found = self._by_id.get(name) if name else None
        if found is None and self._by_index:
            found = self._by_index.get(position)
        if found is None or found.is_repeated:
            found = next(
                (slot for slot in self._slots if slot.kind == kind and not slot.is_repeated), None
            )
        found = found or self._new(kind, None, name)
        found.is_repeated = True
        return found

    def _known(self, index: int | None, name: str) -> Slot | None:
        if index is not None:
            return self._by_index.get(index)
        return self._by_id.get(name) if name else None

    def _new(self, kind: str, index: int | None, name: str) -> Slot:
        following = max((slot.number for slot in self._slots), default=-1) + 1
        slot = Slot(following if index is None else index, kind)
        self._slots.append(slot)
        if index is not None:
            self._by_index[index] = slot
        if name:
            self._by_id[name] = slot
        return slot
