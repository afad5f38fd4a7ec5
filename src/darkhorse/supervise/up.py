"""`darkhorse up`, step by step: check, take, put in place, start, serve, drain."""

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import click
from msgspec import Struct

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.base.settings import DeskSettings, ServerSettings
from darkhorse.catalog.launch import Launch
from darkhorse.supervise import engine, house, model_file, place
from darkhorse.supervise.card import address
from darkhorse.supervise.first import needs_model
from darkhorse.supervise.notices import Notices
from darkhorse.supervise.opening import DeskDoor, Opening
from darkhorse.supervise.part import Part
from darkhorse.supervise.supervisor import Supervisor
from darkhorse.wiring import config as configuration
from darkhorse.wiring.config import Config
from darkhorse.wiring.desk_link import DESK_STATE, desk_address
from darkhorse.wiring.keys import ensure_first_keys
from darkhorse.wiring.launches import open_desk
from darkhorse.wiring.model import LOG

__all__ = ["Options", "PartsMaker", "up"]

PartsMaker = Callable[[Config, house.Place], tuple[Part, ...]]


class Options(Struct, frozen=True, kw_only=True):
    """What the command line says; None leaves it to the configuration file."""

    data: Path
    host: str | None = None
    port: int | None = None
    desk_port: int | None = None
    config: Path | None = None
    model: str | None = None
    engine: str | None = None  # a path, or engine.HERE; None: llama.cpp
    as_json: bool = False


def up(options: Options, *, clock: Clock, parts: PartsMaker = house.parts) -> int:
    """Run the house until a signal; the exit status. Raises ConfigError."""
    _leave_quietly_until_served()
    config = configuration.load(options.config)
    notices = Notices(config.log)
    with ExitStack() as stack:
        data = options.data.resolve()
        lock_fd = stack.enter_context(place.claim(data, notices.say))
        desk = open_desk(data, clock)
        launches = desk.launches()
        listener = stack.enter_context(_listener(options, config.server))
        desk_listener = _desk_listener(options, config.desk, notices, stack)
        taken = house.Place(
            data=data,
            config=options.config.resolve() if options.config else None,
            lock_fd=lock_fd,
            listen_fd=listener.fileno(),
            desk_fd=desk_listener.fileno() if desk_listener else None,
            runtime=stack.enter_context(place.runtime_directory(data)),
            model_key=secrets.token_urlsafe(32),
            model_port=stack.enter_context(place.hold_loopback_port()),
            **_model(options, launches, data, notices),
        )
        _empty_log(data)
        url = address(*listener.getsockname()[:2])
        keys = ensure_first_keys(data, clock)  # before the relay reads them
        made = parts(config, taken)
        door = _door(made, config.desk, desk_listener, data)
        opening = Opening(desk, clock, taken, keys, url, notices, door)
        closing = ExitStack()
        for each in filter(None, (listener, desk_listener)):
            closing.callback(each.close)
        # While we held the public socket, a drain would let clients connect that nobody accepts.
        supervisor = Supervisor(made, clock=clock, say=notices.say, on_drain=closing.close)
        return asyncio.run(_serve(supervisor, opening, notices, as_json=options.as_json))


async def _serve(
    supervisor: Supervisor, opening: Opening, notices: Notices, *, as_json: bool
) -> int:
    with ExitStack() as stack:
        stack.enter_context(notices.waiting("starting, and loading the model"))

        async def on_ready() -> None:
            card = await opening.card()
            stack.close()
            _show(card.as_json() if as_json else card.as_text())

        return await supervisor.run(on_ready)


def _show(card: str) -> None:
    """Print it on stdout. Raises ConfigError."""
    try:
        click.echo(card)
    except OSError as e:
        # Python writes what is left over once more when it ends, and would complain again.
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        raise ConfigError(f"The card cannot be written to stdout ({e.strerror}).") from None


def _leave_quietly_until_served() -> None:
    """A signal before there is anything to drain is no error."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)


def _listener(options: Options, server: ServerSettings) -> socket.socket:
    host = server.host if options.host is None else options.host
    return place.listen(host, server.port if options.port is None else options.port)


def _desk_listener(
    options: Options, desk: DeskSettings, notices: Notices, stack: ExitStack
) -> socket.socket | None:
    """None where it is switched off, or has no place to listen: then the rest runs on."""
    if not desk.enabled:
        return None
    try:
        port = desk.port if options.desk_port is None else options.desk_port
        return stack.enter_context(place.listen(desk.host, port))
    except ConfigError as e:
        notices.say(
            f"There is no desk: {str(e).split(';')[0]}. Everything else runs; --desk-port, or host "
            "and port of [desk] in the configuration, give the desk another place."
        )
        return None


def _door(
    parts: tuple[Part, ...], desk: DeskSettings, listener: socket.socket | None, data: Path
) -> DeskDoor | None:
    if listener is None or all(part.name != "desk" for part in parts):
        return None
    return DeskDoor(desk_address(desk.host, listener), not (data / DESK_STATE).exists())


def _model(
    options: Options, launches: list[Launch], data: Path, notices: Notices
) -> dict[str, Path | None]:
    """What serves the embedded model, and its file: as fields of a Place. Raises ConfigError."""
    if not needs_model(launches):
        for name, given in (("--model", options.model), ("--engine", options.engine)):
            if given:
                notices.say(f'no launch has an endpoint with url = "embedded": {name} is not used.')
        return {"model_file": None, "engine": None}
    with notices.measuring("checking the model") as advance:
        if options.engine is None:
            return {"model_file": model_file.find(options.model, data, advance), "engine": None}
        command = engine.find(options.engine)
        return {"model_file": engine.find_model(options.model, data, advance), "engine": command}


def _empty_log(data: Path) -> None:
    """A private place for what the engine prints, which names the model; one start's worth."""
    log = data / LOG
    try:
        place.private_directory(log.parent)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as e:
        raise ConfigError(f"{log}: cannot be written ({e.strerror}).") from None
    os.close(descriptor)
