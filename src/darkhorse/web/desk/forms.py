"""A small form as browsers send one, read as if an enemy had sent it."""

import asyncio
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from darkhorse.base.errors import ConfigError

__all__ = ["moment_us", "read_fields"]

_MOST_FORM = 65_536
_MOST_FIELDS = 64
_FORM_S = 10.0


async def read_fields(request: Request, *, most: int = _MOST_FORM) -> dict[str, str]:
    """Fields by name, of at most `most` bytes; blank ones and unticked boxes are not among them.

    Lines end with LF, whatever browsers make of them.

    Raises ConfigError where it is no small form, or does not come.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_FORM_S):
            async for piece in request.stream():
                body += piece
                if len(body) > most:
                    raise ConfigError("The form is far too long.")
        pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
        return {name: value.replace("\r\n", "\n") for name, value in pairs}
    except (ClientDisconnect, TimeoutError, ValueError):
        raise ConfigError("The form did not come as browsers send one.") from None


def moment_us(text: str, now_us: int) -> int:
    """A moment to come, UTC where it does not say; µs since the epoch. Raises ConfigError."""
    try:
        at = datetime.fromisoformat(text)
        found = round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        raise ConfigError("That is no moment; write it like 2026-12-01T12:00 (UTC).") from None
    if found <= now_us:
        raise ConfigError("That moment is past; choose one to come.")
    return found
