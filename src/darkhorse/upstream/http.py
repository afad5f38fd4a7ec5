"""An OpenAI-compatible engine over HTTP, by aiohttp's keep-alive client.

Headers, status and body of the answer end here: what goes on is Chunks or an UpstreamFault.
Nothing of the client's but the conversation and its parameters goes out.
"""

import asyncio
from collections.abc import AsyncGenerator

import aiohttp

from darkhorse.base.patience import Patience
from darkhorse.base.secret import Secret
from darkhorse.base.settings import UpstreamSettings
from darkhorse.wire.chat import engine
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.faults import FaultKind, UpstreamFault
from darkhorse.wire.request import EngineRequest
from darkhorse.wire.sse import EventTooLarge, SseDecoder

__all__ = ["HttpUpstream", "open_session"]


def open_session(settings: UpstreamSettings) -> aiohttp.ClientSession:
    """The client all endpoints share. Call on the loop that will use it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=15, ttl_dns_cache=60),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("User-Agent",),
    )


class HttpUpstream:
    """One endpoint's URL, model and key."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        url: Secret,
        model: str,
        key: Secret,
        settings: UpstreamSettings,
    ) -> None:
        self._session = session
        self._url = url.reveal().rstrip("/") + "/chat/completions"
        self._model = model
        self._settings = settings
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if key:
            self._headers["Authorization"] = f"Bearer {key.reveal()}"

    async def answer(self, request: EngineRequest) -> AsyncGenerator[list[Chunk], None]:
        """See Upstream. Retrying, resting and falling back are the router's."""
        body = engine.render(request, self._model)
        waiting_for: FaultKind = "first_token_timeout"
        left = self._settings.max_answer_bytes
        try:
            with Patience(self._settings.first_token_s) as patience:
                async with await self._send(body) as response:
                    await _check_status(response)
                    parser: _Sniffer | _Whole = _Sniffer() if request.stream else _Whole()
                    while data := await response.content.readany():
                        left -= len(data)
                        if left < 0:
                            raise UpstreamFault("too_large")
                        chunks = parser.feed(data)
                        patience.pause()
                        if chunks:
                            yield chunks
                        waiting_for = "idle_timeout"
                        patience.extend(self._settings.idle_s)
                        if parser.done:
                            await _let_end(response)
                            return
                    patience.pause()
                    yield parser.close()
        except (aiohttp.ClientError, OSError, ValueError) as e:
            raise _translate(e, waiting_for) from None

    async def close(self) -> None:
        """The session is shared; who opened it closes it."""

    async def _send(self, body: bytes) -> aiohttp.ClientResponse:
        return await self._session.post(
            self._url, data=body, headers=self._headers, allow_redirects=False
        )


async def _check_status(response: aiohttp.ClientResponse) -> None:
    if response.status != 200:
        detail = await _error_body(response)
        raise UpstreamFault("status", status=response.status, detail=detail)


async def _error_body(response: aiohttp.ClientResponse) -> str:
    """What came with a status that is no answer: a little of it, for the ledger."""
    try:
        async with asyncio.timeout(2):
            return engine.error_detail(await response.content.read(4096))
    except (TimeoutError, aiohttp.ClientError):
        return ""


async def _let_end(response: aiohttp.ClientResponse) -> None:
    """After `[DONE]` only the body's end is due; with it, the connection can be used again."""
    try:
        async with asyncio.timeout(0.05):
            while not response.content.at_eof():
                await response.content.readany()
    except (TimeoutError, aiohttp.ClientError):
        response.close()


class _Whole:
    """An answer that comes in one piece."""

    done = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def feed(self, data: bytes) -> list[Chunk]:
        self._pieces.append(data)
        return []

    def close(self) -> list[Chunk]:
        return [engine.parse_whole(b"".join(self._pieces))]


class _Events:
    """An answer in events, up to `[DONE]` or the end; without a finish, it was cut."""

    def __init__(self) -> None:
        self._decoder = SseDecoder()
        self._finished = False
        self.done = False

    def feed(self, data: bytes) -> list[Chunk]:
        try:
            return self._parse(self._decoder.feed(data))
        except EventTooLarge:
            raise UpstreamFault("too_large") from None

    def close(self) -> list[Chunk]:
        chunks = self._parse(self._decoder.close())
        if not self._finished:
            raise UpstreamFault("cut", detail="the stream ended without a finish")
        return chunks

    def _parse(self, events: list[bytes]) -> list[Chunk]:
        chunks: list[Chunk] = []
        for data in events:
            if data.strip() == engine.DONE:
                self.done = True
                break
            chunks.append(engine.parse_event(data))
        self._finished = self._finished or any(chunk.finish for chunk in chunks)
        if self.done and not self._finished:
            self._finished = True
            chunks.append(Chunk(finish="stop"))
        return chunks


class _Sniffer:
    """Events were asked for; some engines answer in one piece all the same, errors above all."""

    def __init__(self) -> None:
        self._parser: _Whole | _Events | None = None

    @property
    def done(self) -> bool:
        return self._parser is not None and self._parser.done

    def feed(self, data: bytes) -> list[Chunk]:
        if self._parser is None and (start := data.lstrip()):
            self._parser = _Whole() if start.startswith((b"{", b"[")) else _Events()
        return self._parser.feed(data) if self._parser else []

    def close(self) -> list[Chunk]:
        return (self._parser or _Events()).close()


def _translate(error: Exception, waiting_for: FaultKind) -> UpstreamFault:
    """aiohttp's exceptions, by what they mean for the answer. Their text may hold the address."""
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, aiohttp.ClientPayloadError):
        return UpstreamFault("cut", detail=detail)
    if isinstance(error, aiohttp.ClientConnectionError):  # its own time-outs among them
        return UpstreamFault("connect", detail=detail)
    if isinstance(error, TimeoutError):
        return UpstreamFault(waiting_for)
    return UpstreamFault("connect" if isinstance(error, OSError) else "garbage", detail=detail)
