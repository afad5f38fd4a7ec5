"""The few ASGI words the hot routes speak without a framework: read a body, send an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from darkhorse.base.errors import BodyTimeout, BodyTooLarge, ClientGone, InvalidRequest
from darkhorse.base.patience import Patience

__all__ = ["Headers", "Receive", "Scope", "Send", "header", "read_body", "send_bytes"]

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
    if _declared(scope) > limit:
        await _discard(scope, receive, limit)
        raise _too_large(limit)
    try:
        with Patience(patience_s) as patience:
            return await _collect(scope, receive, limit, patience)
    except TimeoutError:
        raise BodyTimeout from None


async def _collect(scope: Scope, receive: Receive, limit: int, patience: Patience) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        patience.extend()
        piece = message.get("body", b"")
        size += len(piece)
        if size > limit:
            if message.get("more_body", False):
                await _discard(scope, receive, limit)
            raise _too_large(limit)
        pieces.append(piece)
        if not message.get("more_body", False):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _declared(scope: Scope) -> int:
    text = header(scope, b"content-length")
    if text and not text.isdecimal():
        raise InvalidRequest("Content-Length is not a number.")
    return int(text) if text else 0


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"The request body is over the limit of {limit} bytes.")


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
