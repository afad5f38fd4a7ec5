"""The public pages as a Starlette app. It is given public launches and totals, nothing else."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from darkhorse.base.address import base_url
from darkhorse.base.clock import Clock
from darkhorse.storage.ports import PublicFacts, PublicLaunches
from darkhorse.web.assets import Asset, load_assets
from darkhorse.web.headers import SecurityHeaders
from darkhorse.web.reading import SharedReading
from darkhorse.web.views.archive import archive_page
from darkhorse.web.views.home import home_page
from darkhorse.web.views.known import Known
from darkhorse.web.views.launch import launch_page
from darkhorse.web.views.llms import launch_text, site_text
from darkhorse.web.views.missing import AwayPage, MissingPage
from darkhorse.web.views.report import report_page

__all__ = ["make_app"]

_TEMPLATES = Path(__file__).parent / "templates"
_ROBOTS = "User-agent: *\nDisallow: /api/\nDisallow: /v1/\n"
_AWAY = "Which models are live cannot be read just now. Try again in a moment.\n"
_REPORT_WORDS = ("about", "thanks", "problem")
_DAY = {"Cache-Control": "public, max-age=86400"}
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_CHECK_EACH_TIME = {"Cache-Control": "no-cache"}


def make_app(
    launches: PublicLaunches, facts: PublicFacts, *, clock: Clock, fallback_host: str
) -> ASGIApp:
    """The app; `fallback_host` (`host:port`) stands in for a Host header that is not one."""
    pages = _Pages(launches, facts, clock, fallback_host)
    frame = _Frame()
    app = Starlette(
        routes=[
            Route("/", pages.home),
            Route("/archive", pages.archive),
            Route("/report", pages.report),
            Route("/llms.txt", pages.site_text),
            Route("/static/{name}", frame.static),
            Route("/favicon.ico", frame.favicon),
            Route("/robots.txt", frame.robots),
            Route("/{name:path}/llms.txt", pages.launch_text),
            Route("/{name:path}", pages.launch),  # slugs and aliases; an alias has any shape
        ],
        exception_handlers={404: pages.missing, Exception: frame.broken},
    )
    return SecurityHeaders(app)


class _Pages:
    """What is made of launches."""

    def __init__(
        self, launches: PublicLaunches, facts: PublicFacts, clock: Clock, fallback_host: str
    ) -> None:
        self._launches = SharedReading("launches", launches.launches, clock)
        self._totals = SharedReading("totals", facts.totals, clock)
        self._clock = clock
        self._fallback_host = fallback_host
        self._render = _Renderer()

    async def home(self, request: Request) -> Response:
        known = await self._known()
        return self._render("home.html", home_page(known, self._base_url(request)))

    async def archive(self, _: Request) -> Response:
        return self._render("archive.html", archive_page(await self._known()))

    async def launch(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        known = await self._known()
        if known.launches is None:
            return self._render("away.html", AwayPage(), status=503)
        launch = known.find(name.rstrip("/"))
        if launch is None:
            raise HTTPException(404)
        if name != launch.listing.slug:
            return RedirectResponse(f"/{launch.listing.slug}", 308, _CHECK_EACH_TIME)
        return self._render("launch.html", launch_page(launch, known, self._base_url(request)))

    async def report(self, request: Request) -> Response:
        words = {name: request.query_params.get(name, "") for name in _REPORT_WORDS}
        return self._render("report.html", report_page(await self._known(), **words))

    async def site_text(self, request: Request) -> Response:
        known = await self._known()
        if known.launches is None:
            return PlainTextResponse(_AWAY, 503, headers=_CHECK_EACH_TIME)
        return PlainTextResponse(
            site_text(known, self._base_url(request)), headers=_CHECK_EACH_TIME
        )

    async def launch_text(self, request: Request) -> Response:
        known = await self._known()
        if known.launches is None:
            return PlainTextResponse(_AWAY, 503, headers=_CHECK_EACH_TIME)
        launch = known.find(request.path_params["name"])
        if launch is None:
            raise HTTPException(404)
        text = launch_text(launch, known, self._base_url(request))
        return PlainTextResponse(text, headers=_CHECK_EACH_TIME)

    async def missing(self, _: Request, __: Exception) -> Response:
        return self._render("missing.html", MissingPage(), status=404)

    async def _known(self) -> Known:
        launches = await self._launches.read()
        totals = await self._totals.read()
        now_us = self._clock.now_us()
        return Known.of(launches, totals, now_us)

    def _base_url(self, request: Request) -> str:
        headers = request.headers
        proto = headers.get("x-forwarded-proto")
        return base_url(headers.get("host"), proto, self._fallback_host)


class _Frame:
    """What is the same whatever is launched."""

    def __init__(self) -> None:
        self._assets = load_assets()
        self._by_url = {asset.url: asset for asset in self._assets.values()}

    async def static(self, request: Request) -> Response:
        asset = self._by_url.get(request.url.path)
        if asset is None:
            raise HTTPException(404)
        return _file(asset, _FOR_EVER)

    async def favicon(self, _: Request) -> Response:
        return _file(self._assets["favicon.svg"], _DAY)

    async def robots(self, _: Request) -> Response:
        return PlainTextResponse(_ROBOTS, headers=_DAY)

    async def broken(self, _: Request, __: Exception) -> Response:
        return PlainTextResponse("Something went wrong on our side.\n", status_code=500)


class _Renderer:
    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.filters["grouped"] = "{:,}".format
        self._templates.globals["assets"] = load_assets()

    def __call__(self, template: str, page: Struct, *, status: int = 200) -> Response:
        text = self._templates.get_template(template).render(page=page)
        return HTMLResponse(text, status, headers=_CHECK_EACH_TIME)


def _file(asset: Asset, headers: dict[str, str]) -> Response:
    return Response(asset.content, media_type=asset.media_type, headers=headers)
