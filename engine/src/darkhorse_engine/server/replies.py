"""What is written to a client while the engine works, until one of the two is gone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import suppress
from typing import Protocol

import msgspec
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from darkhorse.base.errors import DarkhorseError
from darkhorse.wire.sse import event
from darkhorse_engine.server.answer import Piece
from darkhorse_engine.server.asking import Asked
from darkhorse_engine.server.faults import error_object
from darkhorse_engine.server.streams import Stream

__all__ = ["Reply", "Writing"]

_DONE = b"data: [DONE]\n\n"
_PATIENCE = 60.0
"""Seconds that a client may leave unread what was sent, while others wait for its place."""


class Writing(Protocol):
    """How one dialect writes an answer."""

    def event(self, piece: Piece, *, shows_likely: bool) -> bytes: ...

    def usage_event(self, last: Piece) -> bytes: ...

    def whole(self, pieces: Sequence[Piece], *, shows_likely: bool) -> bytes: ...


class Reply(Response):
    """The answer to `asked`. It owns `stream`: a client that leaves frees the sequence at once."""

    def __init__(self, asked: Asked, stream: Stream, writing: Writing) -> None:
        super().__init__()
        self._asked = asked
        self._stream = stream
        self._writing = writing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what ended the answer before a byte of it was sent."""
        answer = self._streamed if self._asked.streams else self._whole
        with self._stream, suppress(TimeoutError):  # it reads nothing: as if it had left
            await _until_gone(receive, answer(scope, receive, _impatient(send)))

    async def _whole(self, scope: Scope, receive: Receive, send: Send) -> None:
        pieces = [piece async for piece in self._pieces()]
        body = self._writing.whole(pieces, shows_likely=self._asked.shows_likely)
        await Response(body, media_type="application/json")(scope, receive, send)

    async def _streamed(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        response = StreamingResponse(
            self._events(), media_type="text/event-stream", headers=headers
        )
        # Not `response(…)`: it would listen for the client's leaving too, and take the news.
        await response.stream_response(send)

    async def _events(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._pieces():
                yield self._writing.event(piece, shows_likely=self._asked.shows_likely)
                if piece.finish and self._asked.includes_usage:
                    yield self._writing.usage_event(piece)
        except DarkhorseError as e:
            yield event(msgspec.json.encode(error_object(e)))
        else:
            yield _DONE

    async def _pieces(self) -> AsyncIterator[Piece]:
        """Of which none but the last is empty."""
        reader = self._asked.reader
        async for delta in self._stream:
            piece = reader.feed(delta.tokens)
            if not piece.is_empty:
                yield piece
            if reader.is_over or delta.finish:
                self._stream.close()
                yield reader.close(delta.finish, delta.usage)
                return


async def _until_gone(receive: Receive, writing: Awaitable[None]) -> None:
    """Stop writing as soon as the client has left. Raises what `writing` raises."""
    tasks = [asyncio.ensure_future(writing), asyncio.ensure_future(_gone(receive))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        was_written = tasks[0].done()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    if was_written:
        tasks[0].result()


def _impatient(send: Send) -> Send:
    async def sending(message: Message) -> None:
        async with asyncio.timeout(_PATIENCE):
            await send(message)

    return sending


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
