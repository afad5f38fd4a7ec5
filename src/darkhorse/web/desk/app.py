"""The desk as an ASGI app: behind its gate, every page that is for the operator alone."""

import logging
from collections.abc import Iterable, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from darkhorse.base.errors import ConfigError, whereabouts
from darkhorse.web.desk.attempts import Attempts
from darkhorse.web.desk.entrance import Entrance
from darkhorse.web.desk.frame import NO_STORE, Frame
from darkhorse.web.desk.gate import Gate
from darkhorse.web.desk.session import Sessions
from darkhorse.web.headers import SecurityHeaders
from darkhorse.web.rendering import Renderer

__all__ = ["make_desk"]

_log = logging.getLogger(__name__)
_OWN = {"Referrer-Policy": "same-origin"}  # under no-referrer, browsers send forms without Origin
_NOTHING = "Nothing lives at this address; perhaps it was here once."


def make_desk(
    renderer: Renderer,
    frame: Frame,
    sessions: Sessions,
    attempts: Attempts,
    routes: Sequence[BaseRoute],
    *,
    home: str,
    names: Iterable[str] = (),
) -> ASGIApp:
    """The app. `names`: those it is reached by, where that is neither address nor localhost.

    `home` is where `/` leads if none of `routes` is there.
    """
    entrance, problems = Entrance(frame, sessions, attempts), _Problems(frame)

    async def go_home(_: Request) -> Response:
        return RedirectResponse(home, 303, NO_STORE)

    app = Starlette(
        routes=[
            *entrance.routes,
            *routes,
            Route("/", go_home),
            Route("/static/{name}", renderer.static),
        ],
        exception_handlers={
            ConfigError: problems.wrong,
            HTTPException: problems.missing,
            Exception: problems.broken,
        },
    )
    return SecurityHeaders(Gate(app, sessions, entrance.door, names), _OWN)


class _Problems:
    """What goes wrong."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    async def wrong(self, request: Request, problem: Exception) -> Response:
        """The operator's mistake, as a sentence."""
        return await self._page(request, 400, "That did not work", str(problem))

    async def missing(self, request: Request, problem: Exception) -> Response:
        """Also of a route that is asked by the wrong method."""
        assert isinstance(problem, HTTPException)
        is_said = problem.detail not in ("", "Not Found")
        text = problem.detail if is_said else _NOTHING
        return await self._page(request, problem.status_code, "Nothing here", text)

    async def broken(self, _: Request, problem: Exception) -> Response:
        """Its text may quote what somebody sent."""
        _log.error("a page failed: %s", whereabouts(problem))
        return PlainTextResponse("Something went wrong on our side.\n", 500, NO_STORE)

    async def _page(self, request: Request, status: int, title: str, text: str) -> Response:
        if request.scope["path"].startswith("/static/"):
            return PlainTextResponse(text + "\n", status, NO_STORE)
        place = await self._frame.place(request)
        return self._frame.page(place, "problem.html", status=status, title=title, text=text)
