"""The desk as an ASGI app: behind its gate, every page that is for the operator alone."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from darkhorse.web.desk.rendering import Desktop
from darkhorse.web.desk.runs import Investigator, Runs
from darkhorse.web.desk.session import COOKIE, ENTER, SESSION_S, Gate, Sessions
from darkhorse.web.desk.unmask import UnmaskPages
from darkhorse.web.headers import SecurityHeaders

__all__ = ["make_desk"]

_OWN = {"Referrer-Policy": "same-origin"}  # under no-referrer, browsers send forms without Origin
_NO_STORE = {"Cache-Control": "no-store"}


def make_desk(
    sessions: Sessions, runs: Runs, investigator: Investigator, *, host: str = ""
) -> ASGIApp:
    """The app. `host`: the name it is reached by, where that is neither address nor localhost."""
    desktop, frame = Desktop(), _Frame(sessions)
    app = Starlette(
        routes=[
            Route("/", frame.home),
            Route(ENTER, frame.enter),
            Route("/leave", frame.leave, methods=["POST"]),
            Route("/static/{name}", desktop.static),
            *UnmaskPages(desktop, runs, investigator).routes,
        ],
        exception_handlers={Exception: frame.broken},
    )
    return SecurityHeaders(Gate(app, sessions, host), _OWN)


class _Frame:
    """In, out, and what goes wrong."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def home(self, _: Request) -> Response:
        return RedirectResponse("/unmask", 303, _NO_STORE)

    async def enter(self, request: Request) -> Response:
        """Spends the link; who is in already needs none."""
        value = self._sessions.enter(request.query_params.get("token", ""))
        answer = RedirectResponse("/unmask", 303, _NO_STORE)
        if value:
            answer.set_cookie(COOKIE, value, SESSION_S, httponly=True, samesite="strict")
        return answer

    async def leave(self, request: Request) -> Response:
        self._sessions.leave(request.cookies.get(COOKIE, ""))
        answer = PlainTextResponse("You have left the desk.\n", headers=_NO_STORE)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    async def broken(self, _: Request, __: Exception) -> Response:
        return PlainTextResponse("Something went wrong on our side.\n", 500, _NO_STORE)
