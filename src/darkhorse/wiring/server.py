"""uvicorn as the relay runs it: our signals, our protocol, nothing in its log."""

import asyncio
import gc
import logging
import math
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from darkhorse.base.errors import whereabouts
from darkhorse.base.settings import ServerSettings
from darkhorse.router.router import Router
from darkhorse.wiring.child import ready
from darkhorse.wiring.leaving import Leaving
from darkhorse.wiring.protocol import Protocol

__all__ = ["RelayServer", "log_no_text"]

log = logging.getLogger(__name__)


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
        protocol = type("Protocol", (Protocol,), {"head_s": settings.body_timeout_s})
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
