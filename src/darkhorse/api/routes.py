"""Every API route that is not hot: catalogue, metrics, health; thin, on Starlette."""

from collections.abc import Callable

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from darkhorse.accounts.keys import KeyRing
from darkhorse.api.faults import error_headers
from darkhorse.api.metrics import Metrics
from darkhorse.base.errors import DarkhorseError, Internal, UnknownModel, UnknownRoute, WrongMethod
from darkhorse.base.ids import IdSource
from darkhorse.catalog.listing import Catalogue, Listing
from darkhorse.catalog.public import endpoints_page, model_card, models_page
from darkhorse.wire.chat.answer import error_body

__all__ = ["catalogue_app", "operator_app"]


def catalogue_app(catalogue: Catalogue, ids: IdSource) -> Starlette:
    """Routes below /api/v1 and /v1. No key needed: it is what anyone may know."""

    async def models(_: Request) -> Response:
        return _json(models_page(catalogue.listings))

    async def count(_: Request) -> Response:
        return _json({"data": {"count": len(catalogue.listings)}})

    async def model(request: Request) -> Response:
        return _json({"data": model_card(_named(catalogue, request))})

    async def card(request: Request) -> Response:
        return _json(model_card(_named(catalogue, request)))

    async def endpoints(request: Request) -> Response:
        return _json(endpoints_page(_named(catalogue, request)))

    routes = [
        Route("/models", models),
        Route("/models/count", count),
        Route("/model/{author}/{slug}", model),
        Route("/models/{author}/{slug}", card),  # where OpenAI's clients look
        Route("/models/{author}/{slug}/endpoints", endpoints),
    ]
    return _app(routes, ids)


def operator_app(
    metrics: Metrics, keys: KeyRing, ids: IdSource, check: Callable[[], None]
) -> Starlette:
    """Routes at the root for whoever runs this: /health is open, /metrics wants their key.

    `check` raises while no generation can be taken.
    """

    async def health(_: Request) -> Response:
        check()
        return _json({"status": "ok"})

    async def render(request: Request) -> Response:
        keys.require_management(keys.authenticate(request.headers.get("authorization")))
        return Response(metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return _app([Route("/health", health), Route("/metrics", render)], ids)


def _named(catalogue: Catalogue, request: Request) -> Listing:
    name = f"{request.path_params['author']}/{request.path_params['slug']}"
    try:
        return catalogue.find(name)
    except UnknownModel:
        raise UnknownRoute(f"No model `{name[:100]}` is listed here.") from None


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


def _app(routes: list[Route], ids: IdSource) -> Starlette:
    """Starlette with our errors in place of its own."""

    async def ours(_: Request, error: Exception) -> Response:
        return _failure(error if isinstance(error, DarkhorseError) else Internal(), ids)

    async def theirs(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        return _failure(WrongMethod() if status == WrongMethod.status else UnknownRoute(), ids)

    handlers = {DarkhorseError: ours, HTTPException: theirs, Exception: ours}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False  # it would redirect to the inner path, without /api/v1
    return app


def _failure(error: DarkhorseError, ids: IdSource) -> Response:
    headers = {str(k, "ascii"): str(v, "ascii") for k, v in error_headers(error, ids.request())}
    return Response(error_body(error), status_code=error.status, headers=headers)
