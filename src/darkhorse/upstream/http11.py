"""HTTP/1.1 as a client, over asyncio and httptools: connections that are kept, and nothing else.

Measured against aiohttp's client: see bench/README.md. It speaks what a request to an engine
needs: one request at a time a connection, a body in full, an answer as it comes. No redirects,
cookies, proxies, decompression, or `Expect`. TLS is asyncio's. Format: RFC 9112.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httptools
from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.wire.faults import UpstreamFault

__all__ = ["FRAMING", "MAX_BESIDE", "Address", "Connection", "Pool"]

_HIGH_WATER = 256 * 1024  # bytes read ahead of whoever consumes them
MAX_BESIDE = 64 * 1024  # bytes of a first line, headers and trailers, either way
FRAMING = 16  # bytes that may come with each byte of a chunked body: its sizes and line ends
_MAX_IDLE = 256  # connections kept


class Address(Struct, frozen=True):
    """Where an engine lives. `socket` is a unix socket's path, in place of host and port."""

    host: str = ""
    port: int = 0
    tls: bool = False
    socket: str = ""

    @classmethod
    def parse(cls, url: str) -> tuple["Address", str]:
        """An http or https URL's address, and its path. Raises ConfigError, without the URL."""
        try:
            parts = urlsplit(url)
            port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        except (ValueError, KeyError):
            raise ConfigError("its url must be http://… or https://…, with a valid port.") from None
        if not parts.hostname or parts.query or parts.fragment or parts.username:
            raise ConfigError("its url must be scheme, host, port and path, nothing more.")
        return cls(parts.hostname, port, tls=parts.scheme == "https"), parts.path.rstrip("/")

    @property
    def authority(self) -> str:
        """For the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host or "localhost"
        default = 443 if self.tls else 80
        return host if self.port in (0, default) else f"{host}:{self.port}"


class Connection(asyncio.Protocol):
    """One connection. `send` a request, then `head`, then `read` until it gives nothing."""

    def __init__(self, on_lost: "Callable[[Connection], None]") -> None:
        self._on_lost = on_lost
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self.reused = False
        self._reset()

    def _reset(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._pieces: list[bytes] = []
        self._held = 0
        self._paused = False
        self._touched = False  # a byte of the answer has come
        self._beside_left = MAX_BESIDE
        self._head_done = False
        self._framed = False  # the answer says where it ends
        self._complete = False
        self._keep = False
        self._excess = False
        self._fault: UpstreamFault | None = None

    # -- what its user calls ---------------------------------------------------------------

    def send(self, head: bytes, body: bytes) -> None:
        """Write a request; `head` ends with an empty line. Raises UpstreamFault."""
        self._reset()
        if self._transport is None or self._transport.is_closing():
            raise UpstreamFault("connect", detail="closed before the request")
        self._transport.writelines((head, body))

    async def head(self) -> int:
        """Wait for the status; `headers` are there then too. Raises UpstreamFault."""
        while not self._head_done:
            await self._more()
        return self.status

    async def read(self) -> bytes:
        """What has come of the body, at least a byte; nothing at its end. Raises UpstreamFault."""
        while not self._pieces:
            if self._complete:
                return b""
            await self._more()
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._held = 0
        if self._paused and self._transport:
            self._paused = False
            self._transport.resume_reading()
        return data

    @property
    def untouched(self) -> bool:
        """Not a byte came back: the request may be sent again elsewhere."""
        return not self._touched

    @property
    def reusable(self) -> bool:
        """Has the exchange ended cleanly, both ways?"""
        transport = self._transport
        return (
            self._complete
            and self._keep
            and not self._excess
            and not self._pieces
            and transport is not None
            and not transport.is_closing()
            and transport.get_write_buffer_size() == 0
        )

    def close(self) -> None:
        """Drop it; an answer still on its way is cancelled by that."""
        if self._transport:
            self._transport.abort()

    async def _more(self) -> None:
        if self._fault:
            raise self._fault
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, fault: UpstreamFault) -> None:
        if not self._complete and self._fault is None:
            self._fault = fault
        self._wake()

    # -- what asyncio calls ----------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment] # asyncio's own annotation is wide

    def data_received(self, data: bytes) -> None:
        self._touched = True
        if self._complete:  # nobody asked: whatever this is, it is no answer
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as e:
            self._fail(UpstreamFault("garbage", detail=f"{type(e).__name__}: {e}"))
            self.close()
            return
        self._beside_left -= len(data)
        if self._beside_left < 0:
            self._fail(UpstreamFault("garbage", detail="endless headers or trailers"))
            self.close()
        elif self._held > _HIGH_WATER and not self._paused and self._transport:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._head_done and not self._framed and exc is None:
            self._complete = True  # such an answer ends with its connection
        elif not self._touched:
            self._fail(UpstreamFault("connect", detail=f"closed before an answer: {exc}"))
        else:
            self._fail(UpstreamFault("cut", detail=f"closed inside the answer: {exc}"))
        self._wake()
        self._on_lost(self)

    # -- what httptools calls --------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self._complete:  # a second answer to one request: none of it is read
            self._excess = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._excess and not self._head_done:  # after it, trailers: of no use to us
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if self._excess or status < 200:
            return
        self.status = status
        self._framed = any(
            name in (b"content-length", b"transfer-encoding") for name, _ in self.headers
        )
        self._head_done = True

    def on_body(self, body: bytes) -> None:
        if not self._excess:
            self._pieces.append(body)
            self._held += len(body)
            self._beside_left += len(body) * (1 + FRAMING)

    def on_message_complete(self) -> None:
        if self._excess:
            return
        if not self._head_done:  # an interim answer; the real one follows
            self.headers.clear()
            return
        self._complete = True
        self._keep = self._parser.should_keep_alive()


class Pool:
    """Connections to one address: as many as there are requests, the idle ones kept."""

    def __init__(self, address: Address, connect_s: float) -> None:
        self._address = address
        self._connect_s = connect_s
        self._idle: dict[Connection, None] = {}  # the newest last
        self._tls = ssl.create_default_context() if address.tls else None

    async def acquire(self) -> Connection:
        """An idle connection, or a new one. Raises UpstreamFault."""
        if self._idle:
            connection, _ = self._idle.popitem()
            connection.reused = True
            return connection
        return await self.connect()

    async def connect(self) -> Connection:
        """A new connection. Raises UpstreamFault."""
        try:
            async with asyncio.timeout(self._connect_s):
                return await self._open()
        except (OSError, TimeoutError, UnicodeError) as e:
            detail = f"{type(e).__name__}: {e}"
            raise UpstreamFault("connect", detail=detail) from None

    async def _open(self) -> Connection:
        loop = asyncio.get_running_loop()
        address = self._address
        if address.socket:
            _, connection = await loop.create_unix_connection(self._new, address.socket)
            return connection
        extra: dict[str, Any] = {"ssl": self._tls} if self._tls else {}
        _, connection = await loop.create_connection(self._new, address.host, address.port, **extra)
        return connection

    def _new(self) -> Connection:
        return Connection(self._forget)

    def _forget(self, connection: Connection) -> None:
        self._idle.pop(connection, None)

    def release(self, connection: Connection) -> None:
        """Give a connection back: kept if its exchange ended cleanly, else closed."""
        if connection.reusable and len(self._idle) < _MAX_IDLE:
            self._idle[connection] = None
        else:
            connection.close()

    def close(self) -> None:
        """Drop the idle ones."""
        for connection in list(self._idle):
            connection.close()
        self._idle.clear()
