"""Orders to erase: who asked for what to be gone, and how far the keeper is with it.

An order is written by a command, or by the keeper itself where a launch keeps its record for so
many days only. It names keys by their hashes and people by theirs, never by what they are called,
and when it is done it names nobody any more: what stays is that it happened.
"""

from collections.abc import Iterable
from typing import Literal, Protocol

from msgspec import Struct

__all__ = ["Erasure", "ErasureKind", "ErasureStage", "ErasureStore", "Forgotten", "Subject"]

ErasureKind = Literal["key", "user", "generation", "retention"]

ErasureStage = Literal["ordered", "waiting", "finding", "facts", "search", "packed", "last", "done"]
"""ordered: nobody has begun. waiting: what is to go is not packed yet, or still runs. finding: the
record is read for it. facts, search, packed: it leaves those. last: files are made anew, so that
nothing is left between their rows."""


class Subject(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be erased: every generation that one of these words fits."""

    keys: tuple[str, ...] = ()  # hashes
    people: tuple[str, ...] = ()  # hashes: `StartRecord.person`
    generations: tuple[str, ...] = ()  # ids
    before: dict[str, int] = {}  # listing: those that began before this, µs since the epoch


class Erasure(Struct, frozen=True, kw_only=True):
    """An order. `generations` and `size` are what was found so far, at the end what was erased."""

    id: str  # ers-…
    kind: ErasureKind
    asked_us: int
    subject: Subject | None  # None once it is done
    stage: ErasureStage = "ordered"
    why: str = ""  # it waits, in words for the operator
    steps: int = 0  # of this stage that are done
    of_steps: int = 0  # 0: not known
    generations: int = 0
    size: int = 0  # bytes of their requests and answers, as they came
    done_us: int | None = None

    @property
    def is_done(self) -> bool:
        return self.stage == "done"


class Forgotten(Struct, frozen=True):
    """What the state has let go for an order."""

    reports: int = 0
    feedback: int = 0
    labels: int = 0


class ErasureStore(Protocol):
    """Orders as they are stored. Blocks on the disk; safe from several threads."""

    def add(self, order: Erasure) -> None:
        """A new order."""
        ...

    def erasures(self, limit: int = 1000) -> list[Erasure]:
        """The newest `limit`, oldest first."""
        ...

    def erasure(self, order_id: str) -> Erasure | None:
        """One of them."""
        ...

    def unfinished(self) -> list[Erasure]:
        """Those that are not done, oldest first."""
        ...

    def change(self, order: Erasure) -> None:
        """Store how far it is."""
        ...

    def withdraw(self, order_id: str) -> None:
        """Forget the order itself; there need be none."""
        ...

    def forget(self, generations: Iterable[str], keys: Iterable[str]) -> Forgotten:
        """Remove what was said of these generations, or by these keys, and labels of deleted keys.

        May be called again for the same.
        """
        ...

    def scrub(self) -> None:
        """Make the database anew, so that nothing is left of rows that went. Raises ConfigError."""
        ...
