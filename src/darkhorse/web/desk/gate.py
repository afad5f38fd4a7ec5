"""The gate around the desk: under our own name, from our own pages, and by a session.

The browser is shared with the whole web. A page of another origin can send requests here, and a
name that somebody else owns can be made to lead here (DNS rebinding), so it counts under which
name we were asked, and from where a request comes that changes something.
"""

import asyncio
import ipaddress
import re
from collections.abc import Awaitable, Callable, Iterable

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from darkhorse.storage.desk import DeskSession
from darkhorse.web.desk.session import COOKIE, ENTER, Sessions, Stay
from darkhorse.web.same_origin import is_from_here

__all__ = ["Gate", "session_of", "stay_of"]

_STATIC = "/static/"
_READS = ("GET", "HEAD")
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z._-]+))(?::[0-9]{1,5})?")
"""`name`, `name:port`, `[address]:port`, and nothing after it that could be taken for a path."""

_NOT_BY_THIS_NAME = (
    "This desk is not reached by that name. Use the link that it printed, or add the name to "
    "[desk] names.\n"
)
_NOT_FROM_THERE = "This was sent by a page of somebody else's, so nothing was done.\n"
_SESSION = "desk_session"
_STAY = "desk_stay"


def session_of(request: HTTPConnection) -> DeskSession | None:
    """Who asks; None only on the pages before the gate."""
    found: DeskSession | None = request.scope.get("state", {}).get(_SESSION)
    return found


def stay_of(request: HTTPConnection) -> Stay:
    """For a stream, to be asked at each look. Nobody streams without one: raises HTTPException."""
    found: Stay | None = request.scope.get("state", {}).get(_STAY)
    if found is None:
        raise HTTPException(401)
    return found


class Gate:
    """Pure ASGI, around all of the desk. `names`: those it is reached by, beside addresses.

    `door` answers who is not in.
    """

    def __init__(
        self,
        app: ASGIApp,
        sessions: Sessions,
        door: Callable[[Request], Awaitable[Response]],
        names: Iterable[str] = (),
    ) -> None:
        self._app, self._sessions, self._door = app, sessions, door
        self._names = {"localhost", *(name.lower() for name in names)} - {""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        asked = Request(scope, receive)
        answer = self._refusal(asked) or await self._let_in(asked)
        await answer(scope, receive, send)

    def _refusal(self, asked: Request) -> Response | None:
        if not self._is_ours(asked.headers.get("host", "")):
            return _refused(_NOT_BY_THIS_NAME, 421)
        if asked.method not in _READS and not is_from_here(asked):
            return _refused(_NOT_FROM_THERE, 403)
        return None

    async def _let_in(self, asked: Request) -> ASGIApp:
        path = asked.scope["path"]
        if path.startswith(_STATIC) and asked.method in _READS:
            return self._app
        session = await asyncio.to_thread(self._sessions.session, asked.cookies.get(COOKIE, ""))
        state = asked.scope.setdefault("state", {})
        state[_SESSION] = session
        state[_STAY] = self._sessions.stay(session.id) if session else None
        if session or path == ENTER:
            return self._app
        return await self._door(asked)

    def _is_ours(self, host: str) -> bool:
        """An address cannot be rebound; of names, only those we know. Ports may be forwarded."""
        parts = _HOST.fullmatch(host)
        if parts is None:
            return False
        address, name = parts.groups("")
        return name.lower() in self._names or _is_address(address or name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _refused(why: str, status: int) -> PlainTextResponse:
    return PlainTextResponse(why, status, {"Cache-Control": "no-store"})
