"""The public pages as a Starlette app. It is given listings and public totals, nothing else."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from darkhorse.base.clock import Clock
from darkhorse.catalog.listing import Listing
from darkhorse.storage.ports import ListingTotals, PublicFacts
from darkhorse.web.views import MissingPage, base_url, home_page

__all__ = ["make_app"]

_log = logging.getLogger(__name__)

_HERE = Path(__file__).parent
_FRESH_S = 1.0  # totals are read at most this often, whatever the traffic
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_ROBOTS = "User-agent: *\nDisallow: /api/\nDisallow: /v1/\n"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def make_app(
    listings: tuple[Listing, ...], facts: PublicFacts, *, clock: Clock, fallback_host: str
) -> ASGIApp:
    """The app; `fallback_host` (`host:port`) stands in for a Host header that is not one."""
    pages = _Pages(listings, _Totals(facts, clock), fallback_host)
    app = Starlette(
        routes=[
            Route("/", pages.home),
            Route("/static/{name}", pages.static),
            Route("/favicon.ico", pages.favicon),
            Route("/robots.txt", pages.robots),
        ],
        exception_handlers={404: pages.missing, Exception: pages.broken},
    )
    return _SecurityHeaders(app)  # around all of it: Starlette's own 500 is outside its middleware


class _Asset(Struct, frozen=True):
    content: bytes
    media_type: str
    url: str  # names the content by its hash, so it may be kept for ever


class _Reading(Struct, frozen=True):
    totals: Mapping[str, ListingTotals] | None
    at_us: int
    stale_at: float


class _Totals:
    """The totals, read in a thread, shared by all readers of the same second."""

    def __init__(self, facts: PublicFacts, clock: Clock) -> None:
        self._facts = facts
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last: _Reading | None = None

    async def read(self) -> _Reading:
        async with self._lock:
            if self._last is None or self._clock.monotonic() >= self._last.stale_at:
                self._last = await self._read()
            return self._last

    async def _read(self) -> _Reading:
        at_us = self._clock.now_us()
        try:
            totals = await asyncio.to_thread(self._facts.totals)
        except Exception:  # noqa: BLE001 whatever it is, the page goes on
            _log.exception("The totals cannot be read; the page goes without them.")
            totals = None
        return _Reading(totals, at_us, self._clock.monotonic() + _FRESH_S)


class _Pages:
    def __init__(self, listings: tuple[Listing, ...], totals: _Totals, fallback_host: str) -> None:
        self._listings = listings
        self._totals = totals
        self._fallback_host = fallback_host
        self._assets = _load_assets()
        self._by_url = {asset.url: asset for asset in self._assets.values()}
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.filters["grouped"] = "{:,}".format

    async def home(self, request: Request) -> Response:
        reading = await self._totals.read()
        page = home_page(
            self._listings,
            reading.totals,
            base_url=base_url(
                request.headers.get("host"),
                request.headers.get("x-forwarded-proto"),
                self._fallback_host,
            ),
            as_of_us=reading.at_us,
        )
        return self._render("home.html", page)

    async def static(self, request: Request) -> Response:
        asset = self._by_url.get(request.url.path)
        if asset is None:
            raise HTTPException(404)
        return _asset_response(asset, "public, max-age=31536000, immutable")

    async def favicon(self, _: Request) -> Response:
        return _asset_response(self._assets["favicon.svg"], "public, max-age=86400")

    async def robots(self, _: Request) -> Response:
        return PlainTextResponse(_ROBOTS, headers={"Cache-Control": "public, max-age=86400"})

    async def missing(self, _: Request, __: Exception) -> Response:
        return self._render("missing.html", MissingPage(), status=404)

    async def broken(self, _: Request, __: Exception) -> Response:
        return PlainTextResponse("Something went wrong on our side.\n", status_code=500)

    def _render(self, template: str, page: Struct, *, status: int = 200) -> Response:
        text = self._templates.get_template(template).render(page=page, assets=self._assets)
        return HTMLResponse(text, status, headers={"Cache-Control": "no-cache"})


def _load_assets() -> dict[str, _Asset]:
    assets = {}
    for path in sorted((_HERE / "static").iterdir()):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:12]
            url = f"/static/{path.stem}.{digest}{path.suffix}"
            assets[path.name] = _Asset(content, _TYPES[path.suffix], url)
    return assets


def _asset_response(asset: _Asset, cache_control: str) -> Response:
    headers = {"Cache-Control": cache_control}
    return Response(asset.content, media_type=asset.media_type, headers=headers)


class _SecurityHeaders:
    """Pure ASGI: the same headers on every answer, errors too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)
