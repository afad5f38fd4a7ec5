"""The parts of one answer on their way: covered, counted, and cut into pieces of one length."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from msgspec import structs

from darkhorse.cloak import tokens
from darkhorse.cloak.mint import mint
from darkhorse.cloak.stops import Stops
from darkhorse.cloak.words.watch import Filter
from darkhorse.wire.chunks import PublicChunk, ToolDelta, Withheld

__all__ = ["Call", "Lane", "Part", "Pieces"]


class Part:
    """One text part of the answer, as delivered."""

    __slots__ = ("pieces", "size", "tokens")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size = 0  # UTF-8 bytes
        self.tokens = 0  # public tokens

    def count(self, text: str) -> None:
        self.size += tokens.size(text)
        self.tokens = tokens.count(self.size)


class Pieces:
    """Cuts what flows through it at every `length` characters; 0: as it comes.

    So where a stream is cut depends on its text alone, and not on the engine's tokens.
    """

    __slots__ = ("_length", "_rest")

    def __init__(self, length: int) -> None:
        self._length = length
        self._rest = ""

    def feed(self, text: str) -> Iterator[str]:
        """Every piece that is full."""
        length = self._length
        if not length:
            if text:
                yield text
            return
        text = self._rest + text
        end = len(text) - len(text) % length
        self._rest = text[end:]
        for start in range(0, end, length):
            yield text[start : start + length]

    def close(self) -> Iterator[str]:
        """What is left: fewer characters than a piece has."""
        rest, self._rest = self._rest, ""
        if rest:
            yield rest


class Lane:
    """A text, or the arguments of a call, from where it is taken up to where it is left.

    `counted` is the part it counts as. Stops are looked for in what may be shown: one in the
    engine's own words would cut a name in two, and spell it for whoever asks again and again.
    """

    def __init__(
        self,
        shown: "Literal['reasoning', 'text', 'refusal'] | Call",
        counted: Part,
        words: Filter | None,
        stops: Stops | None,
        pieces: Pieces,
        begun: str = "",
    ) -> None:
        """`begun`: a word that stands in front of it already, and may be half a name."""
        self._front = len(begun)
        self._begun = begun if words else ""
        # of what is shown, as long as it may be that word again
        self._heard = words.feed(begun) if words and begun else ""
        self._shown = shown
        self.counted = counted
        self._words = words
        self._stops = stops
        self._pieces = pieces
        self._kept = shown.arguments if isinstance(shown, Call) else counted.pieces
        self._taken_up = sum(map(len, self._kept))

    def feed(self, text: str) -> str:
        """What of it may be shown now."""
        shown = self._words.feed(text) if self._words else text
        shown = self._new(shown)
        return self._stops.feed(shown) if self._stops else shown

    def close(self) -> str:
        """The rest."""
        rest = self._words.close() if self._words else ""
        rest = self._new(rest)
        return self._stops.feed(rest) + self._stops.close() if self._stops else rest

    def _new(self, shown: str) -> str:
        """Without the word in front of it; that is gone where it was the half of a name."""
        if not self._begun:
            return shown
        self._heard += shown
        if self._begun.startswith(self._heard) and self._heard != self._begun:
            return ""
        heard, begun = self._heard, self._begun
        self._heard = self._begun = ""
        return heard.removeprefix(begun)

    def keep(self, passed: str) -> Iterator[PublicChunk]:
        """What passed the limit is delivered, as far as it fills pieces."""
        self.counted.count(passed)
        self._kept.append(passed)
        return map(self._minted, self._pieces.feed(passed))

    def flush(self) -> Iterator[PublicChunk]:
        """The last piece."""
        return map(self._minted, self._pieces.close())

    def withheld(self) -> Iterator[Withheld]:
        """What was replaced; its filter counts from where the part was taken up."""
        for each in self._words.withheld if self._words else ():
            yield structs.replace(each, at=max(0, each.at + self._taken_up - self._front))

    def _minted(self, piece: str) -> PublicChunk:
        if isinstance(self._shown, Call):
            return mint(tools=(ToolDelta(self._shown.index, arguments=piece),))
        shown: dict[str, Any] = {self._shown: piece}
        return mint(**shown)


class Call:
    """A tool call: what the engine says of it, and under our own id and index what is shown."""

    def __init__(self, native_id: str) -> None:
        self._native_id = native_id
        self._said: list[str] = []  # arguments as the engine wrote them
        self._taken = 0  # of these
        self.name = ""
        self.index = 0
        self.id = ""
        self.arguments: list[str] = []  # as delivered
        self.lane: Lane | None = None  # once it is shown

    def hear(self, delta: ToolDelta) -> None:
        """A piece of it; some engines repeat the name."""
        if delta.name != self.name:
            self.name += delta.name
        self._said.append(delta.arguments)

    def rest(self) -> str:
        """What of its arguments nobody has taken yet."""
        rest = "".join(self._said[self._taken :])
        self._taken = len(self._said)
        return rest

    @property
    def is_bare(self) -> bool:
        """Has it no arguments so far?"""
        return not any(self._said)

    def is_over(self, delta: ToolDelta) -> bool:
        """Does `delta`, under the same index, begin another call?

        Ollama and others give every call the index 0, or none. A piece of this one has its id or
        none, and its name or none; some engines make up an id for each piece, but then no name.
        """
        if not delta.name or not self.name:
            return False
        if delta.id and self._native_id:
            return delta.id != self._native_id
        if self.is_bare:
            return False
        return delta.name != self.name or (bool(delta.arguments) and self.is_whole())

    def is_whole(self) -> bool:
        """Are its arguments an object from beginning to end?"""
        try:
            msgspec.json.decode("".join(self._said), type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, RecursionError, ValueError):
            return False
        return True
