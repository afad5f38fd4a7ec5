"""In and out: the page that asks for a key, the link, the list of who is in."""

import asyncio
import re
from urllib.parse import urlsplit

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from darkhorse.base.errors import ConfigError
from darkhorse.storage.desk import DeskSession
from darkhorse.web.desk.attempts import Attempts
from darkhorse.web.desk.forms import read_fields
from darkhorse.web.desk.frame import NO_STORE, Frame
from darkhorse.web.desk.gate import session_of
from darkhorse.web.desk.session import COOKIE, ENTER, LINK_S, MOST_S, Sessions
from darkhorse.web.views.moments import Moment, minute

__all__ = ["EnterPage", "Entrance", "SessionRow"]

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x1f]{0,500}")
_MOST_KEY = 500
_LINK_OVER = (
    f"That link was used already, or is older than {LINK_S // 60} minutes. "
    "`darkhorse desk` prints another."
)


class EnterPage(Struct, frozen=True, kw_only=True):
    """What stands before the gate."""

    takes_keys: bool
    then: str  # where to go from here
    problem: str = ""
    has_left: bool = False


class SessionRow(Struct, frozen=True, kw_only=True):
    """One browser that is in. `browser` and `label` are strangers' words."""

    id: str
    by: str
    label: str
    browser: str
    made: Moment
    used: Moment
    ends: Moment
    is_own: bool


class Entrance:
    """Its routes; `door` is what the gate shows who is not in."""

    def __init__(self, frame: Frame, sessions: Sessions, attempts: Attempts) -> None:
        self._frame, self._sessions, self._attempts = frame, sessions, attempts
        self.routes = [
            Route(ENTER, self.enter, methods=["GET"]),
            Route(ENTER, self.try_key, methods=["POST"]),
            Route("/leave", self.leave, methods=["POST"]),
            Route("/sessions", self.list, methods=["GET"]),
            Route("/sessions/end", self.end, methods=["POST"]),
            Route("/sessions/end-others", self.end_others, methods=["POST"]),
        ]

    async def door(self, request: Request) -> Response:
        """401, and what to do about it."""
        then = ""
        if request.method == "GET":
            then = _local(f"{request.scope['path']}?{request.url.query}".rstrip("?"))
        return self._page(EnterPage(takes_keys=self._sessions.takes_keys, then=then), 401)

    async def enter(self, request: Request) -> Response:
        """Spends the link; without one, the form."""
        asked = request.query_params
        token, then = asked.get("token", ""), _local(asked.get("then", ""))
        if not token or request.method == "HEAD":  # a look at a link must not spend it
            return self._page(EnterPage(takes_keys=self._sessions.takes_keys, then=then))
        cookie = await asyncio.to_thread(
            self._sessions.enter_by_link,
            token,
            browser=request.headers.get("user-agent", ""),
            before=request.cookies.get(COOKIE, ""),
        )
        if cookie:
            return self._let_in(request, cookie, then)
        if session_of(request):
            return RedirectResponse(then or "/", 303, NO_STORE)
        takes_keys = self._sessions.takes_keys
        return self._page(EnterPage(takes_keys=takes_keys, then=then, problem=_LINK_OVER), 401)

    async def try_key(self, request: Request) -> Response:
        """Looked at before it is counted: a key cannot be guessed, and who has one gets in."""
        then = ""
        try:
            fields = await read_fields(request)
            then = _local(fields.get("then", ""))
            cookie = await asyncio.to_thread(
                self._sessions.enter_by_key,
                fields.get("key", "").strip()[:_MOST_KEY],
                browser=request.headers.get("user-agent", ""),
                before=request.cookies.get(COOKIE, ""),
            )
        except ConfigError as e:
            if wait_s := self._attempts.was_wrong(request.client.host if request.client else ""):
                return self._too_many(wait_s)
            takes_keys = self._sessions.takes_keys
            return self._page(EnterPage(takes_keys=takes_keys, then=then, problem=str(e)), 401)
        return self._let_in(request, cookie, then)

    async def leave(self, request: Request) -> Response:
        """Out, and the cookie with it."""
        await asyncio.to_thread(self._sessions.leave, request.cookies.get(COOKIE, ""))
        takes_keys = self._sessions.takes_keys
        answer = self._page(EnterPage(takes_keys=takes_keys, then="", has_left=True))
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    async def list(self, request: Request) -> Response:
        """Who is in."""
        found = await asyncio.to_thread(self._sessions.all)
        own = _own(request)
        rows = [self._row(each, own) for each in found]
        return self._frame.page(await self._frame.place(request), "sessions.html", rows=rows)

    async def end(self, request: Request) -> Response:
        """One of them; one's own is leaving."""
        fields = await read_fields(request)
        await asyncio.to_thread(self._sessions.end, fields.get("session", ""))
        return RedirectResponse("/sessions", 303, NO_STORE)

    async def end_others(self, request: Request) -> Response:
        """All others."""
        await asyncio.to_thread(self._sessions.end_others, _own(request).id)
        return RedirectResponse("/sessions", 303, NO_STORE)

    def _page(self, page: EnterPage, status: int = 200) -> Response:
        return self._frame.bare("enter.html", status=status, page=page)

    def _too_many(self, wait_s: int) -> Response:
        problem = f"Too many wrong keys were tried; try again in {wait_s} seconds."
        page = EnterPage(takes_keys=self._sessions.takes_keys, then="", problem=problem)
        answer = self._page(page, 429)
        answer.headers["Retry-After"] = str(wait_s)
        return answer

    def _let_in(self, request: Request, cookie: str, then: str) -> Response:
        """Where a link of another page led here, a strict cookie needs one more step."""
        answer: Response
        if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            answer = self._frame.bare("entered.html", then=then or "/")
        else:
            answer = RedirectResponse(then or "/", 303, NO_STORE)
        secure = request.url.scheme == "https" or _was_secure(request)
        answer.set_cookie(
            COOKIE, cookie, MOST_S, path="/", secure=secure, httponly=True, samesite="strict"
        )
        return answer

    def _row(self, session: DeskSession, own: DeskSession) -> SessionRow:
        return SessionRow(
            id=session.id,
            by=session.by,
            label=session.label or session.key[:8],
            browser=session.browser,
            made=minute(session.made_us),
            used=minute(session.used_us),
            ends=minute(self._sessions.ends_us(session)),
            is_own=session.id == own.id,
        )


def _own(request: Request) -> DeskSession:
    found = session_of(request)
    assert found is not None, "the gate let nobody in"
    return found


def _local(path: str) -> str:
    """A path of ours, or nothing: a form may not send people elsewhere."""
    is_ours = _LOCAL.fullmatch(path) is not None and urlsplit(path).path != ENTER
    return path if is_ours else ""


def _was_secure(request: Request) -> bool:
    """Behind a proxy that speaks https, our own scheme does not tell: the form's origin or it does.

    Anybody may claim it; all that comes of that is a cookie that goes over https only.
    """
    claimed = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip()
    return claimed == "https" or request.headers.get("origin", "").startswith("https://")
