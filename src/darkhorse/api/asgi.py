"""The few ASGI words the hot routes speak without a framework: read a body, send an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from darkhorse.base.errors import BodyTimeout, BodyTooLarge, ClientGone, InvalidRequest
from darkhorse.base.patience import Patience

__all__ = ["Headers", "Message", "Receive", "Scope", "Send", "header", "read_body", "send_bytes"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_DRAIN_FACTOR = 2
_DRAIN_S = 10.0


def header(scope: Scope, name: bytes) -> str:
    """The first header of that (lower-case) name, or an empty string."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return ""


async def send_bytes(
    send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    """A whole answer; headers are ours alone, from here and from the caller."""
    own = [(b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": own})
    await send({"type": "http.response.body", "body": body})


async def read_body(scope: Scope, receive: Receive, *, limit: int, patience_s: float) -> bytes:
    """The whole request body. Raises BodyTooLarge, BodyTimeout, ClientGone, InvalidRequest."""
    body = _Body(_declared(scope))
    try:
        with Patience(patience_s) as patience:
            while not body.whole and body.size <= limit:
                body.take(await receive())
                patience.extend()
    except TimeoutError:
        raise BodyTimeout from None
    if body.size <= limit:
        return b"".join(body.pieces)
    if not body.whole:
        await _discard(scope, receive, limit)
    raise BodyTooLarge(f"The request body is over the limit of {limit} bytes.")


class _Body:
    """What has come of a body. `size` is what came or what was announced, if that is more."""

    def __init__(self, declared: int) -> None:
        self.pieces: list[bytes] = []
        self.size = declared
        self.whole = False
        self._came = 0

    def take(self, message: Message) -> None:
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        self.pieces.append(piece)
        self._came += len(piece)
        self.size = max(self.size, self._came)
        self.whole = not message.get("more_body", False)


def _declared(scope: Scope) -> int:
    text = header(scope, b"content-length")
    if text and not text.isdecimal():
        raise InvalidRequest("Content-Length is not a number.")
    return int(text) if text else 0


async def _discard(scope: Scope, receive: Receive, limit: int) -> None:
    """Read on for a while: a client still writing would lose our answer to a reset connection.

    Not where it asked first (`Expect: 100-continue`), nor where far too much is announced.
    """
    if header(scope, b"expect") or _declared(scope) > limit * _DRAIN_FACTOR:
        return
    left = limit * _DRAIN_FACTOR
    try:
        async with asyncio.timeout(_DRAIN_S):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return
