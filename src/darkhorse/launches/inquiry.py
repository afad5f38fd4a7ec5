"""Asking one endpoint by hand: raw replies, for whoever wants to know what is wrong with it.

The router's own client (`upstream/http.py`) turns all that into chunks or a fault; here status,
headers and body stay visible. The same connections (`upstream/http11.py`) carry both.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Self

import msgspec
from msgspec import Raw, Struct

from darkhorse.base.secret import Secret
from darkhorse.catalog.endpoint import USUAL, Endpoint, Quirks
from darkhorse.upstream.http11 import Address, Connection, Pool
from darkhorse.wire.dialect import Engine
from darkhorse.wire.dialects import EMBEDDINGS, ENGINES
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest, Kind

__all__ = ["Inquiry", "Reply", "Target", "Waits"]

_LARGEST_REPLY = 4 * 1024 * 1024


class Target(Struct, frozen=True, kw_only=True):
    """An endpoint with all that is needed to ask it; `key_from` says where its key is kept."""

    name: str
    url: str
    model: str = ""
    dialect: str = "chat"
    kind: Kind = "chat"  # what it is asked for
    key: Secret = Secret("")
    key_from: str = ""
    quirks: Quirks = USUAL
    first_token_s: float | None = None  # its own patience; None: whatever the settings say

    @classmethod
    def of(cls, endpoint: Endpoint, *, url: str = "", key: Secret | None = None) -> Self:
        """An endpoint of a launch; `url` and `key` for the embedded one. Raises ConfigError."""
        return cls(
            name=endpoint.name,
            url=url or endpoint.url,
            model=endpoint.model,
            dialect=endpoint.dialect,
            key=endpoint.key() if key is None else key,
            key_from="" if key else endpoint.key_env or endpoint.key_file,
            quirks=endpoint.quirks,
            first_token_s=endpoint.first_token_s,
        )

    @property
    def engine(self) -> Engine:
        """How it is spoken to."""
        return EMBEDDINGS if self.kind == "embedding" else ENGINES[self.dialect]


class Waits(Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds."""

    connect_s: float = 5.0
    answer_s: float = 60.0
    proof_s: float = 300.0  # for a prompt as long as the listing allows


class Reply(Struct, frozen=True, kw_only=True):
    """What came back, whole, whatever it is."""

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes
    ms: float

    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None


class Inquiry:
    """Questions to one endpoint. Raises ConfigError if its URL is none."""

    def __init__(self, target: Target, waits: Waits) -> None:
        self._address, self._path = Address.parse(target.url)
        self._pool = Pool(self._address, waits.connect_s)
        self._answer_s = waits.answer_s
        self.target = target

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pool.close()

    async def chat(
        self, text: str, *, max_tokens: int, stream: bool = False, wait_s: float | None = None
    ) -> Reply:
        """One user message, as the router would put it. Raises UpstreamFault."""
        quirks, engine = self.target.quirks, self.target.engine
        request = EngineRequest(
            messages=Raw(msgspec.json.encode([{"role": "user", "content": text}])),
            stream=stream,
            max_tokens=max_tokens,
            kind=self.target.kind,
        )
        body = engine.render(
            request, self.target.model, limit_name=quirks.max_tokens_name, extra=quirks.extra
        )
        return await self._ask("POST", f"{self._path}{engine.path}", body, wait_s)

    async def get(self, path: str) -> Reply:
        """A page beside that. Raises UpstreamFault."""
        return await self._ask("GET", f"{self._path}/{path}")

    async def models(self) -> list[dict[str, Any]]:
        """The entries of its list of models; none where it does not say."""
        try:
            reply = await self.get("models")
        except UpstreamFault:
            return []
        page = reply.json()
        data = page.get("data") if isinstance(page, dict) and reply.status == 200 else None
        entries = data if isinstance(data, list) else []
        return [entry for entry in entries if isinstance(entry, dict)]

    async def get_root(self, path: str) -> Reply:
        """A page of llama.cpp's own, which are not below /v1. Raises UpstreamFault."""
        return await self._ask("GET", f"{self._root}/{path}")

    async def post_root(self, path: str, body: Mapping[str, Any]) -> Reply:
        """As `get_root`. Raises UpstreamFault."""
        return await self._ask("POST", f"{self._root}/{path}", msgspec.json.encode(body))

    @property
    def _root(self) -> str:
        return self._path.removesuffix("/v1")

    async def _ask(
        self, method: str, path: str, body: bytes = b"", wait_s: float | None = None
    ) -> Reply:
        """A connection of its own each time: the embedded engine's door takes one request."""
        began = asyncio.get_running_loop().time()
        connection = await self._pool.connect()
        try:
            async with asyncio.timeout(self._answer_s if wait_s is None else wait_s):
                connection.send(self._head(method, path, len(body)), body)
                status = await connection.head()
                answer = await _whole(connection)
        except TimeoutError:
            raise UpstreamFault("first_token_timeout") from None
        finally:
            connection.close()
        ms = 1000 * (asyncio.get_running_loop().time() - began)
        return Reply(status=status, headers=dict(connection.headers), body=answer, ms=ms)

    def _head(self, method: str, path: str, size: int) -> bytes:
        key = self.target.key
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self._address.authority}",
            "Accept-Encoding: identity",
            "Connection: close",
            *(f"{name}: {value}" for name, value in self.target.engine.headers.items()),
            *([f"{self.target.engine.key_header}{key.reveal()}"] if key else []),
            *(["Content-Type: application/json"] if size else []),
            *([f"Content-Length: {size}"] if size else []),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _whole(connection: Connection) -> bytes:
    pieces = bytearray()
    while piece := await connection.read():
        pieces += piece
        if len(pieces) > _LARGEST_REPLY:
            raise UpstreamFault("too_large")
    return bytes(pieces)
