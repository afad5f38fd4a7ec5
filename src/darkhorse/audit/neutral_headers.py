"""Which headers an answer may have, what they may say, and in which order they stand.

Written from docs/calling.md: our own ids, limits and ends; the rest is HTTP's.
"""

from collections.abc import Mapping

__all__ = ["HEADERS", "ORDER"]

_ID = r"(?:gen-\d+|req)-[0-9A-Za-z]{20}"
_DAY = r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"

HEADERS: Mapping[str, str] = {
    "date": _DAY,
    "content-length": r"\d+",
    "content-type": r"application/json|text/event-stream",
    "cache-control": r"no-cache|no-store",
    "x-accel-buffering": "no",
    "x-generation-id": _ID,
    "x-request-id": _ID,
    "retry-after": r"\d+",
    "sunset": _DAY,
    "deprecation": r"@\d+",
    **dict.fromkeys(
        (
            f"x-ratelimit-{what}{tail}"
            for what in ("limit", "remaining", "reset")
            for tail in ("", "-tokens")
        ),
        r"\d+",
    ),
    "connection": "close|keep-alive",
    "transfer-encoding": "chunked",
}
"""Name in small letters → what its whole value has to match."""

ORDER = {
    name: at
    for at, name in enumerate(
        (
            *("date", "content-length", "content-type", "cache-control", "x-accel-buffering"),
            *("x-generation-id", "connection", "transfer-encoding"),
        )
    )
}
ORDER["x-request-id"] = ORDER["x-generation-id"]  # either may stand first
"""Where each stands among the others; headers on limits and ends may stand anywhere."""
