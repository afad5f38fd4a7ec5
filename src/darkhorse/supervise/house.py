"""The five processes of one machine, and what each is told.

relay accepts and journals, keeper folds the journal into facts, pages serves the public web, desk
the operator's, model is the embedded engine: llama.cpp, or darkhorse-engine. They share the data
directory and the configuration file; what is private to this run (sockets, the engine's key)
goes through the environment.
"""

import sys
from pathlib import Path

from msgspec import Struct

from darkhorse.supervise import engine
from darkhorse.supervise.part import Part
from darkhorse.supervise.place import PAGES_SOCKET
from darkhorse.wiring.child import PAGES_VARIABLE
from darkhorse.wiring.config import Config
from darkhorse.wiring.desk_link import LISTEN_VARIABLE as DESK_VARIABLE
from darkhorse.wiring.model import FILE_VARIABLE, KEY_VARIABLE, LOG, URL_VARIABLE

__all__ = ["Place", "parts"]

_LISTEN_VARIABLE = "DARKHORSE_LISTEN_FD"
_GRACE_S = 5.0  # the relay's own work after its drain: last frames, closing the journal


class Place(Struct, frozen=True, kw_only=True):
    """What this run has taken for itself."""

    data: Path
    config: Path | None
    lock_fd: int
    listen_fd: int
    runtime: Path  # a private directory for sockets
    desk_fd: int | None = None  # None: there is no desk, or its port is taken
    model_port: int
    model_file: Path | None  # what the embedded engine serves; None: nothing, or its default
    engine: Path | None = None  # darkhorse-engine; None: llama.cpp, where there is a file
    model_key: str  # what its engine wants to hear

    @property
    def has_model(self) -> bool:
        """Is any launch answered by the embedded model?"""
        return bool(self.model_file or self.engine)

    @property
    def model_url(self) -> str:
        """Where the engine listens: the same through all of its restarts."""
        return f"http://127.0.0.1:{self.model_port}/v1"


def parts(config: Config, place: Place) -> tuple[Part, ...]:
    """The processes, in the order in which they are drained."""
    pages = {PAGES_VARIABLE: str(place.runtime / PAGES_SOCKET)}
    model = _model_facts(place)
    relay = Part(
        name="relay",
        argv=_argv("relay", place),
        facts={**pages, **model, _LISTEN_VARIABLE: str(place.listen_fd)},
        fds=(place.listen_fd, place.lock_fd),
        drain_s=config.server.drain_s + _GRACE_S,
    )
    keeper = Part(name="keeper", argv=_argv("keeper", place), fds=(place.lock_fd,))
    web = Part(name="pages", argv=_argv("pages", place), facts=pages, fds=(place.lock_fd,))
    return (relay, keeper, web, *_desk_part(place), *_model_part(config, place, model))


def _desk_part(place: Place) -> tuple[Part, ...]:
    """What goes wrong with it ends nothing else."""
    if place.desk_fd is None:
        return ()
    part = Part(
        name="desk",
        argv=_argv("desk_process", place),
        facts={DESK_VARIABLE: str(place.desk_fd)},
        fds=(place.desk_fd, place.lock_fd),
        needed=False,
    )
    return (part,)


def _model_facts(place: Place) -> dict[str, str]:
    """Where the engine listens, and the key it wants."""
    if not place.has_model:
        return {}
    return {
        URL_VARIABLE: place.model_url,
        KEY_VARIABLE: place.model_key,
    }


def _model_part(config: Config, place: Place, facts: dict[str, str]) -> tuple[Part, ...]:
    if not place.has_model:
        return ()
    argv = _argv("model", place)
    if place.engine:
        argv = engine.argv(place.engine, config.model, place.data, place.model_port)
    part = Part(
        name="model",
        argv=argv,
        facts={**facts, FILE_VARIABLE: str(place.model_file or "")},
        fds=(place.lock_fd,),
        log=place.data / LOG,
    )
    return (part,)


def _argv(command: str, place: Place) -> tuple[str, ...]:
    """`-P`: a file in the current directory must not stand in for one of our modules."""
    options = ["--data", str(place.data)]
    if place.config:
        options += ["--config", str(place.config)]
    return (sys.executable, "-P", "-m", "darkhorse", command, *options)
