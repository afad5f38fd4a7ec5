"""Finding what people wrote. Private: the operator's alone."""

from typing import Protocol

from msgspec import Struct

__all__ = ["Finder", "Findings", "Hit", "IndexState"]


class Hit(Struct, frozen=True):
    """A message that was found; `at_us` is when its generation began."""

    generation: str
    at_us: int
    listing: str
    snippet: str


class Findings(Struct, frozen=True):
    """Newest first. Not `complete`: there may be older ones, and too many texts to read."""

    hits: list[Hit]
    complete: bool = True


class IndexState(Struct, frozen=True):
    """How much of what is packed can be found."""

    exists: bool
    behind: int = 0  # packed frames that are not read yet
    upto_us: int = 0  # when the newest request that was read began
    unreadable: int = 0  # requests or messages that could not be read


class Finder(Protocol):
    """Looks for words. Blocks on the disk; safe from several threads."""

    def state(self) -> IndexState:
        """How far the index is; `exists` is False where there is none."""
        ...

    def find(
        self,
        words: str,
        *,
        listing: str | None = None,
        since_us: int | None = None,
        until_us: int | None = None,
        limit: int = 20,
    ) -> Findings:
        """At most `limit` generations, newest first.

        Raises ConfigError: no index, or words that say nothing (`ledger search --help`).
        """
        ...
