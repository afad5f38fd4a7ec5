"""The socket, the event loop, and how both end.

SIGTERM and SIGINT: no new connection, a few seconds for answers to end, status 0. A crash of the
engine: those who wait are told, then the process ends with status 1, for a supervisor to start
another.
"""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from darkhorse_engine.engine import Engine
from darkhorse_engine.server.app import make_app
from darkhorse_engine.server.asking import Model
from darkhorse_engine.server.streams import Streams

__all__ = ["bound", "serve"]

_ENDING = 5
"""Seconds for running answers, once the end has begun."""
_TELLING = 2
"""Seconds between a crash and the end: /health and whoever waits are told."""
_BACKLOG = 256


def bound(host: str, port: int) -> socket.socket:
    """A socket of our own, not listening yet. Raises OSError.

    A supervisor may hold the same port, so that nobody else takes it between two runs of ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


class _Server(uvicorn.Server):
    """uvicorn's, but for signals, which it would raise once more at its end."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """They are the loop's."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._on_listening()

    def end(self) -> None:
        """Orderly."""
        self.should_exit = True


async def serve(
    model: Model,
    engine: Engine,
    sock: socket.socket,
    *,
    key: str | None,
    most: int,
    clock: Callable[[], float],
    new_id: Callable[[], str],
    on_listening: Callable[[], None],
) -> bool:
    """Serve until a signal; was it that, and not a crash, which ended it?

    `most` requests are taken at once, waiting ones included.
    """
    crashed = False

    def on_crash() -> None:
        nonlocal crashed
        crashed = True
        asyncio.get_running_loop().call_later(_TELLING, server.end)

    streams = Streams(engine, most=most, on_crash=on_crash)
    app = make_app(model, streams, key=key, clock=clock, new_id=new_id)
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_ENDING,
    )
    server = _Server(config, on_listening)
    streams.start()
    try:
        await server.serve(sockets=[sock])
    finally:
        streams.stop()
    return not crashed
