"""The desk's process: a part of `darkhorse up`, or by itself until Ctrl-C."""

import asyncio
import ipaddress
import logging
import os
import socket
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import uvicorn
from msgspec import Struct
from starlette.types import ASGIApp

from darkhorse.accounts.keys import KeyRing
from darkhorse.attribution.library.library import Library
from darkhorse.base.chance import system_draw
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.base.settings import LogSettings
from darkhorse.catalog.limits import LimitSettings
from darkhorse.web.desk.app import make_desk
from darkhorse.web.desk.attempts import Attempts
from darkhorse.web.desk.frame import Frame
from darkhorse.web.desk.rendering import desk_renderer
from darkhorse.web.desk.runs import Runs
from darkhorse.web.desk.session import Sessions
from darkhorse.web.desk.unmask import UnmaskPages
from darkhorse.wiring import logs
from darkhorse.wiring.child import ready
from darkhorse.wiring.config import Config
from darkhorse.wiring.desk_link import (
    LISTEN_VARIABLE,
    desk_address,
    mint,
    new_link,
    note_desk,
    open_desk_store,
)
from darkhorse.wiring.desk_pages import DeskMeans
from darkhorse.wiring.desk_unmask import DeskInvestigator
from darkhorse.wiring.leaving import Leaving
from darkhorse.wiring.protocol import FewWaiting
from darkhorse.wiring.state import STATE_FILE
from darkhorse.wiring.time import steady_clock
from darkhorse.wiring.unmask import open_library

__all__ = ["Alone", "has_data", "is_loopback", "run", "run_part"]

_DRAIN_S = 2  # for streams of events, which have no end of their own
_AT_ONCE = 64  # requests
_log = logging.getLogger(__name__)


class Alone(Struct, frozen=True, kw_only=True):
    """What the command says. `data` is None where there is none: then only Unmask is there."""

    data: Path | None
    host: str = "127.0.0.1"
    port: int = 8790
    allow_private: bool = False


def run(desk: Alone, known: Library, clock: Clock, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` gets the link. Raises ConfigError."""
    logs.configure("desk", LogSettings())
    with ExitStack() as stack:
        listener = stack.enter_context(_listen(desk.host, desk.port))
        place = desk.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = desk_address(desk.host, listener)

        def tell() -> None:
            announce(new_link(place, url, clock))

        house = _House(
            place, clock, known, has_data=desk.data is not None, allow_private=desk.allow_private
        )
        house.serve(listener, (desk.host,), tell)


def run_part(data: Path, config: Config) -> None:
    """Serve at the supervisor's socket until SIGTERM. Raises ConfigError."""
    logs.configure("desk", config.log)
    handed = os.environ.get(LISTEN_VARIABLE)
    desk = config.desk
    with socket.socket(fileno=int(handed)) if handed else _listen(desk.host, desk.port) as listener:

        def tell() -> None:
            try:
                note_desk(data, desk_address(desk.host, listener))
            except OSError as e:
                _log.warning("%s/run cannot be written (%s).", data, e.strerror)
            ready()

        house = _House(
            data, steady_clock(data), open_library(None), has_data=True, limits=config.limits
        )
        house.serve(listener, (desk.host, *desk.names), tell)


class _House:
    """What is open while it serves. `place` holds the sessions, and with `has_data` all else."""

    def __init__(
        self,
        place: Path,
        clock: Clock,
        known: Library,
        *,
        has_data: bool,
        limits: LimitSettings | None = None,
        allow_private: bool = False,
    ) -> None:
        self._limits = limits or LimitSettings()
        self._place, self._clock, self._has_data = place, clock, has_data
        self._investigator = DeskInvestigator(
            known, clock=clock, draw=system_draw(), allow_private=allow_private
        )

    def serve(
        self, listener: socket.socket, names: tuple[str, ...], on_ready: Callable[[], None]
    ) -> None:
        """Until a signal. What is open is closed behind the loop: some of it has one of its own."""
        with ExitStack() as stack:
            runs = Runs(self._investigator, mint)
            app = self._app(stack, runs, names)
            asyncio.run(_serve(app, runs, listener, on_ready))

    def _app(self, stack: ExitStack, runs: Runs, names: tuple[str, ...]) -> ASGIApp:
        opened = DeskMeans(self._place, self._clock, self._limits) if self._has_data else None
        if opened:
            stack.callback(opened.close)
        renderer = desk_renderer()
        renderer.compile()
        frame = Frame(renderer, opened.means if opened else None)
        store = open_desk_store(self._place, self._clock)
        stack.callback(store.close)
        ring = KeyRing(opened.key_store, self._clock) if opened else None
        sessions = Sessions(store, self._clock, mint, ring)
        own = opened.routes(frame) if opened else ()
        routes = [*own, *UnmaskPages(frame, runs, self._investigator).routes]
        home = "/launches" if opened else "/unmask"
        attempts = Attempts(self._clock)
        return make_desk(renderer, frame, sessions, attempts, routes, home=home, names=names)


async def _serve(
    app: ASGIApp, runs: Runs, listener: socket.socket, on_ready: Callable[[], None]
) -> None:
    try:
        await _Server(app, on_ready).serve([listener])
    finally:
        await runs.close()


class _Server(Leaving):
    """Says when it is ready; a signal ends it with status 0."""

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None]) -> None:
        self._on_ready = on_ready
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # prints exceptions' texts
        config = uvicorn.Config(
            app,
            http=FewWaiting,
            ws="none",
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            access_log=False,  # its lines would have the link in them
            server_header=False,
            limit_concurrency=_AT_ONCE,
            timeout_graceful_shutdown=_DRAIN_S,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._on_ready()


def has_data(data: Path) -> bool:
    """Has a server ever run on it, or a command made a key or a launch?"""
    return (data / STATE_FILE).exists()


def is_loopback(host: str) -> bool:
    """Does only this machine reach it?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(place[:2], family=family)
    except (OSError, UnicodeError) as e:
        why = getattr(e, "strerror", None) or "no such address"
        raise ConfigError(
            f"{host}:{port}: cannot listen there ({why}); name another with --host or --port."
        ) from None
