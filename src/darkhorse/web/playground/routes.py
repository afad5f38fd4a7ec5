"""`/playground` and what it posts to: the key, Markdown to be shown, artefacts for their frame."""

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial, wraps
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from darkhorse.base.clock import Clock
from darkhorse.base.errors import DarkhorseError, RateLimited
from darkhorse.base.places import Places
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.storage.crew import Crew
from darkhorse.web.answers import answer_html, artefact_response
from darkhorse.web.playground.own_key import OWN, OwnKeys, forget, keep, refused_from_there
from darkhorse.web.playground.views import playground_page
from darkhorse.web.rendering import Renderer

__all__ = ["Launches", "playground_routes"]

Launches = Callable[[], Awaitable[Sequence[PublicLaunch]]]
"""All of them, newest first."""

_MOST_FORM = 64 * 1024
_MOST_TEXT = 256 * 1024
_VISITOR = "x-darkhorse-visitor"
_BACK = re.compile(r"/(playground|activity)(\?[A-Za-z0-9=&._/%~-]{0,400})?")
_TOO_LARGE = "That is over 256 KiB.\n"
_KEYLESS = "No key that works is kept in this browser.\n"
_LINE = 24
_SHARE = 3  # of one key: two sides, and one more
_BUSY = "Your key's other texts are being made ready. Try again in a moment.\n"
_SVG = "image/svg+xml"
_HTML = "text/html; charset=utf-8"

Handler = Callable[[Request], Awaitable[Response]]


def playground_routes(
    launches: Launches,
    keys: OwnKeys,
    render: Renderer,
    clock: Clock,
    *,
    base_url: Callable[[Request], str],
) -> list[BaseRoute]:
    """`base_url`: of this site, as the request came by it."""
    pages = _Playground(launches, keys, render, clock, base_url)
    return [
        Route("/playground", pages.show),
        Route("/playground/key", _from_here(pages.keep_key), methods=["POST"]),
        Route("/playground/key/forget", _from_here(pages.forget_key), methods=["POST"]),
        Route("/playground/render", _from_here(pages.render), methods=["POST"]),
        Route("/playground/artefact", _from_here(pages.artefact), methods=["POST"]),
    ]


def _from_here(handler: Handler) -> Handler:
    """Only for forms and scripts of our own pages."""

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        return refused_from_there(request) or await handler(request)

    return guarded


class _Playground:
    """The handlers."""

    def __init__(
        self,
        launches: Launches,
        keys: OwnKeys,
        render: Renderer,
        clock: Clock,
        base_url: Callable[[Request], str],
    ) -> None:
        self._launches = launches
        self._keys = keys
        self._render = render
        self._clock = clock
        self._base_url = base_url
        self._writers = Crew("markdown", threads=1, line=_LINE)
        self._places = Places(most=_LINE, share=_SHARE)

    async def show(self, request: Request) -> Response:
        query = request.query_params
        return await self._page(request, query.get("model", ""), query.get("other", ""))

    async def keep_key(self, request: Request) -> Response:
        fields = await _fields(request)
        to = fields.get("to", "")
        to = to if _BACK.fullmatch(to) else "/playground"
        try:
            key = await self._keys.try_key(fields.get("key", ""), request.headers.get(_VISITOR, ""))
        except DarkhorseError as e:
            status = e.status if isinstance(e, RateLimited) else 422
            return await self._again(request, to, e.message, status)
        answer = RedirectResponse(to, 303, OWN)
        keep(answer, key, request)
        return answer

    async def forget_key(self, request: Request) -> Response:
        answer = RedirectResponse("/playground", 303, OWN)
        forget(answer, request)
        return answer

    async def render(self, request: Request) -> Response:
        """Markdown in, HTML out, for a script of whoever has a key: hostile text takes seconds."""
        key = (await self._keys.held(request)).key
        if key is None:
            return PlainTextResponse(_KEYLESS, 401, OWN)
        body = await _body(request, _MOST_TEXT)
        if body is None:
            return PlainTextResponse(_TOO_LARGE, 413, OWN)
        text = body.decode("utf-8", "replace")
        with self._places.one(key.hash) as is_free:
            if not is_free:
                return PlainTextResponse(_BUSY, 429, {**OWN, "Retry-After": "2"})
            try:
                html = await self._writers.run(partial(answer_html, text, self._clock))
            except RateLimited as e:
                return PlainTextResponse(f"{e.message}\n", 503, OWN)
        return HTMLResponse(html, headers=OWN)

    async def artefact(self, request: Request) -> Response:
        """What a form of type text/plain sends: `source=`, the text, a line end."""
        body = await _body(request, _MOST_TEXT + 1024)
        if body is None:
            return PlainTextResponse(_TOO_LARGE, 413, OWN)
        source = body.removeprefix(b"source=").removesuffix(b"\r\n")
        asked = request.query_params
        kind = _SVG if asked.get("kind") == "svg" else _HTML
        return artefact_response(request, source, kind, runs=asked.get("script") == "run")

    async def _again(self, request: Request, to: str, problem: str, status: int) -> Response:
        """The page that the form was on."""
        asked = dict(parse_qsl(to.partition("?")[2]))
        names = asked.get("model", ""), asked.get("other", "")
        return await self._page(request, *names, problem=problem, status=status)

    async def _page(
        self, request: Request, model: str, other: str, *, problem: str = "", status: int = 200
    ) -> Response:
        held = await self._keys.held(request)
        here = self._base_url(request)
        now_us = self._clock.now_us()
        live = [each for each in await self._launches() if each.life.state_at(now_us) == "live"]
        page = playground_page(live, held, model, other, here, problem)
        return self._render.page("playground.html", status=status, headers=OWN, page=page)


async def _fields(request: Request) -> dict[str, str]:
    body = await _body(request, _MOST_FORM)
    try:
        return dict(parse_qsl((body or b"").decode("utf-8", "replace"), max_num_fields=20))
    except ValueError:  # more than that: no form of ours
        return {}


async def _body(request: Request, most: int) -> bytes | None:
    """All of it; None where it is larger."""
    pieces, size = [], 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                return None
            pieces.append(piece)
    except ClientDisconnect:
        return None
    return b"".join(pieces)
