"""The public pages as a Starlette app. It is given public launches and figures, nothing else."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from darkhorse.base.clock import Clock
from darkhorse.storage.figures import PublicFigures
from darkhorse.storage.ports import PublicLaunches
from darkhorse.web.headers import SecurityHeaders
from darkhorse.web.live import LivePages
from darkhorse.web.pages import Pages
from darkhorse.web.questions import Questions
from darkhorse.web.reading import PATIENCE_S
from darkhorse.web.rendering import Renderer
from darkhorse.web.streams import Streams
from darkhorse.web.texts import Texts
from darkhorse.web.views.missing import BrokenPage

__all__ = ["TEMPLATES", "make_app"]

TEMPLATES = Path(__file__).parent / "templates"

_ROBOTS = "User-agent: *\nDisallow: /api/\nDisallow: /v1/\nDisallow: /live$\nDisallow: /live/\n"
_DAY = {"Cache-Control": "public, max-age=86400"}


def make_app(
    launches: PublicLaunches,
    figures: PublicFigures,
    *,
    others: Sequence[BaseRoute] = (),
    clock: Clock,
    fallback_host: str,
    streams: Streams | None = None,
    patience_s: float = PATIENCE_S,
) -> ASGIApp:
    """The app; `fallback_host` (`host:port`) stands in for a Host header that is not one.

    `others` are routes of pages that have readers of their own. A visitor waits `patience_s` for a
    newer reading than the one there is.
    """
    render = _renderer()
    questions = Questions(launches, figures, clock, patience_s)
    pages = Pages(questions, render, fallback_host)
    texts = Texts(questions, fallback_host)
    live = LivePages(questions, streams or Streams())
    frame = _Frame(render)
    app = Starlette(
        routes=[
            Route("/", pages.home),
            Route("/rankings", pages.rankings),
            Route("/archive", pages.archive),
            Route("/terms", pages.terms),
            Route("/report", pages.report),
            Route("/feed.xml", texts.feed),
            Route("/llms.txt", texts.site_text),
            Route("/live", live.home),
            Route("/live/{slug:path}", live.launch),
            Route("/static/{name}", render.static),
            Route("/favicon.ico", frame.favicon),
            Route("/robots.txt", frame.robots),
            *others,
            Route("/{name:path}/llms.txt", texts.launch_text),
            Route("/{name:path}", pages.launch),  # slugs and aliases; an alias has any shape
        ],
        exception_handlers={404: pages.missing, Exception: frame.broken},
    )
    return SecurityHeaders(app)


@cache
def _renderer() -> Renderer:
    """Made once: its templates and files are those of this installation."""
    made = Renderer(TEMPLATES)
    made.compile()
    return made


class _Frame:
    """What is the same whatever is launched."""

    def __init__(self, render: Renderer) -> None:
        self._render = render
        self._broken = render.piece("broken.html", page=BrokenPage())  # now: later it may fail too

    async def favicon(self, _: Request) -> Response:
        return self._render.file("favicon.svg", _DAY)

    async def robots(self, _: Request) -> Response:
        return PlainTextResponse(_ROBOTS, headers=_DAY)

    async def broken(self, _: Request, __: Exception) -> Response:
        return Response(self._broken, 500, media_type="text/html")
