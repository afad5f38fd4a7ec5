"""Every API route that is not hot: catalogue, metrics, health; thin, on Starlette."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from darkhorse.accounts.keys import KeyRing
from darkhorse.api.faults import error_headers
from darkhorse.api.metrics import Metrics
from darkhorse.api.visits import visit_of
from darkhorse.base.clock import Clock
from darkhorse.base.errors import (
    DarkhorseError,
    Internal,
    ModelDeprecated,
    UnknownModel,
    UnknownRoute,
    WrongMethod,
)
from darkhorse.catalog.catalogue import Catalogue
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.catalog.public import endpoints_page, model_card, models_page
from darkhorse.wire.chat.answer import error_body

__all__ = ["MANAGEMENT", "OPEN", "catalogue_app", "operator_app"]

OPEN = frozenset(
    {
        "/health",
        "/model/{author}/{slug}",
        "/models",
        "/models/count",
        "/models/{author}/{slug}",
        "/models/{author}/{slug}/endpoints",
        "/models/{name}",
    }
)
"""Routes that answer without a key, because they say what anyone may know: no others do."""
MANAGEMENT = frozenset({"/metrics"})
"""Routes that want a management key."""

Handler = Callable[[Request], Awaitable[Response]]


def catalogue_app(catalogue: Callable[[], Catalogue], keys: KeyRing, clock: Clock) -> Starlette:
    """Routes below /api/v1 and /v1."""

    def now_us() -> int:
        return clock.now_us()

    async def models(_: Request) -> Response:
        now = now_us()
        return _json(models_page(catalogue().live(now), now))

    async def count(_: Request) -> Response:
        return _json({"data": {"count": len(catalogue().live(now_us()))}})

    async def model(request: Request) -> Response:
        now = now_us()
        return _json({"data": model_card(_live(catalogue(), request, now), now)})

    async def card(request: Request) -> Response:
        now = now_us()
        return _json(model_card(_live(catalogue(), request, now), now))

    async def endpoints(request: Request) -> Response:
        return _json(endpoints_page(_seen(catalogue(), request), now_us()))

    handlers = {
        "/models": models,
        "/models/count": count,
        "/model/{author}/{slug}": model,
        "/models/{name}": card,
        "/models/{author}/{slug}": card,  # where OpenAI's clients look
        "/models/{author}/{slug}/endpoints": endpoints,
    }
    return _app(handlers, keys)


def operator_app(metrics: Metrics, keys: KeyRing, check: Callable[[], None]) -> Starlette:
    """Routes at the root for whoever runs this. `check` raises while no generation is taken."""

    async def health(_: Request) -> Response:
        check()
        return _json({"status": "ok"})

    async def render(_: Request) -> Response:
        page = await asyncio.to_thread(metrics.render)  # tens of ms where there are many listings
        return Response(page, media_type="text/plain; version=0.0.4; charset=utf-8")

    return _app({"/health": health, "/metrics": render}, keys)


def _guarded(path: str, handler: Handler, keys: KeyRing) -> Handler:
    """A route that is on no list wants a key: forgetting to think of it closes it."""
    if path in OPEN:
        return handler

    async def guarded(request: Request) -> Response:
        key = keys.authenticate(request.headers.get("authorization"))
        if path in MANAGEMENT:
            keys.require_management(key)
        return await handler(request)

    return guarded


def _live(catalogue: Catalogue, request: Request, now_us: int) -> PublicLaunch:
    name = _name(request)
    try:
        return catalogue.find(name, now_us).public()
    except UnknownModel:
        raise _nothing(name) from None
    except ModelDeprecated as e:
        e.requested = name
        raise


def _seen(catalogue: Catalogue, request: Request) -> PublicLaunch:
    name = _name(request)
    try:
        return catalogue.seen(name)
    except UnknownModel:
        raise _nothing(name) from None


def _name(request: Request) -> str:
    return "/".join(request.path_params.values())


def _nothing(name: str) -> UnknownRoute:
    return UnknownRoute(f"No model `{name[:100]}` is listed here.")


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


def _app(handlers: Mapping[str, Handler], keys: KeyRing) -> Starlette:
    """Starlette with our errors in place of its own."""

    async def ours(request: Request, error: Exception) -> Response:
        return _failure(request, error if isinstance(error, DarkhorseError) else Internal())

    async def theirs(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        known = WrongMethod() if status == WrongMethod.status else UnknownRoute()
        return _failure(request, known)

    routes = [Route(path, _guarded(path, each, keys)) for path, each in handlers.items()]
    failures = {DarkhorseError: ours, HTTPException: theirs, Exception: ours}
    app = Starlette(routes=routes, exception_handlers=failures)
    app.router.redirect_slashes = False  # it would redirect to the inner path, without /api/v1
    return app


def _failure(request: Request, error: DarkhorseError) -> Response:
    visit = visit_of(request.scope)
    visit.error = error
    headers = {str(k, "ascii"): str(v, "ascii") for k, v in error_headers(error, visit.id)}
    return Response(error_body(error), status_code=error.status, headers=headers)
