"""Everything that is not the API is the pages' business: passed on over their unix socket."""

from darkhorse.api.asgi import Headers, Scope, Send, header, send_bytes
from darkhorse.base.patience import Patience
from darkhorse.upstream.http11 import Address, Connection, Pool
from darkhorse.wire.faults import UpstreamFault

__all__ = ["PagesProxy"]

_TO_PAGES = (b"accept", b"accept-language", b"host", b"if-none-match", b"x-forwarded-proto")
_TO_CLIENT = frozenset(
    {
        b"cache-control",
        b"content-security-policy",
        b"content-type",
        b"etag",
        b"last-modified",
        b"location",  # from an alias to the slug
        b"referrer-policy",
        b"x-content-type-options",
        b"x-frame-options",
    }
)
_AWAY = b"The pages are not up just now; the API is. Try again in a moment.\n"
_PATIENCE_S = 3.0


class PagesProxy:
    """Relays GET and HEAD to the pages process, headers by allow-list both ways."""

    def __init__(self, socket: str | None) -> None:
        self._pool = Pool(Address(socket=socket), _PATIENCE_S) if socket else None

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answers 503 while the pages are away; the API does not depend on them."""
        try:
            with Patience(_PATIENCE_S):
                status, headers, body = await self._fetch(_request(scope))
        except (UpstreamFault, TimeoutError):
            status, body = 503, _AWAY
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"1")]
        await send_bytes(send, status, body, headers)

    def close(self) -> None:
        """Drop the connections."""
        if self._pool:
            self._pool.close()

    async def _fetch(self, request: bytes) -> tuple[int, Headers, bytes]:
        if self._pool is None:
            raise UpstreamFault("connect")
        connection = await self._pool.connect()  # a page is rare, and the socket is near
        try:
            connection.send(request, b"")
            status = await connection.head()
            body = await _whole(connection)
        finally:
            connection.close()
        return status, [pair for pair in connection.headers if pair[0] in _TO_CLIENT], body


async def _whole(connection: Connection) -> bytes:
    pieces = []
    while piece := await connection.read():
        pieces.append(piece)
    return b"".join(pieces)


def _request(scope: Scope) -> bytes:
    """As GET, always: to HEAD the server answers with the head of that, and drops the body."""
    path = scope.get("raw_path") or scope["path"].encode()
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    headers = [(name, header(scope, name).encode("latin-1")) for name in _TO_PAGES]
    lines = [name + b": " + value for name, value in headers if value]
    return b"\r\n".join((b"GET " + path + query + b" HTTP/1.1", *lines, b"\r\n"))
