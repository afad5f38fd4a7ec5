"""Which app a request says it comes from: strangers' words, so cleaned, bounded, never believed.

An app is the host of its HTTP-Referer, or its title where it has no host that means anything. One
that has neither has not named itself and is in no list.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec import Struct

__all__ = ["App", "app_of"]

_HOST = re.compile(r"(?=.{4,100}\Z)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_HERE = (".localhost", ".local", ".internal", ".lan", ".home.arpa")  # somebody's own machine
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = 80  # characters
_SLUG = 60
_BITS = 52  # so that JavaScript can hold an id


class App(Struct, frozen=True):
    """An app that named itself. `id` follows from `slug`, is above 0 and below 2**53."""

    id: int
    slug: str
    name: str


@lru_cache(4096)
def app_of(url: str, title: str) -> App | None:
    """From the two headers as they came; None where they name no app."""
    name = _clean(title)
    slug = _place(url) or _slug(name)
    return App(_id(slug), slug, name) if slug else None


def _place(url: str) -> str:
    """`host` or `host:port` of a web address that others could visit too; else empty."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(host) or host.endswith(_HERE):
        return ""
    host = host.removeprefix("www.")
    return host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"


def _clean(title: str) -> str:
    """On one line, without what is not seen or steers the rest of it."""
    seen = "".join(
        character
        for character in unicodedata.normalize("NFC", title)
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        or character.isspace()
    )
    return " ".join(seen.split())[:_NAME].rstrip()


def _slug(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")[:_SLUG].rstrip("-")


def _id(slug: str) -> int:
    digest = hashlib.blake2b(slug.encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> (64 - _BITS) or 1
