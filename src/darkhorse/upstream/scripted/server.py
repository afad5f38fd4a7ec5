"""Listens, and hands each connection to the engine."""

import asyncio

from darkhorse.base.clock import Clock, SystemClock
from darkhorse.upstream.scripted.connection import Connection
from darkhorse.upstream.scripted.engine import Engine
from darkhorse.upstream.scripted.measured import NOTHING, Measured
from darkhorse.upstream.scripted.plant import DEFAULT_CANARY
from darkhorse.upstream.scripted.seen import SeenLog

__all__ = ["ScriptedServer", "serve"]


class ScriptedServer:
    """A running scripted engine. `close()` drops every connection; it may be called twice."""

    def __init__(
        self, listener: asyncio.Server, engine: Engine, connections: set[Connection]
    ) -> None:
        self._listener = listener
        self._engine = engine
        self._connections = connections
        host, port = listener.sockets[0].getsockname()[:2]
        self.host: str = host
        self.port: int = port

    @property
    def url(self) -> str:
        """The base a client appends `/chat/completions` to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/v1"

    @property
    def seen(self) -> SeenLog:
        return self._engine.seen

    async def close(self) -> None:
        self._listener.close()
        connections = list(self._connections)
        for connection in connections:
            connection.abort()
        await asyncio.gather(*(connection.closed.wait() for connection in connections))
        await self._listener.wait_closed()


async def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    canary: str = DEFAULT_CANARY,
    measured: Measured = NOTHING,
    clock: Clock | None = None,
) -> ScriptedServer:
    """Listen on `host:port` (0: any free port). Raises OSError where that cannot be had."""
    engine = Engine(canary, measured)
    connections: set[Connection] = set()
    given = clock or SystemClock()
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(
        lambda: Connection(engine, given, connections), host, port, backlog=1024
    )
    return ScriptedServer(listener, engine, connections)
