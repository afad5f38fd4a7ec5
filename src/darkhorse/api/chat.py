"""POST /chat/completions: the hot route, straight on ASGI."""

import asyncio
from collections.abc import Callable

from darkhorse.accounts.keys import KeyRing
from darkhorse.api.asgi import Receive, Scope, Send, header, read_body, send_bytes
from darkhorse.api.caller import Callers
from darkhorse.api.endings import ending_headers
from darkhorse.api.faults import send_error
from darkhorse.api.visits import visit_of
from darkhorse.base.errors import ClientGone, DarkhorseError, UnsupportedEncoding
from darkhorse.base.patience import Patience
from darkhorse.base.settings import ServerSettings
from darkhorse.router.router import Begun, Caller, Router
from darkhorse.wire.chat import request as chat_request
from darkhorse.wire.chat.answer import ChatAnswer
from darkhorse.wire.chunks import PublicChunk
from darkhorse.wire.request import GenerationRequest

__all__ = ["ChatRoute"]

_STREAM_HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # reverse proxies in front of us would hold the stream back
)


class ChatRoute:
    """Reads a request, runs it, writes the answer in the client's dialect."""

    def __init__(
        self, router: Router, keys: KeyRing, callers: Callers, settings: ServerSettings
    ) -> None:
        self._router = router
        self._keys = keys
        self._callers = callers
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises DarkhorseError as long as nothing was sent."""
        visit = visit_of(scope)
        key = self._keys.authenticate(header(scope, b"authorization"))
        visit.key = key.hash
        if header(scope, b"content-encoding") not in ("", "identity"):
            raise UnsupportedEncoding
        limit = self._settings.max_body_bytes
        patience = self._settings.body_timeout_s
        body = await read_body(scope, receive, limit=limit, patience_s=patience)
        request = chat_request.parse(body)
        begun = await self._generate(request, self._callers.caller(scope, key, request.user))
        visit.begin(begun.generation.id, begun.generation.model)
        await _Reply(begun, request, self._settings, send).run(receive)

    async def _generate(self, request: GenerationRequest, caller: Caller) -> Begun:
        try:
            return await self._router.generate(request, caller)
        except DarkhorseError as e:
            e.requested = request.model
            raise


class _Reply:
    """One answer on its way to one client, who may hang up or stop reading at any moment."""

    def __init__(
        self,
        begun: Begun,
        request: GenerationRequest,
        settings: ServerSettings,
        send: Send,
    ) -> None:
        self._generation = generation = begun.generation
        self._request = request
        self._settings = settings
        self._send = send
        self._answer = ChatAnswer(
            id=generation.id, created=generation.created, model=generation.model
        )
        self._headers = [
            (b"x-generation-id", generation.id.encode()),
            *begun.quota,
            *ending_headers(begun.closes_us, generation.created * 1_000_000),
        ]
        self._headed = False

    async def run(self, receive: Receive) -> None:
        """Write the answer while watching for a hang-up."""
        watch = asyncio.ensure_future(receive())
        watch.add_done_callback(self._hang_up)
        try:
            await (self._stream() if self._request.stream else self._whole())
        finally:
            watch.cancel()
            self._hang_up()

    def _hang_up(self, _: object = None) -> None:
        if not self._generation.settled:
            self._generation.stop(ClientGone())

    async def _whole(self) -> None:
        chunks: list[PublicChunk] = []
        try:
            while (batch := await self._generation.channel.get()) is not None:
                chunks.extend(batch)
        except DarkhorseError as e:
            await self._refuse(e)
            return
        headers = ((b"content-type", b"application/json"), *self._headers)
        await send_bytes(self._send, 200, self._answer.whole(chunks), headers)

    async def _refuse(self, error: DarkhorseError) -> None:
        """A failure before anything was sent: a real status."""
        if not isinstance(error, ClientGone):
            error.requested = self._request.model
            await send_error(self._send, error, self._generation.id, self._headers[1:])

    async def _stream(self) -> None:
        beat = _Heartbeat(self._settings.keepalive_s, self._generation.channel.nudge)
        try:
            with Patience(self._settings.client_stall_s) as patience:
                await self._relay(patience)
        except TimeoutError:
            raise ClientGone from None
        except DarkhorseError as e:
            await self._break_off(e)
        finally:
            beat.stop()

    async def _relay(self, patience: Patience) -> None:
        """Batch by batch; a client that takes none for too long raises TimeoutError."""
        patience.pause()
        while (batch := await self._generation.channel.get()) is not None:
            data = self._answer.chunks(batch) if batch else self._answer.keepalive()
            if batch and batch[-1].usage:
                data += self._answer.done()
            patience.extend()
            await self._write(data)
            patience.pause()
        await self._send({"type": "http.response.body", "body": b""})

    async def _write(self, data: bytes) -> None:
        if not self._headed:
            self._headed = True
            headers = [*_STREAM_HEADERS, *self._headers]
            await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def _break_off(self, error: DarkhorseError) -> None:
        if not self._headed:
            await self._refuse(error)
        elif not isinstance(error, ClientGone):
            body = self._answer.fault(error)
            await self._send({"type": "http.response.body", "body": body})


class _Heartbeat:
    """Calls back every so often: one timer a stream, whatever its traffic."""

    def __init__(self, seconds: float, beat: Callable[[], None]) -> None:
        self._seconds = seconds
        self._beat = beat
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(seconds, self._fire)

    def _fire(self) -> None:
        self._beat()
        self._timer = self._loop.call_later(self._seconds, self._fire)

    def stop(self) -> None:
        self._timer.cancel()
