"""The relay's front: hot routes first, then the catalogue, then the operator's, then the pages."""

import logging
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette

from darkhorse.api.asgi import Receive, Scope, Send
from darkhorse.api.cors import answer_preflight, is_preflight, open_to_pages
from darkhorse.api.faults import send_error
from darkhorse.api.generations import COUNT, HOT, PREFIXES, GenerationRoutes
from darkhorse.api.pages import PagesProxy, is_pages_business
from darkhorse.api.playground import inner_path, kept_private, let_in
from darkhorse.api.visits import Visit, Visits
from darkhorse.base.errors import (
    ClientGone,
    DarkhorseError,
    Internal,
    UnknownRoute,
    WrongMethod,
    whereabouts,
)

__all__ = ["Api"]

log = logging.getLogger(__name__)

OPERATOR = frozenset({"/health", "/metrics", "/openapi.json"})


class Api:
    """An ASGI application. Whatever goes wrong below, the client reads one of our own errors."""

    def __init__(
        self,
        *,
        generations: GenerationRoutes,
        catalogue: Starlette,
        operator: Starlette,
        pages: PagesProxy,
        visits: Visits,
    ) -> None:
        self._generations = generations
        self._catalogue = catalogue
        self._operator = operator
        self._pages = pages
        self._visits = visits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _other_than_http(scope, receive, send)
            return
        visit = self._visits.open(scope)
        if scope["path"].startswith(PREFIXES):
            send = open_to_pages(scope, send)
        path = inner_path(scope["path"])
        if path != scope["path"]:
            send = kept_private(send)
        dialect = HOT.get(path) or COUNT.get(path, "chat")
        try:
            await self._route(visit, receive, send)
        except ClientGone as e:
            visit.error = e
        except DarkhorseError as e:
            visit.error = e
            await send_error(send, e, visit.id, dialect)
        except Exception as e:  # noqa: BLE001 (whatever it is, the client reads our words)
            visit.error = error = Internal()
            log.error("request %s failed: %s", visit.id, whereabouts(e))  # noqa: TRY400 (private)
            await _last_word(lambda: send_error(send, error, visit.id, dialect))
        finally:
            self._visits.close(visit, seeks_generation=path in HOT)

    async def _route(self, visit: Visit, receive: Receive, send: Send) -> None:
        scope = let_in(visit.scope)
        path: str = scope["path"]
        if is_preflight(scope) and path.startswith(PREFIXES):
            visit.status = 204
            await answer_preflight(scope, send)
        elif path in HOT or path in COUNT:
            if scope["method"] != "POST":
                raise WrongMethod("Use POST here.")
            if path in COUNT:
                await self._generations.count(scope, receive, visit.heard(send), COUNT[path])
            else:
                await self._generations.generate(scope, receive, send, HOT[path])
        elif below := _below(path):
            inner = {**scope, "path": below, "root_path": ""}
            await self._catalogue(inner, receive, visit.heard(send))
        elif path in OPERATOR:
            await self._operator(scope, receive, visit.heard(send))
        elif is_pages_business(scope["method"], path):
            await self._pages(scope, receive, visit.heard(send))
        else:
            raise UnknownRoute


def _below(path: str) -> str:
    """The path as the catalogue's routes know it; "" where it is no route of the API."""
    found = max((prefix for prefix in PREFIXES if path.startswith(prefix)), key=len, default="")
    return "/" + path[len(found) :] if found else ""


async def _last_word(send: Callable[[], Awaitable[None]]) -> None:
    """An error after the headers cannot be told any more; closing the connection tells it."""
    try:
        await send()
    except RuntimeError:
        return


async def _other_than_http(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    while True:  # lifespan: wiring does what there is to do
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
