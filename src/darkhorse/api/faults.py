"""Failures on their way out: the client's dialect, our words, nothing of the cause."""

from darkhorse.api.asgi import Headers, Send, send_bytes
from darkhorse.base.errors import DarkhorseError, WrongMethod
from darkhorse.wire.dialects import CLIENTS

__all__ = ["error_headers", "send_error"]


def error_headers(error: DarkhorseError, request_id: str) -> Headers:
    """Content type, an id to quote (of the generation, if one began), and when to come back."""
    quoted = request_id.encode()
    headers = [(b"content-type", b"application/json"), (b"x-request-id", quoted), *error.quota]
    if request_id.startswith("gen-"):
        headers.append((b"x-generation-id", quoted))
    if error.retry_after is not None:
        headers.append((b"retry-after", b"%d" % error.retry_after))
    if isinstance(error, WrongMethod):
        headers.append((b"allow", error.allowed.encode()))
    return headers


async def send_error(
    send: Send, error: DarkhorseError, request_id: str, dialect: str = "chat"
) -> None:
    """The error as JSON in the client's dialect, with its status."""
    body = CLIENTS[dialect].error(error, request_id)
    await send_bytes(send, error.status, body, error_headers(error, request_id))
