"""Everything that is not the API is the pages' business: passed on over their unix socket."""

import asyncio

import aiohttp
from yarl import URL

from darkhorse.api.asgi import Scope, Send, header, send_bytes

__all__ = ["PagesProxy"]

_TO_PAGES = (b"accept", b"accept-language", b"if-none-match", b"x-forwarded-proto")
_TO_CLIENT = (
    "cache-control",
    "content-security-policy",
    "content-type",
    "etag",
    "last-modified",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
)
_AWAY = b"The pages are not up just now; the API is. Try again in a moment.\n"


class PagesProxy:
    """Relays GET and HEAD to the pages process, headers by allow-list both ways."""

    def __init__(self, socket: str | None) -> None:
        self._socket = socket
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answers 503 while the pages are away; the API does not depend on them."""
        try:
            async with asyncio.timeout(10):
                await self._relay(scope, send)
        except (aiohttp.ClientError, OSError, TimeoutError):
            headers = ((b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"1"))
            await send_bytes(send, 503, _AWAY, headers)

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def _relay(self, scope: Scope, send: Send) -> None:
        if not self._socket:
            raise FileNotFoundError
        if self._session is None:
            connector = aiohttp.UnixConnector(path=self._socket)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        headers = {str(k, "ascii"): header(scope, k) for k in _TO_PAGES if header(scope, k)}
        headers["host"] = header(scope, b"host")
        async with self._session.request(
            scope["method"], _url(scope), headers=headers, allow_redirects=False
        ) as answer:
            body = await answer.read()
            found = [
                (k.encode(), answer.headers[k].encode("latin-1"))
                for k in _TO_CLIENT
                if k in answer.headers
            ]
            await send_bytes(send, answer.status, body, found)


def _url(scope: Scope) -> URL:
    path = str(scope.get("raw_path") or scope["path"].encode(), "latin-1")
    query = str(scope["query_string"], "latin-1")
    return URL(f"http://pages{path}{'?' if query else ''}{query}", encoded=True)
