"""One answer on its way to one client, in the client's dialect."""

import asyncio
from collections.abc import Callable

from darkhorse.api.asgi import Receive, Send, send_bytes
from darkhorse.api.endings import ending_headers
from darkhorse.api.pacing import Pacer
from darkhorse.base.errors import ClientGone, DarkhorseError
from darkhorse.base.patience import Patience
from darkhorse.base.settings import ServerSettings
from darkhorse.router.router import Begun
from darkhorse.wire.chunks import PublicChunk
from darkhorse.wire.dialect import Head
from darkhorse.wire.dialects import CLIENTS
from darkhorse.wire.request import GenerationRequest

__all__ = ["Reply"]

_STREAM_HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # reverse proxies in front of us would hold the stream back
)


_AT_ONCE = 16  # events a write: a slow client shows that it reads while it takes them


class Reply:
    """The client may hang up or stop reading at any moment."""

    def __init__(
        self,
        begun: Begun,
        request: GenerationRequest,
        settings: ServerSettings,
        send: Send,
        missed: Callable[[str], None],
    ) -> None:
        """`missed` is told the listing of each piece that came too late for its envelope."""
        self._generation = generation = begun.generation
        self._is_streamed = request.stream
        self._settings = settings
        self._send = send
        head = Head(
            id=generation.id,
            created=generation.created,
            model=generation.model,
            request=request,
            prompt_tokens=begun.prompt_tokens,
        )
        self._answer = CLIENTS[request.dialect].answer(head)
        closes = ending_headers(begun.closes_us, generation.created * 1_000_000)
        self._quota = (*begun.quota, *closes)
        self._headers = (
            (b"x-generation-id", generation.id.encode()),
            (b"x-request-id", generation.id.encode()),  # what OpenAI's clients quote
            *self._quota,
        )
        self._headed = False
        self._pacer: Pacer | None = None
        if begun.rhythm.is_paced:
            self._pacer = Pacer(
                generation.channel,
                begun.rhythm,
                keepalive_s=settings.keepalive_s,
                hides_reasoning=not request.shows_reasoning,
                missed=lambda: missed(generation.model),
            )
        self._get = (self._pacer or generation.channel).get

    async def run(self, receive: Receive) -> None:
        """Write the answer while watching for a hang-up.

        Raises the generation's DarkhorseError as long as nothing was sent: another may be asked.
        """
        watch = asyncio.ensure_future(receive())
        watch.add_done_callback(self._hang_up)
        try:
            await (self._stream() if self._is_streamed else self._whole())
        except DarkhorseError as e:
            e.quota = e.quota or self._quota
            raise
        finally:
            watch.cancel()
            self._hang_up()

    def _hang_up(self, _: object = None) -> None:
        if self._pacer or not self._generation.settled:
            self._generation.stop(ClientGone())

    async def _whole(self) -> None:
        chunks = await self._pacer.whole() if self._pacer else await self._all()
        headers = ((b"content-type", b"application/json"), *self._headers)
        await send_bytes(self._send, 200, self._answer.whole(chunks), headers)

    async def _all(self) -> list[PublicChunk]:
        chunks: list[PublicChunk] = []
        while (batch := await self._get()) is not None:
            chunks.extend(batch)
        return chunks

    async def _stream(self) -> None:
        beat = self._heartbeat()
        try:
            with Patience(self._settings.client_stall_s) as patience:
                await self._relay(patience)
        except TimeoutError:
            raise ClientGone from None
        except DarkhorseError as e:
            await self._break_off(e)
        finally:
            if beat:
                beat.stop()

    def _heartbeat(self) -> "_Heartbeat | None":
        """Under an envelope, signs of life have moments of their own."""
        if self._pacer:
            return None
        return _Heartbeat(self._settings.keepalive_s, self._generation.channel.nudge)

    async def _relay(self, patience: Patience) -> None:
        """Batch by batch; a client that takes none for too long raises TimeoutError."""
        patience.pause()
        while (batch := await self._get()) is not None:
            for start in range(0, len(batch) or 1, _AT_ONCE):
                data = self._rendered(batch[start : start + _AT_ONCE])
                if not data:  # thoughts that are not shown
                    continue
                patience.extend()
                await self._write(data)
                patience.pause()
        await self._send({"type": "http.response.body", "body": b""})

    def _rendered(self, chunks: list[PublicChunk]) -> bytes:
        if not chunks:
            return self._answer.keepalive()
        data = self._answer.chunks(chunks)
        return data + self._answer.done() if chunks[-1].usage else data

    async def _write(self, data: bytes) -> None:
        if not self._headed:
            self._headed = True
            headers = [*_STREAM_HEADERS, *self._headers]
            await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def _break_off(self, error: DarkhorseError) -> None:
        if not self._headed:
            raise error
        if not isinstance(error, ClientGone):
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
