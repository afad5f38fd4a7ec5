"""Headers that warn a client from a day before a listing ends."""

from email.utils import formatdate
from functools import lru_cache

from darkhorse.api.asgi import Headers
from darkhorse.catalog.notices import WARNING_US

__all__ = ["ending_headers"]

_MICRO = 1_000_000


def ending_headers(closes_us: int | None, now_us: int) -> Headers:
    """`Sunset` (RFC 8594) and `Deprecation` (RFC 9745); empty while the end is far or unset."""
    if closes_us is None or now_us < closes_us - WARNING_US:
        return []
    return list(_headers(closes_us // _MICRO))


@lru_cache(16)
def _headers(closes_s: int) -> tuple[tuple[bytes, bytes], ...]:
    since = closes_s - WARNING_US // _MICRO
    return (
        (b"sunset", formatdate(closes_s, usegmt=True).encode()),
        (b"deprecation", b"@%d" % since),
    )
