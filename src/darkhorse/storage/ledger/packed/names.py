"""Names recomputed against those in the index; many at a time, for neighbours share pages."""

from collections.abc import Iterator

from darkhorse.storage.ledger.packed.index import Index

__all__ = ["NameCheck"]

_AT_ONCE = 50_000


class NameCheck:
    """`add` what was recomputed; then `problems`. Answers have no name."""

    def __init__(self, index: Index, what: str) -> None:
        self._index = index
        self._what = what
        self._waiting: list[tuple[bytes, int]] = []
        self._matched = 0

    def add(self, name: bytes, number: int) -> None:
        """Of an item that is there."""
        self._waiting.append((name, number))
        if len(self._waiting) >= _AT_ONCE:
            self._compare()

    def problems(self) -> Iterator[str]:
        """Every name must be that of the item it stands for."""
        self._compare()
        ((named,),) = self._index.ask(f"SELECT count(*) FROM {self._what}_name")  # noqa: S608 (ours)
        if named != self._matched:
            wrong = int(str(named)) - self._matched
            yield f"{wrong:,} of its names stand for another {self._what} than it says"

    def _compare(self) -> None:
        ask = self._index.blob if self._what == "blob" else self._index.node
        for name, number in sorted(self._waiting):
            self._matched += ask(name) == number
        self._waiting.clear()
