"""Server-sent events for open pages (static/live.js): few, not for ever, one look a second."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

__all__ = ["Put", "Streams"]

Put = Callable[[], Awaitable[Mapping[str, str] | None]]
"""Pieces of a page by element, as they are now; None: nothing more is to come."""

_NO_STORE = {"Cache-Control": "no-store"}
_HEADERS = {**_NO_STORE, "X-Accel-Buffering": "no"}
_MEDIA_TYPE = "text/event-stream"
_FULL = "Too many pages are watching just now; this one stays as it was when it was made.\n"
_SECOND = 1.0
_HEARTBEAT = b": so that nobody between takes us for gone\n\n"


class Streams:
    """All that are open. `pause` is what lies between two looks."""

    def __init__(
        self,
        *,
        most: int = 200,
        looks: int = 600,
        quiet_looks: int = 15,
        pause: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(_SECOND),
    ) -> None:
        self._most = most
        self._looks = looks
        self._quiet_looks = quiet_looks
        self._pause = pause
        self._open = 0
        self._is_over = False

    def answer(self, request: Request, put: Put) -> Response:
        """The stream; 503 while there are as many as there may be, or none may be any more.

        To HEAD there is nothing to stream.
        """
        if request.method == "HEAD":
            return Response(headers=_NO_STORE, media_type=_MEDIA_TYPE)
        if self._open >= self._most or self._is_over:
            return PlainTextResponse(_FULL, 503, headers={"Retry-After": "60"})
        return _Counted(self, self._events(put))

    def end(self) -> None:
        """All of them, soon: the process is to stop."""
        self._is_over = True

    async def _events(self, put: Put) -> AsyncIterator[bytes]:
        """Only what has changed; a page whose stream ended asks for another one by itself."""
        yield b"retry: 5000\n\n"
        shown: dict[str, str] = {}
        quiet = 0
        for _ in range(self._looks):
            if self._is_over:
                return
            pieces = await put()
            if pieces is None:
                yield b"event: over\ndata: {}\n\n"
                return
            new = {name: text for name, text in pieces.items() if shown.get(name) != text}
            shown |= new
            quiet = 0 if new else quiet + 1
            if new:
                yield b"event: put\ndata: " + msgspec.json.encode(new) + b"\n\n"
            elif quiet % self._quiet_looks == 0:
                yield _HEARTBEAT
            await self._pause()

    def _count(self, step: int) -> None:
        self._open += step


class _Counted(StreamingResponse):
    """Counts as open for as long as it is."""

    def __init__(self, streams: Streams, events: AsyncIterator[bytes]) -> None:
        super().__init__(events, headers=_HEADERS, media_type=_MEDIA_TYPE)
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._streams._count(1)  # noqa: SLF001 (two halves of one thing)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams._count(-1)  # noqa: SLF001
