"""The parts of one answer as they are delivered: counted, and cut into pieces of one length."""

from collections.abc import Iterator

import msgspec

from darkhorse.cloak import tokens
from darkhorse.wire.chunks import ToolDelta

__all__ = ["Call", "Part", "Pieces"]


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

    def close(self) -> str:
        """What is left: fewer characters than a piece has."""
        rest, self._rest = self._rest, ""
        return rest


class Call:
    """A tool call under our own id and index."""

    def __init__(self, index: int, call_id: str, native_id: str) -> None:
        self.index = index
        self.id = call_id
        self._native_id = native_id
        self.name = ""
        self.said: list[str] = []  # arguments as the engine wrote them
        self.arguments: list[str] = []  # as delivered

    def is_over(self, delta: ToolDelta) -> bool:
        """Does `delta`, under the same index, begin another call?

        Ollama and others give every call the index 0, or none. A piece of this one has its id or
        none, and its name or none; some engines make up an id for each piece, but then no name.
        """
        if not delta.name or not self.name:
            return False
        if delta.id and self._native_id:
            return delta.id != self._native_id
        if not any(self.said):
            return False
        return delta.name != self.name or (bool(delta.arguments) and self._is_whole())

    def _is_whole(self) -> bool:
        """Are its arguments an object from beginning to end?"""
        try:
            msgspec.json.decode("".join(self.said), type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, RecursionError, ValueError):
            return False
        return True
