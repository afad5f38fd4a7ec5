"""What a dialect is: how clients speak it to us, and how we speak it to engines.

A dialect is a folder beside this file with four halves, of which two and two undo each other:

    client  → request.parse   GenerationRequest      EngineRequest → engine.render → upstream
    client  ← answer.render   PublicChunk                    Chunk ← engine.parse  ← upstream
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from darkhorse.base.errors import DarkhorseError
from darkhorse.wire.chunks import Chunk, PublicChunk
from darkhorse.wire.request import GenerationRequest

__all__ = ["Answer", "Client", "Engine", "Head", "Reader"]


class Head(Struct, frozen=True, kw_only=True):
    """What every answer says of itself. `created` in seconds since the epoch."""

    id: str
    created: int
    model: str
    request: GenerationRequest
    prompt_tokens: int = 0  # public tokens; some dialects say them first


class Answer(Protocol):
    """Renders one generation, streamed (`chunks`, `done`) or `whole`. It may keep state."""

    def chunks(self, batch: Sequence[PublicChunk]) -> bytes:
        """Events for a batch; the last chunk of all has finish and usage."""
        ...

    def done(self) -> bytes:
        """The mark that all went well, after the last chunk."""
        ...

    def keepalive(self) -> bytes:
        """For a silent stream: something every client passes over."""
        ...

    def fault(self, error: DarkhorseError) -> bytes:
        """The last events of a stream that broke."""
        ...

    def whole(self, chunks: Sequence[PublicChunk]) -> bytes:
        """The unstreamed answer; the last chunk has finish and usage."""
        ...


class Client(Struct, frozen=True, kw_only=True):
    """The client's side.

    `parse` raises InvalidRequest; `error` is the body of a failure that was not streamed, given
    the id that the client may quote; `count` parses a body whose prompt is only to be measured,
    where the dialect has such a thing.
    """

    parse: Callable[[bytes], GenerationRequest]
    answer: Callable[[Head], Answer]
    error: Callable[[DarkhorseError, str], bytes]
    count: Callable[[bytes], GenerationRequest] | None = None


class Reader(Protocol):
    """Reads the events of one answer. Raises UpstreamFault."""

    done: bool
    """Nothing more is wanted of the stream."""

    def event(self, data: bytes) -> Chunk | None:
        """The data of one event; None where it says nothing to us."""
        ...

    def close(self) -> Chunk | None:
        """The stream has ended. Raises UpstreamFault where it was cut."""
        ...


class Engine(Struct, frozen=True, kw_only=True):
    """The engine's side.

    `render` takes request, model, and as keywords `limit_name` (what the engine calls the limit of
    an answer) and `extra` (the operator's fields, which win).
    """

    path: str
    render: Callable[..., bytes]
    reader: Callable[[], Reader]
    whole: Callable[[bytes], Chunk]
    headers: Mapping[str, str] = {}
    key_header: str = "Authorization: Bearer "  # as it stands before the key
    kinds: frozenset[Any] = frozenset({"chat", "text"})
