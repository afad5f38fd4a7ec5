"""uvicorn as the relay runs it: our signals, our words for what is no HTTP, nothing in its log."""

import asyncio
import gc
import logging
import math
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from darkhorse.base.errors import DarkhorseError, HeadersTooLarge, InvalidRequest, whereabouts
from darkhorse.router.router import Router
from darkhorse.wire.chat.answer import error_body
from darkhorse.wiring.child import ready

__all__ = ["RelayServer", "log_no_text"]

log = logging.getLogger(__name__)

_MAX_HEAD = 64 * 1024  # bytes of a request's line and headers


class _Protocol(HttpToolsProtocol):
    """What never reaches the application gets the same kind of answer as everything else."""

    _head_left = _MAX_HEAD
    _in_head = True

    def send_400_response(self, msg: str) -> None:
        del msg  # names the parser's trouble, not the client's
        self._refuse(InvalidRequest("This is not a valid HTTP request."))

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_left -= len(data)
            if self._head_left < 0:
                self._refuse(HeadersTooLarge())

    def on_message_begin(self) -> None:
        self._in_head, self._head_left = True, _MAX_HEAD
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def _refuse(self, error: DarkhorseError) -> None:
        body = error_body(error)
        head = (
            f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


class RelayServer(uvicorn.Server):
    """Says when it is ready; on SIGTERM or SIGINT lets what runs finish, within `drain_s`."""

    def __init__(self, app: Any, router: Router, drain_s: float) -> None:
        self._router = router
        self._drain_s = drain_s
        self._hurry: asyncio.Task[int] | None = None
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # prints exceptions' texts
        settings = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=65,
            timeout_graceful_shutdown=math.ceil(drain_s) + 2,  # the supervisor waits 5 more
        )
        super().__init__(settings)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leave)
        yield

    def _leave(self) -> None:
        if self.should_exit:  # the second signal means now
            self.force_exit = True
            self._hurry = asyncio.create_task(self._router.drain(0))
        self.should_exit = True
        self._router.refuse_new()

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
