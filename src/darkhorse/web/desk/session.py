"""Who may come in: one link, once; then a cookie, on every route, and no page of anybody else's.

The browser is shared with the whole web. A page of another origin can send requests here, and a
name that somebody else owns can be made to lead here (DNS rebinding), so it counts under which
name we were asked, and from where a request comes that changes something.
"""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from darkhorse.base.clock import Clock

__all__ = ["COOKIE", "ENTER", "LINK_S", "SESSION_S", "Gate", "Sessions"]

COOKIE = "darkhorse_desk"
ENTER = "/enter"
LINK_S = 600
SESSION_S = 12 * 3600
_READS = ("GET", "HEAD")
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z._-]+))(?::[0-9]{1,5})?")
"""`name`, `name:port`, `[address]:port`, and nothing after it that could be taken for a path."""

_NOT_BY_THIS_NAME = "This desk is not reached by that name. Use the link that it printed.\n"
_NOT_FROM_THERE = "This was sent by a page of somebody else's, so nothing was done.\n"
_NOT_IN = "Open the link that `darkhorse desk` printed; start it anew for another one.\n"


class Sessions:
    """One link and who came in by it. Only hashes are kept, and all of it is gone at the end."""

    def __init__(self, clock: Clock, mint: Callable[[], str]) -> None:
        self._clock, self._mint = clock, mint
        self.link_token = mint()
        self._link_until = clock.monotonic() + LINK_S
        self._is_unused = True
        self._ends: dict[bytes, float] = {}

    def enter(self, token: str) -> str:
        """A new session's cookie for the link's token; empty where it is used, old or wrong."""
        is_right = hmac.compare_digest(_hash(token), _hash(self.link_token))
        if not (is_right and self._is_unused and self._clock.monotonic() < self._link_until):
            return ""
        self._is_unused = False
        value = self._mint()
        self._ends[_hash(value)] = self._clock.monotonic() + SESSION_S
        return value

    def is_in(self, value: str) -> bool:
        """Is it the cookie of a session that goes on?"""
        return self._ends.get(_hash(value), 0.0) > self._clock.monotonic()

    def leave(self, value: str) -> None:
        """Its session ends."""
        self._ends.pop(_hash(value), None)


class Gate:
    """Pure ASGI, around all of the desk. `host`: a name it is reached by, beside addresses."""

    def __init__(self, app: ASGIApp, sessions: Sessions, host: str = "") -> None:
        self._app, self._sessions = app, sessions
        self._names = {"localhost", host.lower()} - {""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refusal = self._refusal(HTTPConnection(scope), scope["path"], scope["method"])
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, asked: HTTPConnection, path: str, method: str) -> PlainTextResponse | None:
        if not self._is_ours(asked.headers.get("host", "")):
            return _refused(_NOT_BY_THIS_NAME, 421)
        if method not in _READS and not _is_from_here(asked):
            return _refused(_NOT_FROM_THERE, 403)
        if path != ENTER and not self._sessions.is_in(asked.cookies.get(COOKIE, "")):
            return _refused(_NOT_IN, 401)
        return None

    def _is_ours(self, host: str) -> bool:
        """An address cannot be rebound; of names, only those we know. Ports may be forwarded."""
        parts = _HOST.fullmatch(host)
        if parts is None:
            return False
        address, name = parts.groups("")
        return name.lower() in self._names or _is_address(address or name)


def _is_from_here(asked: HTTPConnection) -> bool:
    """Both where a browser tells both; one at least, since every browser does."""
    site, origin = asked.headers.get("sec-fetch-site"), asked.headers.get("origin")
    host = asked.headers.get("host", "")
    told = [site == "same-origin"] * (site is not None)
    told += [origin in (f"http://{host}", f"https://{host}")] * (origin is not None)
    return bool(told) and all(told)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _refused(why: str, status: int) -> PlainTextResponse:
    return PlainTextResponse(why, status, {"Cache-Control": "no-store"})


def _hash(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()
