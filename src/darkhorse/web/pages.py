"""The pages themselves: a reading, a view, a template."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from darkhorse.analytics.topics import QUALITY
from darkhorse.web.questions import Questions
from darkhorse.web.rendering import Renderer
from darkhorse.web.texts import base_url_of
from darkhorse.web.views.archive import archive_page
from darkhorse.web.views.home import home_page
from darkhorse.web.views.launch import launch_page
from darkhorse.web.views.missing import AwayPage, MissingPage
from darkhorse.web.views.rankings import rankings_page, span_of
from darkhorse.web.views.report import report_page
from darkhorse.web.views.terms import terms_page

__all__ = ["Pages"]

_REPORT_WORDS = ("about", "thanks", "problem", "generation")
_CHECK_EACH_TIME = {"Cache-Control": "no-cache"}


class Pages:
    """What is made of launches and their figures."""

    def __init__(self, questions: Questions, render: Renderer, fallback_host: str) -> None:
        self._questions = questions
        self._render = render
        self._fallback_host = fallback_host

    async def home(self, request: Request) -> Response:
        known, month = await asyncio.gather(self._questions.known(), self._questions.month())
        here = base_url_of(request, self._fallback_host)
        return self._render.page("home.html", page=home_page(known, month, here))

    async def rankings(self, request: Request) -> Response:
        days = span_of(request.query_params.get("days", ""))
        known, figures = await asyncio.gather(
            self._questions.known(), self._questions.rankings(days)
        )
        return self._render.page("rankings.html", page=rankings_page(known, figures, days, QUALITY))

    async def archive(self, request: Request) -> Response:
        known = await self._questions.known()
        days = await self._questions.ever(known)
        order = request.query_params.get("by", "")
        return self._render.page("archive.html", page=archive_page(known, days, order))

    async def terms(self, _: Request) -> Response:
        return self._render.page("terms.html", page=terms_page(await self._questions.known()))

    async def launch(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        known = await self._questions.known()
        if known.launches is None:
            return self._render.page("away.html", status=503, page=AwayPage())
        launch = known.find(name.rstrip("/"))
        if launch is None:
            raise HTTPException(404)
        if name != launch.listing.slug:
            return RedirectResponse(f"/{launch.listing.slug}", 308, _CHECK_EACH_TIME)
        is_by_day = request.query_params.get("over") == "days"
        figures = await self._questions.launch(launch, known, is_by_day=is_by_day)
        here = base_url_of(request, self._fallback_host)
        page = launch_page(launch, known, figures, here)
        return self._render.page("launch.html", page=page)

    async def report(self, request: Request) -> Response:
        words = {name: request.query_params.get(name, "") for name in _REPORT_WORDS}
        known = await self._questions.known()
        return self._render.page("report.html", page=report_page(known, **words))

    async def missing(self, _: Request, __: Exception) -> Response:
        return self._render.page("missing.html", status=404, page=MissingPage())
