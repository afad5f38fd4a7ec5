"""The new links of packed conversations: what a turn adds is read, what it repeats is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.packed.blocks import Blocks, damaged
from darkhorse.storage.ledger.packed.index import Index, read_index
from darkhorse.storage.ledger.packed.reader import Contents
from darkhorse.storage.ledger.packed.recipe import CHAIN, Part, decode_recipe

__all__ = ["Links", "Moment", "highest_node"]

_GAP = b" \t\r\n,"


class Links:
    """The packed store of a directory, which need not exist yet."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._index: Index | None = None

    @contextmanager
    def moment(self) -> Iterator["Moment | None"]:
        """What is packed by now; None where nothing is. Raises ConfigError."""
        self._index = self._index or read_index(self._directory)
        if self._index is None:
            yield None
            return
        with self._index.moment():
            yield Moment(self._directory, Blocks(self._directory, self._index))

    def close(self) -> None:
        """May be called twice."""
        if self._index:
            self._index.close()
        self._index = None


class Moment:
    """Reads parts of bodies. Raises ConfigError where bytes are damaged."""

    def __init__(self, directory: Path, blocks: Blocks) -> None:
        self._directory = directory
        self._contents = Contents(blocks)

    def frame_around(self, recipe: bytes) -> bytes:
        """The body with its stored lists left empty: what else it says, as JSON still."""
        try:
            parts = [part for part in decode_recipe(recipe) if part.kind != CHAIN]
            return self._contents.of_parts(parts)
        except ValueError as e:
            raise self._damaged(e) from None

    def behind(self, recipe: bytes, node: int) -> list[tuple[int, bytes]]:
        """Number and element of each link that is newer than `node`, oldest first."""
        try:
            return [link for part in _chains(recipe) for link in self._newer(part.number, node)]
        except ValueError as e:
            raise self._damaged(e) from None

    def element(self, node: int) -> bytes | None:
        """One link's element; None if it was erased."""
        try:
            parts = next(self._contents.nodes(node)).parts
            return self._contents.of_parts(parts).lstrip(_GAP)
        except ValueError:
            return None

    def _newer(self, number: int, above: int) -> list[tuple[int, bytes]]:
        found: list[tuple[int, bytes]] = []
        if number <= above:
            return found
        for node in self._contents.nodes(number):
            found.append((number, self._contents.of_parts(node.parts).lstrip(_GAP)))
            number = node.parent
            if number <= above:
                break
        return found[::-1]

    def _damaged(self, why: ValueError) -> ConfigError:
        return damaged(self._directory, str(why))


def highest_node(recipe: bytes) -> int:
    """The newest link of a body; 0 without one. A link's number is higher than its parent's."""
    return max((part.number for part in _chains(recipe)), default=0)


def _chains(recipe: bytes) -> list[Part]:
    return [part for part in decode_recipe(recipe) if part.kind == CHAIN]
