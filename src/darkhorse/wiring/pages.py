"""The pages process: the public web app on a unix socket that the relay forwards to."""

import os
import signal
import socket
import stat
from pathlib import Path

import uvicorn

from darkhorse.base.errors import ConfigError
from darkhorse.storage.state.launches import SqlPublicLaunches
from darkhorse.web.app import make_app
from darkhorse.web.streams import Streams
from darkhorse.wiring import logs
from darkhorse.wiring.child import PAGES_VARIABLE, ready
from darkhorse.wiring.config import Config
from darkhorse.wiring.figures import Figures
from darkhorse.wiring.own_pages import open_own_pages
from darkhorse.wiring.state import STATE_FILE
from darkhorse.wiring.time import steady_clock

__all__ = ["run"]

_DRAIN_S = 5  # no page takes longer; streams end within a second when they are told


def run(data_dir: Path, config: Config) -> None:
    """Serve until SIGTERM or SIGINT. Raises ConfigError."""
    logs.configure("pages", config.log)
    launches = SqlPublicLaunches(data_dir / STATE_FILE)
    figures = Figures(data_dir)
    streams = Streams()
    clock = steady_clock(data_dir)
    own = open_own_pages(data_dir, config, launches, clock)
    app = make_app(
        launches,
        figures,
        others=own.routes,
        clock=clock,
        fallback_host=f"{config.server.host}:{config.server.port}",
        streams=streams,
    )
    settings = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=_DRAIN_S,
    )
    listener = _listen(_socket_path())
    server = _Server(settings, streams)
    server.exit_with_zero()
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
        own.close()
        figures.close()
        launches.close()


class _Server(uvicorn.Server):
    def __init__(self, settings: uvicorn.Config, streams: Streams) -> None:
        super().__init__(settings)
        self._streams = streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.end()
        await super().shutdown(sockets)

    def exit_with_zero(self) -> None:
        """Signals stop us from now on, also before uvicorn has its own handlers.

        When it has stopped, it raises the signal once more for whoever handled it before; by
        default that would end the process as killed.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, _number: int, _frame: object) -> None:
        self.should_exit = True


def _socket_path() -> Path:
    value = os.environ.get(PAGES_VARIABLE, "")
    if not value:
        raise ConfigError(f"Set {PAGES_VARIABLE} to the path of the socket to serve pages on.")
    return Path(value)


def _listen(path: Path) -> socket.socket:
    """A listening socket only our user may connect to; a dead one's place is taken over."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
            path.unlink()
        os.fchmod(listener.fileno(), 0o600)  # Linux makes the file with the socket's own mode
        listener.bind(str(path))
        listener.listen(128)
    except OSError as e:
        listener.close()
        raise ConfigError(f"{path}: no socket can be made there ({e.strerror or e}).") from None
    return listener
