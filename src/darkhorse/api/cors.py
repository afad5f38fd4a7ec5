"""Browsers ask before they let a page of another origin call us; with a key, any page may.

A key travels in a header, never in a cookie, so no page can use one that it was not given; but at
the playground's door, which none of this opens. Whoever sends no Origin gets none of these headers.
"""

import re

from darkhorse.api.asgi import Message, Scope, Send, header

__all__ = ["answer_preflight", "is_preflight", "open_to_pages"]

_ANY = (b"access-control-allow-origin", b"*")
_SHOWN = (
    b"access-control-expose-headers",
    (
        b"deprecation, retry-after, sunset, x-generation-id, x-request-id, x-ratelimit-limit, "
        b"x-ratelimit-limit-tokens, x-ratelimit-remaining, x-ratelimit-remaining-tokens, "
        b"x-ratelimit-reset, x-ratelimit-reset-tokens"
    ),
)
_METHODS = (b"access-control-allow-methods", b"GET, POST, PATCH, DELETE")
_A_DAY = (b"access-control-max-age", b"86400")
_NAMES = re.compile(r"[A-Za-z0-9-]{1,64}(, ?[A-Za-z0-9-]{1,64}){0,63}")
_USUAL = "authorization, content-type, x-api-key"


def is_preflight(scope: Scope) -> bool:
    """Is it a browser's question, and not yet a request?"""
    asked = scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method")
    return bool(asked)


async def answer_preflight(scope: Scope, send: Send) -> None:
    """Yes, with whatever headers: SDKs send a dozen of their own."""
    wanted = header(scope, b"access-control-request-headers")
    names = wanted if _NAMES.fullmatch(wanted) else _USUAL
    allowed = (b"access-control-allow-headers", names.encode())
    headers = [_METHODS, allowed, _A_DAY]  # and, as all answers, that any origin may read it
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def open_to_pages(scope: Scope, send: Send) -> Send:
    """`send`, for a page of another origin where it is one that asks."""
    if not header(scope, b"origin"):
        return send

    async def opened(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], _ANY, _SHOWN]}
        await send(message)

    return opened
