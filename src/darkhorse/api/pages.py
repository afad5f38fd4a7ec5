"""Everything that is not the API is the pages' business: passed on over their unix socket.

An answer flows through piece by piece, so that a page may send events for as long as it likes.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from darkhorse.accounts.cookie import COOKIE, cookie_name, is_own_path, kept_key
from darkhorse.api.asgi import Headers, Receive, Scope, Send, header, read_body, send_bytes
from darkhorse.api.playground import is_from_here
from darkhorse.base.errors import BodyTimeout, ClientGone, Forbidden, UnsupportedEncoding
from darkhorse.base.patience import Patience
from darkhorse.base.places import Places
from darkhorse.upstream.http11 import Address, Connection, Pool
from darkhorse.wire.faults import UpstreamFault

__all__ = ["VISITOR", "PagesProxy", "is_pages_business"]

VISITOR = b"x-darkhorse-visitor"
"""What the pages are told of an address that posts a form: a keyed hash."""

_TO_PAGES = (
    *(b"accept", b"accept-language", b"host", b"hx-request", b"if-none-match"),
    b"x-forwarded-proto",
)
_TO_OWN_PAGES = (b"content-type", b"origin", b"sec-fetch-dest", b"sec-fetch-site")
_TO_CLIENT = frozenset(
    {
        b"cache-control",
        b"content-disposition",
        b"content-length",
        b"content-security-policy",
        b"content-type",
        b"cross-origin-opener-policy",
        b"cross-origin-resource-policy",
        b"etag",
        b"last-modified",
        b"location",  # from an alias to the slug
        b"referrer-policy",
        b"retry-after",
        b"x-accel-buffering",
        b"x-content-type-options",
        b"x-frame-options",
    }
)
_COOKIES = (COOKIE.encode(), cookie_name("https").encode())
_AWAY = b"The pages are not up just now; the API is. Try again in a moment.\n"
_FULL = b"Too many pages are open just now. Try again in a moment.\n"
_PLAIN = (b"content-type", b"text/plain; charset=utf-8")
_PATIENCE_S = 3.0
_OWN_PATIENCE_S = 10.0  # content that has just been written is waited for
_PIECE_S = 40.0  # between two pieces; a stream of events gives a sign of life every 15 s
_BODY_S = 15.0  # for all of it
_BODY = 320 * 1024  # an answer of 256 KiB to be shown, and what a form puts around it
_BODIES = (48, 6)  # on their way in at once: in all, and from one address
_OPEN = (320, 32)  # answers on their way out, streams of events among them
_STREAMS = (200, 20)


def is_pages_business(method: str, path: str) -> bool:
    """Reading, anywhere beside the API; forms, on the pages that have some of their own."""
    if path.startswith("/api/"):
        return False
    return method in ("GET", "HEAD") or (method == "POST" and is_own_path(path))


class PagesProxy:
    """Relays requests to the pages process, headers by allow-list both ways.

    `address` makes the keyed hash of where a request comes from.
    """

    def __init__(
        self,
        socket: str | None,
        address: Callable[[Scope], str] = lambda _: "",
        *,
        bodies: tuple[int, int] = _BODIES,
        answers: tuple[int, int] = _OPEN,
        streams: tuple[int, int] = _STREAMS,
        body_s: float = _BODY_S,
    ) -> None:
        """Places are those in all and those of one address. `body_s`: for all of a form."""
        self._pool = Pool(Address(socket=socket), _PATIENCE_S) if socket else None
        self._address = address
        self._bodies = Places(*bodies)
        self._answers = Places(*answers)
        self._flows = Places(*streams)
        self._body_s = body_s
        self._streams: set[Connection] = set()
        self._is_leaving = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 503 while the pages are away; the API does not depend on them.

        Raises ClientGone, Forbidden for another site's form, and what `read_body` does.
        """
        address = self._address(scope)
        body: bytes | None = b""
        if scope["method"] == "POST":
            if not is_from_here(scope):
                raise Forbidden("This form was not sent from here; go back and send it again.")
            body = await self._form(scope, receive, address)
        with self._answers.one(address) as is_free:
            if body is None or not is_free:
                await _refuse(send)
                return
            await self._pass_on(scope, receive, send, body, address)

    def leave(self) -> None:
        """Events have no end of their own: cut them off, so that a shutdown need not wait."""
        self._is_leaving = True
        for each in self._streams:
            each.close()

    def close(self) -> None:
        """Drop the connections."""
        if self._pool:
            self._pool.close()

    async def _form(self, scope: Scope, receive: Receive, address: str) -> bytes | None:
        """Whole before it takes a place among the answers: one that drips in holds none.

        None where too many come in. Raises what `read_body` does.
        """
        if header(scope, b"content-encoding") not in ("", "identity"):
            raise UnsupportedEncoding
        with self._bodies.one(address) as is_free:
            if not is_free:
                return None
            try:
                async with asyncio.timeout(self._body_s):
                    return await read_body(scope, receive, limit=_BODY, patience_s=self._body_s)
            except TimeoutError:
                raise BodyTimeout from None

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, body: bytes, address: str
    ) -> None:
        own = is_own_path(scope["path"])
        try:
            with Patience(_OWN_PATIENCE_S if own else _PATIENCE_S):
                connection = await self._asked(_head(scope, body, address), body)
        except (UpstreamFault, TimeoutError):
            await send_bytes(send, 503, _AWAY, [_PLAIN, (b"retry-after", b"1")])
            return
        try:
            with self._noted(connection, address) as is_free:
                if not is_free:
                    await _refuse(send)
                    return
                with _watching(receive, connection):
                    await _relay(connection, send, own=own, whole=scope["method"] != "HEAD")
        finally:
            connection.close()

    @contextmanager
    def _noted(self, connection: Connection, address: str) -> Iterator[bool]:
        """Streams of events are counted apart, and cut off by `leave`; a client ends them."""
        kind = dict(connection.headers).get(b"content-type", b"")
        if not kind.startswith(b"text/event-stream"):
            yield True
            return
        with self._flows.one(address) as is_free, suppress(ClientGone):
            self._streams.add(connection)
            if self._is_leaving:
                connection.close()
            try:
                yield is_free
            finally:
                self._streams.discard(connection)

    async def _asked(self, head: bytes, body: bytes) -> Connection:
        """A connection whose answer has begun. Raises UpstreamFault."""
        if self._pool is None:
            raise UpstreamFault("connect")
        connection = await self._pool.connect()  # a page is rare, and the socket is near
        try:
            connection.send(head, body)
            await connection.head()
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def _watching(receive: Receive, connection: Connection) -> Iterator[None]:
    """A client that hangs up ends the answer. Raises ClientGone then."""
    watch = asyncio.ensure_future(_hung_up(receive))
    watch.add_done_callback(lambda _: connection.close())
    try:
        yield
    except UpstreamFault:
        if watch.done():
            raise ClientGone from None
    finally:
        watch.cancel()


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _relay(connection: Connection, send: Send, *, own: bool, whole: bool) -> None:
    """One that breaks inside is not ended: the server cuts the client off, who then knows."""
    headers = [pair for pair in connection.headers if _may_pass(*pair, own=own)]
    await send({"type": "http.response.start", "status": connection.status, "headers": headers})
    try:
        with Patience(_PIECE_S) as patience:
            while whole and (piece := await connection.read()):
                patience.pause()
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                patience.extend()
    except TimeoutError:
        return
    await send({"type": "http.response.body", "body": b""})


def _may_pass(name: bytes, value: bytes, *, own: bool) -> bool:
    """Of cookies the one that we know, from the pages that have it."""
    if name == b"set-cookie":
        return own and value.partition(b"=")[0] in _COOKIES
    return name in _TO_CLIENT


async def _refuse(send: Send) -> None:
    await send_bytes(send, 503, _FULL, [_PLAIN, (b"retry-after", b"5")])


def _head(scope: Scope, body: bytes, address: str) -> bytes:
    """As GET where it is HEAD: to that the server answers with the head of it."""
    path = scope.get("raw_path") or scope["path"].encode()
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    headers = _sent(scope, _TO_PAGES)
    if is_own_path(scope["path"]):
        headers += _sent(scope, _TO_OWN_PAGES) + _kept(scope)
    method = b"GET"
    if scope["method"] == "POST":
        method = b"POST"
        headers += [(b"content-length", b"%d" % len(body)), (VISITOR, address.encode())]
    lines = [name + b": " + value for name, value in headers]
    return b"\r\n".join((method + b" " + path + query + b" HTTP/1.1", *lines, b"\r\n"))


def _sent(scope: Scope, names: tuple[bytes, ...]) -> Headers:
    pairs = [(name, header(scope, name).encode("latin-1")) for name in names]
    return [pair for pair in pairs if pair[1]]


def _kept(scope: Scope) -> Headers:
    """The one cookie; what else a browser holds for this host is nobody's business."""
    name = cookie_name(header(scope, b"x-forwarded-proto"))
    cookies = (str(value, "latin-1") for each, value in scope["headers"] if each == b"cookie")
    key = kept_key(cookies, name)
    return [(b"cookie", f"{name}={key.reveal()}".encode())] if key else []
