"""The relay process: accepts, cloaks, journals. Nothing else may hold its loop."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import uvloop
from msgspec import structs

from darkhorse.accounts.keys import KeyRing
from darkhorse.accounts.limits import Limiter
from darkhorse.accounts.people import People
from darkhorse.api.app import Api
from darkhorse.api.caller import Callers
from darkhorse.api.generations import GenerationRoutes
from darkhorse.api.metrics import Metrics
from darkhorse.api.pages import PagesProxy
from darkhorse.base.chance import system_draw
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.base.ids import RandomIds
from darkhorse.catalog.catalogue import Catalogue
from darkhorse.launches.board import Board
from darkhorse.router.generation import Means
from darkhorse.router.router import Router
from darkhorse.router.watching import watch_over
from darkhorse.storage.follow import follow
from darkhorse.storage.ledger.disk import Disk, RealDisk
from darkhorse.storage.ledger.journal import FileJournal
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.usage import read_usage
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.wiring import logs
from darkhorse.wiring.accounting import Accounting
from darkhorse.wiring.config import Config
from darkhorse.wiring.erased import follow_erased
from darkhorse.wiring.keys import open_key_store
from darkhorse.wiring.launches import open_launch_store
from darkhorse.wiring.operations import Parts, make_apps
from darkhorse.wiring.private_file import PEOPLE_FILE, kept_secret
from darkhorse.wiring.reports import open_report_store
from darkhorse.wiring.server import RelayServer, log_no_text
from darkhorse.wiring.time import steady_clock
from darkhorse.wiring.upstreams import Upstreams
from darkhorse.wiring.watching import make_visits, watch

__all__ = ["run"]

log = logging.getLogger(__name__)


def run(
    data: Path, config: Config, *, clock: Clock | None = None, disk: Disk | None = None
) -> None:
    """Serve until SIGTERM or SIGINT, then drain. Raises ConfigError."""
    logs.configure("relay", config.log)
    listener = _listener(config)
    # Accepted connections inherit it: one whose peer takes nothing in is dropped by the kernel.
    stall_ms = int(config.server.client_stall_s * 1000)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, stall_ms)
    uvloop.run(_serve(data, config, listener, clock or steady_clock(data), disk or RealDisk()))


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
    metrics = Metrics(clock)
    journal = _open_journal(data, config, clock, disk, metrics)
    key_store = open_key_store(data)
    keys = KeyRing(key_store, clock)
    keys.load()
    upstreams = Upstreams(config.upstream)
    board = Board(open_launch_store(data), partial(_ready, upstreams))
    board.load()
    ids = RandomIds()
    visits = make_visits(config.log, clock, ids, board, metrics)
    accounting = Accounting(data)
    means = _means(config, upstreams, journal, clock)
    limiter = _limiter(data, clock)
    router = Router(board.catalogue, means, limiter, config.limits, metrics.limited)
    means.on_end = _told((router, metrics, visits, accounting))
    metrics.running.set_function(lambda: router.running)
    watch(metrics, clock, board=board, visits=visits, means=means, journal=journal, data=data)
    callers = Callers(People(kept_secret(data / PEOPLE_FILE)), config.server.trusted_proxies)
    pages = PagesProxy(os.environ.get("DARKHORSE_PAGES_SOCKET"), callers.address)
    apps = make_apps(
        Parts(
            catalogue=board.catalogue,
            keys=keys,
            key_store=key_store,
            reports=open_report_store(data, clock),
            accounting=accounting,
            callers=callers,
            metrics=metrics,
            check=journal.check,
            is_running=router.is_running,
            config=config,
            clock=clock,
        )
    )
    app = Api(
        generations=GenerationRoutes(router, keys, callers, config.server, metrics.late_piece),
        catalogue=apps.catalogue,
        operator=apps.operator,
        pages=pages,
        visits=visits,
    )
    following = _following(keys, board, upstreams, means, follow_erased(data, clock, accounting))
    try:
        await RelayServer(app, router, config.server, pages.leave).serve(sockets=[listener])
    finally:
        for task in following:
            task.cancel()
        await router.drain(0)
        pages.close()
        await upstreams.close()
        accounting.close()
        await asyncio.to_thread(journal.close)


class _Listener(Protocol):
    def ended(self, start: StartRecord, end: EndRecord) -> None: ...


def _told(listeners: Sequence[_Listener]) -> Callable[[StartRecord, EndRecord], None]:
    """Tells all of them, in this order, of a generation's end."""

    def ended(start: StartRecord, end: EndRecord) -> None:
        for hears in listeners:
            hears.ended(start, end)

    return ended


def _ready(upstreams: Upstreams, catalogue: Catalogue) -> None:
    """Whatever a launch needs before its first request: its wires, and its watch over names."""
    upstreams.follow(catalogue)
    for launch in catalogue.launches:
        if launch.life.state == "live":
            watch_over(launch)


def _following(
    keys: KeyRing,
    board: Board,
    upstreams: Upstreams,
    means: Means,
    erased: Coroutine[None, None, None],
) -> list[asyncio.Task[None]]:
    """What keeps up with the state for as long as the relay runs."""
    return [
        asyncio.create_task(follow(keys.load, "Keys", every_s=1.0)),
        asyncio.create_task(follow(board.load, "Launches")),
        asyncio.create_task(follow(upstreams.look_again, "Keys of endpoints", every_s=2.0)),
        asyncio.create_task(erased),
        asyncio.create_task(means.late.keep_writing()),
    ]


def _open_journal(
    data: Path, config: Config, clock: Clock, disk: Disk, metrics: Metrics
) -> FileJournal:
    journal = FileJournal(
        Layout(data).journal,
        settings=config.journal,
        clock=clock,
        disk=disk,
        new_file_id=lambda: secrets.randbits(64),
        on_commit=metrics.committed,
    )
    log.info("%s", journal.recovery.sentence())
    return journal


def _means(config: Config, upstreams: Upstreams, journal: FileJournal, clock: Clock) -> Means:
    return Means(
        upstreams=upstreams,
        journal=journal,
        clock=clock,
        ids=RandomIds(),
        draw=system_draw(),
        settings=config.upstream,
        on_end=lambda *_: None,
    )


def _limiter(data: Path, clock: Clock) -> Limiter:
    """What was used before a restart counts on."""
    limiter = Limiter(clock)
    used = read_usage(Layout(data), clock.now_us())
    limiter.restore(
        (structs.astuple(each) for each in used.recent),
        (structs.astuple(each) for each in used.today),
        (structs.astuple(each) for each in used.spent),
    )
    return limiter
