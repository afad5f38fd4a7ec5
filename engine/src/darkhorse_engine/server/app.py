"""The routes. Nothing here waits for the engine but the replies that it feeds."""

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from darkhorse.base.errors import BodyTimeout, BodyTooLarge, DarkhorseError, Unauthorized
from darkhorse_engine.server.asking import Asked, Model
from darkhorse_engine.server.bodies import read_template, read_text
from darkhorse_engine.server.chat import ChatAnswer
from darkhorse_engine.server.completions import CompletionAnswer
from darkhorse_engine.server.faults import error_response, on_exception, on_http, on_refusal
from darkhorse_engine.server.metrics import CONTENT_TYPE, Metrics
from darkhorse_engine.server.replies import Reply
from darkhorse_engine.server.streams import Streams

__all__ = ["MOST_BYTES", "Door", "make_app"]

MOST_BYTES = 8 << 20
"""Of one body: a million tokens of English. Python reads it in steps that nobody interrupts."""
_MOST_READ = 64 << 20
_PATIENCE = 60.0
"""Seconds for a body to come in."""
_AT_ONCE = 4
"""Requests made ready at a time: their threads take turns with the engine's."""
_OPEN = "/health"
_Asking = Callable[[bytes], Asked]
_Answers = type[ChatAnswer] | type[CompletionAnswer]


class Door:
    """Asks for the key, everywhere but at /health. Without a key it asks for none."""

    def __init__(self, app: ASGIApp, key: str | None) -> None:
        self._app = app
        self._key = None if key is None else f"Bearer {key}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._key and scope["path"] != _OPEN:
            shown = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(shown, self._key):
                await error_response(Unauthorized())(scope, receive, send)
                return
        await self._app(scope, receive, send)


@dataclass(frozen=True)
class _Routes:
    model: Model
    streams: Streams
    metrics: Metrics
    clock: Callable[[], float]
    new_id: Callable[[], str]
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def chat(self, request: Request) -> Response:
        return await self._answer(request, self.model.ask_chat, ChatAnswer)

    async def completions(self, request: Request) -> Response:
        return await self._answer(request, self.model.ask_completion, CompletionAnswer)

    async def _answer(self, request: Request, asking: _Asking, answers: _Answers) -> Response:
        body = await _body(request)
        with self.streams.seat():
            async with self.turns:
                asked = await run_in_threadpool(asking, body)
        token_bytes = self.model.chat.tokenizer.token_bytes
        writing = answers(self.new_id(), int(self.clock()), self.model.name, token_bytes)
        return Reply(asked, self.streams.open(asked.request), writing)

    async def models(self, _: Request) -> Response:
        entry = {
            "id": self.model.name,
            "object": "model",
            "created": 0,
            "owned_by": "darkhorse-engine",
            "max_model_len": self.model.context,
        }
        return JSONResponse({"object": "list", "data": [entry]})

    async def tokenize(self, request: Request) -> Response:
        content = read_text(await _body(request)).content
        ids = await run_in_threadpool(self.model.chat.tokenizer.encode, content)
        return JSONResponse({"tokens": list(ids)})

    async def apply_template(self, request: Request) -> Response:
        fields = read_template(await _body(request))
        prompt = await run_in_threadpool(self.model.render, fields)
        return JSONResponse({"prompt": prompt.text})

    async def health(self, _: Request) -> Response:
        if self.streams.is_well:
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "stopped"}, status_code=503)

    async def figures(self, _: Request) -> Response:
        return Response(self.metrics.text(), media_type=CONTENT_TYPE)


async def _body(request: Request) -> bytes:
    """Raises BodyTooLarge, BodyTimeout.

    What is too large is read all the same, up to a point: a client that is still writing when its
    connection is closed does not see why.
    """
    pieces, size = [], 0
    try:
        async with asyncio.timeout(_PATIENCE):
            async for piece in request.stream():
                size += len(piece)
                if size <= MOST_BYTES:
                    pieces.append(piece)
                elif size > _MOST_READ:
                    break
    except TimeoutError:
        raise BodyTimeout from None
    if size > MOST_BYTES:
        raise BodyTooLarge(f"The body is over {MOST_BYTES >> 20} MiB, the most that is taken.")
    return b"".join(pieces)


def make_app(
    model: Model,
    streams: Streams,
    *,
    key: str | None,
    clock: Callable[[], float],
    new_id: Callable[[], str],
) -> Starlette:
    """`clock` says when an answer was made, `new_id` names it."""
    on = _Routes(model, streams, Metrics(streams.engine), clock, new_id)
    return Starlette(
        routes=[
            Route("/v1/chat/completions", on.chat, methods=["POST"]),
            Route("/v1/completions", on.completions, methods=["POST"]),
            Route("/v1/models", on.models, methods=["GET"]),
            Route("/tokenize", on.tokenize, methods=["POST"]),
            Route("/apply-template", on.apply_template, methods=["POST"]),
            Route("/health", on.health, methods=["GET"]),
            Route("/metrics", on.figures, methods=["GET"]),
        ],
        middleware=[Middleware(Door, key=key)],
        exception_handlers={
            DarkhorseError: on_refusal,
            HTTPException: on_http,
            Exception: on_exception,
        },
    )
