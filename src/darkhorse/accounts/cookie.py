"""A key that a browser keeps for the playground, in a cookie that no script can read."""

import re
from collections.abc import Iterable

from darkhorse.base.secret import Secret

__all__ = ["COOKIE", "COOKIE_S", "OWN_PATHS", "cookie_name", "is_own_path", "kept_key"]

COOKIE = "darkhorse_key"
COOKIE_S = 30 * 86_400
OWN_PATHS = ("/playground", "/activity")
"""Where it is looked at; nowhere else does it reach a page."""
_KEY = re.compile(r"[A-Za-z0-9-]{1,200}")


def is_own_path(path: str) -> bool:
    """Is it one of those pages, or below one?"""
    return any(path == each or path.startswith(f"{each}/") for each in OWN_PATHS)


def cookie_name(proto: str) -> str:
    """Its name by X-Forwarded-Proto. Over HTTPS it is one that no other host or port can plant."""
    return f"__Host-{COOKIE}" if proto == "https" else COOKIE


def kept_key(cookies: Iterable[str], name: str = COOKIE) -> Secret | None:
    """The key in the Cookie headers; None where there is none, or what is there cannot be one.

    Nor where there are two: one of them was planted, from another port or domain, and whoever did
    so would read what is asked with it.
    """
    pairs = (pair.strip().partition("=") for header in cookies for pair in header.split(";"))
    found = {value for sent, _, value in pairs if sent == name}
    key = found.pop() if len(found) == 1 else ""
    return Secret(key) if _KEY.fullmatch(key) else None
