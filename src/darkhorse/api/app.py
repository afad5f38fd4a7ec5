"""The relay's front: hot routes first, then the catalogue, then the operator's, then the pages."""

import logging
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette

from darkhorse.api.asgi import Receive, Scope, Send
from darkhorse.api.chat import ChatRoute
from darkhorse.api.faults import send_error
from darkhorse.api.pages import PagesProxy
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

PREFIXES = ("/api/v1/", "/v1/")
CHAT = frozenset(f"{prefix}chat/completions" for prefix in PREFIXES)
OPERATOR = frozenset({"/health", "/metrics"})


class Api:
    """An ASGI application. Whatever goes wrong below, the client reads one of our own errors."""

    def __init__(
        self,
        *,
        chat: ChatRoute,
        catalogue: Starlette,
        operator: Starlette,
        pages: PagesProxy,
        visits: Visits,
    ) -> None:
        self._chat = chat
        self._catalogue = catalogue
        self._operator = operator
        self._pages = pages
        self._visits = visits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _other_than_http(scope, receive, send)
            return
        visit = self._visits.open(scope)
        try:
            await self._route(visit, receive, send)
        except ClientGone as e:
            visit.error = e
        except DarkhorseError as e:
            visit.error = e
            await send_error(send, e, visit.id)
        except Exception as e:  # noqa: BLE001 (whatever it is, the client reads our words)
            visit.error = error = Internal()
            log.error("request %s failed: %s", visit.id, whereabouts(e))  # noqa: TRY400 (private)
            await _last_word(lambda: send_error(send, error, visit.id))
        finally:
            self._visits.close(visit, seeks_generation=scope["path"] in CHAT)

    async def _route(self, visit: Visit, receive: Receive, send: Send) -> None:
        scope = visit.scope
        path: str = scope["path"]
        if path in CHAT:
            if scope["method"] != "POST":
                raise WrongMethod("Use POST for chat completions.")
            await self._chat(scope, receive, send)
        elif path.startswith(PREFIXES):
            inner = {**scope, "path": "/" + path.split("v1/", 1)[1], "root_path": ""}
            await self._catalogue(inner, receive, visit.heard(send))
        elif path in OPERATOR:
            await self._operator(scope, receive, visit.heard(send))
        elif scope["method"] in ("GET", "HEAD") and not path.startswith("/api/"):
            await self._pages(scope, visit.heard(send))
        else:
            raise UnknownRoute


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
