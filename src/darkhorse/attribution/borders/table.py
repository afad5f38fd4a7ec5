"""The table of borders: of each echo line and vocabulary, how many characters each token completes.

Built by scripts/borders.py from packages that hold vocabularies offline; the file names package,
version and licence of each. A line's cuts are the same wherever it stands but for vocabularies
that begin a text otherwise than a line (SentencePiece's first space): those have `later` too.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

import msgspec
from msgspec import Struct

__all__ = ["Cuts", "Table", "table"]


class Cuts(Struct, frozen=True, kw_only=True):
    """One vocabulary's. A token that ends within a character completes none of it (0)."""

    family: str
    package: str
    version: str
    licence: str
    approximate: bool = False  # it counts so, but may cut otherwise
    starts: tuple[tuple[int, ...], ...]  # by line, where the text begins with it
    later: Mapping[str, tuple[int, ...] | None]  # by line's number, after another; None: unknown

    def runs(self, picks: Sequence[int]) -> tuple[int, ...]:
        """Of these lines joined by newlines, each a token: characters each token completes."""
        found: list[int] = []
        for place, pick in enumerate(picks):
            run = self.starts[pick] if place == 0 else self.later.get(str(pick), self.starts[pick])
            if place:
                found.append(1)
            found += run or self.starts[pick]
        return tuple(found)

    def ends(self, picks: Sequence[int]) -> tuple[int, ...]:
        """After each token, how many characters are whole."""
        return tuple(accumulate(self.runs(picks)))


class Table(Struct, frozen=True, kw_only=True, dict=True):
    """All of it. `lines`: the one that parts most vocabularies first."""

    lines: tuple[str, ...]
    vocabularies: tuple[Cuts, ...]

    def text(self, picks: Sequence[int]) -> str:
        """These lines, as a model is asked to repeat them."""
        return "\n".join(self.lines[each] for each in picks)

    def picks(self, text: str) -> tuple[int, ...]:
        """Which lines a text is made of; empty where it is of others."""
        places = {line: place for place, line in enumerate(self.lines)}
        found = tuple(places.get(line, -1) for line in text.split("\n"))
        return () if -1 in found else found


@cache
def table() -> Table:
    """The shipped table, read once."""
    file = Path(__file__).with_name("borders.json")
    return msgspec.json.decode(file.read_bytes(), type=Table)
