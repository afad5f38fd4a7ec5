"""An upstream that says what a test tells it to, and keeps what it was asked."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence

from msgspec import Raw

from darkhorse.wire.chunks import Chunk
from darkhorse.wire.request import EngineRequest


class Says:
    """Yields the given batches of chunks."""

    def __init__(self, *batches: Sequence[Chunk]) -> None:
        self._batches = batches
        self.asked: list[EngineRequest] = []
        self.is_closed = False
        self.ended = 0  # answers that were read to their end or let go of

    async def answer(self, request: EngineRequest) -> AsyncGenerator[list[Chunk], None]:
        self.asked.append(request)
        try:
            for batch in self._batches:
                yield list(batch)
        finally:
            self.ended += 1

    async def close(self) -> None:
        self.is_closed = True


def text(value: str, size: int = 3) -> list[list[Chunk]]:
    """A text in pieces, and its finish."""
    pieces = [value[at : at + size] for at in range(0, len(value), size)]
    return [*([Chunk(text=piece)] for piece in pieces), [Chunk(finish="stop", native_finish="eos")]]


def request(*messages, max_tokens=None, **parameters) -> EngineRequest:
    return EngineRequest(
        messages=Raw(json.dumps(messages or [{"role": "user", "content": "hi"}]).encode()),
        stream=True,
        max_tokens=max_tokens,
        parameters={name: Raw(json.dumps(value).encode()) for name, value in parameters.items()},
    )


def read(upstream, asked: EngineRequest) -> list[list[Chunk]]:
    async def run():
        return [chunks async for chunks in upstream.answer(asked)]

    return asyncio.run(run())
