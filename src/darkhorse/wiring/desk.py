"""The desk's process: one port, one link, nothing of it left when it ends."""

import asyncio
import ipaddress
import logging
import secrets
import socket
from collections.abc import Callable

import uvicorn
from msgspec import Struct
from starlette.types import ASGIApp

from darkhorse.attribution.library.library import Library
from darkhorse.base.chance import system_draw
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.base.settings import LogSettings
from darkhorse.web.desk.app import make_desk
from darkhorse.web.desk.runs import Runs
from darkhorse.web.desk.session import ENTER, Sessions
from darkhorse.wiring import logs
from darkhorse.wiring.desk_unmask import DeskInvestigator
from darkhorse.wiring.leaving import Leaving

__all__ = ["Desk", "is_loopback", "run"]

_DRAIN_S = 2  # for streams of events, which have no end of their own
_AT_ONCE = 64  # requests
_TOKEN_BYTES = 32


class Desk(Struct, frozen=True, kw_only=True):
    """Where it is reached, and what it may ask."""

    host: str = "127.0.0.1"
    port: int = 8790
    allow_private: bool = False


def run(desk: Desk, known: Library, clock: Clock, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` gets the link. Raises ConfigError."""
    logs.configure("desk", LogSettings())
    listener = _listen(desk.host, desk.port)
    try:
        asyncio.run(_serve(desk, known, clock, listener, announce))
    finally:
        listener.close()


async def _serve(
    desk: Desk,
    known: Library,
    clock: Clock,
    listener: socket.socket,
    announce: Callable[[str], None],
) -> None:
    investigator = DeskInvestigator(
        known, clock=clock, draw=system_draw(), allow_private=desk.allow_private
    )
    sessions, runs = Sessions(clock, _mint), Runs(investigator, _mint)
    app = make_desk(sessions, runs, investigator, host=desk.host)
    try:
        await _Server(app, lambda: announce(_link(desk.host, listener, sessions))).serve([listener])
    finally:
        await runs.close()


class _Server(Leaving):
    """Says when it is ready; a signal ends it with status 0."""

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None]) -> None:
        self._on_ready = on_ready
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # prints exceptions' texts
        config = uvicorn.Config(
            app,
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


def _link(host: str, listener: socket.socket, sessions: Sessions) -> str:
    port = listener.getsockname()[1]
    name = "localhost" if host in ("0.0.0.0", "::") else host  # noqa: S104 (compared, not bound)
    shown = f"[{name}]" if ":" in name else name
    return f"http://{shown}:{port}{ENTER}?token={sessions.link_token}"


def _mint() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)
