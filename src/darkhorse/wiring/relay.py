"""The relay process: accepts, cloaks, journals. Nothing else may hold its loop."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path

import uvloop
from starlette.applications import Starlette

from darkhorse.accounts.keys import KeyRing
from darkhorse.api.app import Api
from darkhorse.api.chat import ChatRoute
from darkhorse.api.metrics import Metrics
from darkhorse.api.pages import PagesProxy
from darkhorse.api.routes import catalogue_app, operator_app
from darkhorse.base.clock import Clock, SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.base.ids import RandomIds
from darkhorse.base.secret import Secret
from darkhorse.catalog.listing import Endpoint
from darkhorse.router.generation import Means
from darkhorse.router.router import Router
from darkhorse.storage.ledger.disk import Disk, RealDisk
from darkhorse.storage.ledger.journal import FileJournal
from darkhorse.upstream.base import Upstream
from darkhorse.upstream.http import HttpUpstream
from darkhorse.wiring import logs
from darkhorse.wiring.config import EMBEDDED, Config
from darkhorse.wiring.keys import open_key_store
from darkhorse.wiring.server import RelayServer, log_no_text

__all__ = ["run"]

log = logging.getLogger(__name__)


def run(
    data: Path, config: Config, *, clock: Clock | None = None, disk: Disk | None = None
) -> None:
    """Serve until SIGTERM or SIGINT, then drain. Raises ConfigError."""
    logs.configure("relay")
    listener = _listener(config)
    # Accepted connections inherit it: one whose peer takes nothing in is dropped by the kernel.
    stall_ms = int(config.server.client_stall_s * 1000)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, stall_ms)
    uvloop.run(_serve(data, config, listener, clock or SystemClock(), disk or RealDisk()))


def _listener(config: Config) -> socket.socket:
    """The supervisor's socket where there is one, so that a restart refuses nobody."""
    handed = os.environ.get("DARKHORSE_LISTEN_FD")
    if handed:
        return socket.socket(fileno=int(handed))
    try:
        return socket.create_server((config.server.host, config.server.port), backlog=2048)
    except OSError as e:
        where = f"{config.server.host}:{config.server.port}"
        raise ConfigError(
            f"Cannot listen on {where} ({e.strerror}); choose another port."
        ) from None


async def _serve(
    data: Path, config: Config, listener: socket.socket, clock: Clock, disk: Disk
) -> None:
    asyncio.get_running_loop().set_exception_handler(log_no_text)
    journal = _open_journal(data, config, clock, disk)
    keys = KeyRing(open_key_store(data))
    keys.load()
    metrics = Metrics()
    pages = PagesProxy(os.environ.get("DARKHORSE_PAGES_SOCKET"))
    upstreams = _upstreams(config)
    router = _router(config, upstreams, journal, clock, metrics)
    metrics.running.set_function(lambda: router.running)
    app = _app(config, router, keys, pages, operator_app(metrics, keys, RandomIds(), journal.check))
    refresh = asyncio.create_task(keys.refresh_loop())
    try:
        await RelayServer(app, router, config.server).serve(sockets=[listener])
    finally:
        refresh.cancel()
        await router.drain(0)
        pages.close()
        for upstream in upstreams.values():
            await upstream.close()
        await asyncio.to_thread(journal.close)


def _open_journal(data: Path, config: Config, clock: Clock, disk: Disk) -> FileJournal:
    journal = FileJournal(
        data / "journal",
        settings=config.journal,
        clock=clock,
        disk=disk,
        new_file_id=lambda: secrets.randbits(64),
    )
    log.info("%s", journal.recovery.sentence())
    return journal


def _router(
    config: Config,
    upstreams: Mapping[Endpoint, Upstream],
    journal: FileJournal,
    clock: Clock,
    metrics: Metrics,
) -> Router:
    means = Means(
        upstreams=upstreams,
        journal=journal,
        clock=clock,
        ids=RandomIds(),
        settings=config.upstream,
        on_end=metrics.ended,
    )
    return Router(config.catalogue, means)


def _upstreams(config: Config) -> Mapping[Endpoint, Upstream]:
    return {endpoint: _upstream(endpoint, config) for endpoint in config.endpoint}


def _upstream(endpoint: Endpoint, config: Config) -> Upstream:
    url, key = endpoint.url, endpoint.key()
    if url == EMBEDDED:
        url = os.environ.get("DARKHORSE_MODEL_URL", "http://127.0.0.1:1/v1")
        key = Secret(os.environ.get("DARKHORSE_MODEL_KEY", ""))
    return HttpUpstream(url=Secret(url), model=endpoint.model, key=key, settings=config.upstream)


def _app(
    config: Config, router: Router, keys: KeyRing, pages: PagesProxy, operator: Starlette
) -> Api:
    ids = RandomIds()
    return Api(
        chat=ChatRoute(router, keys, config.server),
        catalogue=catalogue_app(config.catalogue, ids),
        operator=operator,
        pages=pages,
        ids=ids,
    )
