"""An engine over HTTP, in whichever dialect it speaks.

Headers, status and body of the answer end here: what goes on is Chunks or an UpstreamFault.
Nothing of the client's but the conversation and its parameters goes out.
"""

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress

from darkhorse.base.patience import Patience
from darkhorse.base.secret import Secret
from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.endpoint import USUAL, Quirks
from darkhorse.upstream.http11 import Address, Connection, Pool
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.dialect import Engine
from darkhorse.wire.dialects import EMBEDDINGS, ENGINES
from darkhorse.wire.faults import FaultKind, UpstreamFault
from darkhorse.wire.refusals import refusal
from darkhorse.wire.request import EngineRequest, Thoughts
from darkhorse.wire.saying import saying
from darkhorse.wire.sse import EventTooLarge, SseDecoder
from darkhorse.wire.think import ThinkSplitter

__all__ = ["HttpUpstream"]

_DETAIL_S = 2.0  # for the body of an error, which is only for the record
_END_S = 0.05  # for the end of a body after its last event


class HttpUpstream:
    """One endpoint's URL, model, key and dialect. Raises ConfigError if the URL is none."""

    def __init__(
        self,
        *,
        url: Secret,
        model: str,
        key: Secret,
        settings: UpstreamSettings,
        dialect: str = "chat",
        quirks: Quirks = USUAL,
    ) -> None:
        address, path = Address.parse(url.reveal())
        self._pool = Pool(address, settings.connect_s)
        self._model = model
        self._settings = settings
        self._quirks = quirks
        self._engine = ENGINES[dialect]
        self._heads = {
            engine.path: _head(address, path, key, engine) for engine in (self._engine, EMBEDDINGS)
        }
        self._closed = False

    async def answer(self, request: EngineRequest) -> AsyncGenerator[list[Chunk], None]:
        """See Upstream. Retrying, resting and falling back are the router's."""
        quirks = self._quirks
        engine = EMBEDDINGS if request.kind == "embedding" else self._engine
        with saying():
            body = engine.render(
                request, self._model, limit_name=quirks.max_tokens_name, extra=quirks.extra
            )
        parser: _Sniffer | _Whole = _Sniffer(engine) if request.stream else _Whole(engine)
        splitter = _splitter(request.thoughts or quirks.thinking)
        waiting_for: FaultKind = "first_token_timeout"
        left = self._settings.max_answer_bytes
        try:
            with Patience(self._settings.first_token_s) as patience:
                connection = await self._ask(self._heads[engine.path], body)
                try:
                    await _check_head(connection)
                    while data := await connection.read():
                        left -= len(data)
                        if left < 0:
                            raise UpstreamFault("too_large")
                        chunks = parser.feed(data)
                        if chunks or parser.whole:  # comments alone are no answer
                            waiting_for = "idle_timeout"
                            patience.pause()
                            if splitter:
                                chunks = splitter.feed(chunks)
                                splitter = None if splitter.is_through else splitter
                            if chunks:
                                yield chunks
                            patience.extend(self._settings.idle_s)
                        if parser.done:
                            await _let_end(connection)
                            break
                    patience.pause()
                    last = [] if parser.done else parser.close()
                    if splitter:
                        last = [*splitter.feed(last), *splitter.close()]
                    if last:
                        yield last
                finally:
                    self._let_go(connection)
        except TimeoutError:
            raise UpstreamFault(waiting_for) from None

    def _let_go(self, connection: Connection) -> None:
        if self._closed:
            connection.close()
        else:
            self._pool.release(connection)

    async def close(self) -> None:
        """Drop the idle connections, and each other one when its answer has ended.

        It can still be asked: by a generation that began before.
        """
        self._closed = True
        self._pool.close()

    async def _ask(self, head: bytes, body: bytes) -> Connection:
        """A connection on which the answer has begun.

        An idle connection may have been closed over there while the request was on its way; then
        nothing was answered, and the request is sent once more on a new one.
        """
        connection = await self._pool.acquire()
        try:
            return await self._exchange(connection, head, body)
        except UpstreamFault:
            if not (connection.reused and connection.untouched):
                raise
        return await self._exchange(await self._pool.connect(), head, body)

    async def _exchange(self, connection: Connection, head: bytes, body: bytes) -> Connection:
        try:
            connection.send(head + b"%d\r\n\r\n" % len(body), body)
            await connection.head()
        except BaseException:
            connection.close()
            raise
        return connection


def _splitter(thoughts: Thoughts) -> ThinkSplitter | None:
    """What tells thoughts inside the text apart, where there may be any."""
    return None if thoughts == "off" else ThinkSplitter(is_open=thoughts == "open")


def _head(address: Address, path: str, key: Secret, engine: Engine) -> bytes:
    """All of the request's head but the length of its body."""
    lines = [
        f"POST {path}{engine.path} HTTP/1.1",
        f"Host: {address.authority}",
        "Content-Type: application/json",
        "Accept-Encoding: identity",
        *(f"{name}: {value}" for name, value in engine.headers.items()),
        *([f"{engine.key_header}{key.reveal()}"] if key else []),
        "Content-Length: ",
    ]
    return "\r\n".join(lines).encode()


async def _check_head(connection: Connection) -> None:
    """Anything but 200 is a fault; a little of what came with it goes to the ledger."""
    if connection.status != 200:
        detail = b""
        with suppress(UpstreamFault, TimeoutError), Patience(_DETAIL_S):
            detail = await connection.read()
        fault = refusal(connection.status, detail)
        fault.retry_after = _retry_after_s(connection.headers)
        raise fault
    for name, value in connection.headers:
        if name == b"content-encoding" and value.lower() != b"identity":
            raise UpstreamFault("garbage", detail=f"content-encoding {value[:64]!r}, unasked")


_SECONDS = re.compile(rb"\d{1,9}(\.\d{1,9})?")


def _retry_after_s(headers: Sequence[tuple[bytes, bytes]]) -> float | None:
    """Seconds in Retry-After. A date there, or anything else, is as if it were not there."""
    for name, value in headers:
        if name == b"retry-after" and _SECONDS.fullmatch(value.strip()):
            return float(value)
    return None


async def _let_end(connection: Connection) -> None:
    """After `[DONE]` only the body's end is due; with it, the connection can be used again."""
    with suppress(UpstreamFault, TimeoutError), Patience(_END_S):
        while await connection.read():
            pass


class _Whole:
    """An answer that comes in one piece."""

    done = False
    whole = True

    def __init__(self, engine: Engine) -> None:
        self._parse = engine.whole
        self._pieces: list[bytes] = []

    def feed(self, data: bytes) -> list[Chunk]:
        self._pieces.append(data)
        return []

    def close(self) -> list[Chunk]:
        return [self._parse(b"".join(self._pieces))]


class _Events:
    """An answer in events, up to the last one or the end of the stream."""

    whole = False

    def __init__(self, engine: Engine) -> None:
        self._decoder = SseDecoder()
        self._reader = engine.reader()

    @property
    def done(self) -> bool:
        return self._reader.done

    def feed(self, data: bytes) -> list[Chunk]:
        try:
            return self._parse(self._decoder.feed(data))
        except EventTooLarge:
            raise UpstreamFault("too_large") from None

    def close(self) -> list[Chunk]:
        chunks = self._parse(self._decoder.close())
        if last := self._reader.close():
            chunks.append(last)
        return chunks

    def _parse(self, events: list[bytes]) -> list[Chunk]:
        chunks: list[Chunk] = []
        for data in events:
            if chunk := self._reader.event(data):
                chunks.append(chunk)
            if self._reader.done:
                break
        return chunks


class _Sniffer:
    """Events were asked for; some engines answer in one piece all the same, errors above all."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._parser: _Whole | _Events | None = None

    @property
    def done(self) -> bool:
        return self._parser is not None and self._parser.done

    @property
    def whole(self) -> bool:
        return self._parser is not None and self._parser.whole

    def feed(self, data: bytes) -> list[Chunk]:
        if self._parser is None and (start := data.lstrip()):
            is_whole = start.startswith((b"{", b"["))
            self._parser = (_Whole if is_whole else _Events)(self._engine)
        return self._parser.feed(data) if self._parser else []

    def close(self) -> list[Chunk]:
        return (self._parser or _Events(self._engine)).close()
