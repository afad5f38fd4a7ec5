"""What chat completions and completions share: their objects, and a stream up to `[DONE]`."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import structs

from darkhorse.wire.chunks import Chunk
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.native import read
from darkhorse.wire.refusals import error_event

__all__ = ["DONE", "DoneStream", "decode_answer", "first_choice"]

DONE = b"[DONE]"


class _Indexed(Protocol):
    index: int | None


class _Fallible(Protocol):
    error: Any


Choice = TypeVar("Choice", bound=_Indexed)
Event = TypeVar("Event", bound=_Fallible)


class DoneStream:
    """A stream up to `[DONE]` or its end; without a finish, it was cut. See Reader.

    Some engines say all of the answer once more, under a second finish: that is left out.
    """

    def __init__(self, parse: Callable[[bytes], Chunk]) -> None:
        self.done = False
        self._parse = parse
        self._finished = False
        self._said = 0  # characters of text

    def event(self, data: bytes) -> Chunk | None:
        """See Reader."""
        if data.strip() == DONE:
            self.done = True
            finished, self._finished = self._finished, True
            return None if finished else Chunk(finish="stop")
        chunk = self._parse(data)
        if self._finished and chunk.finish and len(chunk.text) == self._said:
            return structs.replace(chunk, text="", reasoning="", refusal="", tools=())
        self._said += len(chunk.text)
        self._finished = self._finished or chunk.finish is not None
        return chunk

    def close(self) -> Chunk | None:
        """See Reader."""
        if not self._finished:
            raise UpstreamFault("cut", detail="the stream ended without a finish")
        return None


def decode_answer(decoder: "msgspec.json.Decoder[Event]", data: bytes) -> Event:
    """One object of an answer. Raises UpstreamFault, also for an error in its place."""
    event = read(decoder, data)
    if event.error:
        raise error_event(event.error)
    return event


def first_choice(choices: list[Choice] | None) -> Choice | None:
    """Choice 0; we never ask for more."""
    return next((choice for choice in choices or () if not choice.index), None)
