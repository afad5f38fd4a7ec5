"""uvicorn as the relay runs it: our signals, our words for what is no HTTP, nothing in its log."""

import asyncio
import gc
import logging
import math
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from darkhorse.base.errors import DarkhorseError, HeadersTooLarge, InvalidRequest, whereabouts
from darkhorse.base.settings import ServerSettings
from darkhorse.router.router import Router
from darkhorse.upstream.http11 import FRAMING, MAX_BESIDE
from darkhorse.wire.chat.answer import error_body
from darkhorse.wiring.child import ready
from darkhorse.wiring.leaving import Leaving

__all__ = ["RelayServer", "log_no_text"]

log = logging.getLogger(__name__)


class _Protocol(HttpToolsProtocol):
    """What never reaches the application gets the same kind of answer as everything else."""

    head_s = 30.0  # for a request's line and headers
    _beside_left = MAX_BESIDE  # bytes of a request that are not its body
    _in_head = True
    _clock: asyncio.TimerHandle | None = None  # runs while a head is due

    def send_400_response(self, msg: str) -> None:
        del msg  # names the parser's trouble, not the client's
        self._refuse(InvalidRequest("This is not a valid HTTP request."))

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._beside_left -= len(data)
        super().data_received(data)
        if not self._in_head:
            self._stop_clock()
        elif self._clock is None:  # most heads are whole before there is time for a clock
            self._await_head()
        if self._beside_left < 0 and not self.transport.is_closing():
            self._refuse(HeadersTooLarge())

    def on_message_begin(self) -> None:
        self._beside_left = MAX_BESIDE
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._beside_left += len(body) * (1 + FRAMING)
        super().on_body(body)

    def _await_head(self) -> None:
        self._clock = self.loop.call_later(self.head_s, self.transport.close)

    def _stop_clock(self) -> None:
        if self._clock:
            self._clock.cancel()
            self._clock = None

    def _refuse(self, error: DarkhorseError) -> None:
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        if cycle and cycle.response_started and not cycle.response_complete:
            self.transport.close()  # in the middle of an answer there is no place for another
            return
        body = error_body(error)
        head = (
            f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


class RelayServer(Leaving):
    """Says when it is ready; on SIGTERM or SIGINT lets what runs finish, for a while."""

    def __init__(
        self,
        app: Any,
        router: Router,
        settings: ServerSettings,
        leaving: Callable[[], None] = lambda: None,
    ) -> None:
        """`leaving` is called at the signal, before what runs is waited for."""
        self._router = router
        self._leaving = leaving
        self._drain_s = settings.drain_s
        self._hurry: asyncio.Task[int] | None = None
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # prints exceptions' texts
        protocol = type("Protocol", (_Protocol,), {"head_s": settings.body_timeout_s})
        config = uvicorn.Config(
            app,
            http=protocol,
            ws="none",
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=65,
            timeout_graceful_shutdown=math.ceil(settings.drain_s)
            + 2,  # the supervisor waits 5 more
        )
        super().__init__(config)

    def leave(self) -> None:
        if self.should_exit:  # the second signal means now
            self.force_exit = True
            self._hurry = asyncio.create_task(self._router.drain(0))
        super().leave()
        self._router.refuse_new()
        self._leaving()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        gc.freeze()  # what lives for ever need not be looked at again
        ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        drain = asyncio.create_task(self._drain())
        await super().shutdown(sockets=sockets)
        await drain

    async def _drain(self) -> None:
        running = self._router.running
        late = await self._router.drain(self._drain_s)
        if running:
            log.info("drained: %d finished, %d stopped", running - late, late)


def log_no_text(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The loop's last resort must not print an exception's text either."""
    error = context.get("exception")
    log.error("unexpected: %s", whereabouts(error) if error else context.get("message"))
