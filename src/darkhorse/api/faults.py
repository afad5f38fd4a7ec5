"""Failures on their way out: one shape, our words, the right status, nothing of the cause."""

from collections.abc import Iterable

from darkhorse.api.asgi import Headers, Send, send_bytes
from darkhorse.base.errors import DarkhorseError
from darkhorse.wire.chat.answer import error_body

__all__ = ["error_headers", "send_error"]


def error_headers(error: DarkhorseError, request_id: str) -> Headers:
    """Content type, an id to quote (of the generation, if one began), and when to come back."""
    name = b"x-generation-id" if request_id.startswith("gen-") else b"x-request-id"
    headers = [(b"content-type", b"application/json"), (name, request_id.encode()), *error.quota]
    if error.retry_after is not None:
        headers.append((b"retry-after", b"%d" % error.retry_after))
    return headers


async def send_error(
    send: Send, error: DarkhorseError, request_id: str, more: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    """The error as JSON with its status, and `more` headers of ours."""
    headers = [*error_headers(error, request_id), *more]
    await send_bytes(send, error.status, error_body(error), headers)
