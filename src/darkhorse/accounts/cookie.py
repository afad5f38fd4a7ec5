"""A key that a browser keeps for the playground, in a cookie that no script can read."""

import re
from collections.abc import Iterable

from darkhorse.base.secret import Secret

__all__ = ["COOKIE", "COOKIE_S", "OWN_PATHS", "is_own_path", "kept_key"]

COOKIE = "darkhorse_key"
COOKIE_S = 30 * 86_400
OWN_PATHS = ("/playground", "/activity")
"""Where it is looked at; nowhere else does it reach a page."""
_KEY = re.compile(r"[A-Za-z0-9-]{1,200}")


def is_own_path(path: str) -> bool:
    """Is it one of those pages, or below one?"""
    return any(path == each or path.startswith(f"{each}/") for each in OWN_PATHS)


def kept_key(cookies: Iterable[str]) -> Secret | None:
    """The key in the Cookie headers; None where there is none, or what is there cannot be one."""
    for header in cookies:
        for pair in header.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == COOKIE and _KEY.fullmatch(value):
                return Secret(value)
    return None
