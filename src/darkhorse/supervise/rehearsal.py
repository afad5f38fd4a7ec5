"""A rehearsal: a launch live where nobody sees it, so that it can be audited before anybody does.

It is the very house, relay, keeper and pages, over a data directory of its own that is gone at the
end, on loopback, with a key of its own. Two things differ: nobody's limits hold, which would stop
an audit half-way, and the window does not end.
"""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.base.ids import RandomIds
from darkhorse.base.secret import Secret
from darkhorse.catalog.launch import Definition
from darkhorse.catalog.listing import ListingLimits, Window
from darkhorse.launches.desk import Desk, Reason
from darkhorse.launches.file import LaunchFile
from darkhorse.launches.guard import NO_AUDIT
from darkhorse.supervise import house, part, place
from darkhorse.supervise.card import address
from darkhorse.wiring.config import Config
from darkhorse.wiring.keys import ensure_first_keys
from darkhorse.wiring.launches import open_launch_store
from darkhorse.wiring.lock import holder

__all__ = ["Rehearsed", "rehearse"]

_REASON = Reason("darkhorse audit", "a rehearsal", (NO_AUDIT,))
_DRAIN_S = 1.0  # what runs on after an audit is of no use to anybody
_GRACE_S = 2.0
_LOG = "children.log"
_PREFIX = "darkhorse-audit-"


class Rehearsed(Struct, frozen=True):
    """Where it can be asked, while it lasts."""

    url: str  # the server's, without a path
    key: Secret


@asynccontextmanager
async def rehearse(
    definition: Definition, config: Config, clock: Clock, *, facts: Mapping[str, str]
) -> AsyncIterator[Rehearsed]:
    """Live until the block ends, whatever ends it. Raises ConfigError.

    `facts` go into the relay's environment: where the embedded model is.
    """
    with _taken(definition, config, clock) as (taken, url, key):
        log = taken.data / _LOG
        runs: list[part.Run] = []
        try:
            for child in house.parts(config, taken):
                run = await _start(child, facts, log)
                runs.append(run)
            for run in runs:
                await _ready(run, log)
            yield Rehearsed(url, key)
            for run in runs:
                _check_alive(run, log)
        finally:
            for run in runs:
                await run.stop()


@contextmanager
def _taken(
    definition: Definition, config: Config, clock: Clock
) -> Iterator[tuple[house.Place, str, Secret]]:
    """A data directory with the launch live in it, and a free port."""
    _sweep()
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder,
        place.listen("127.0.0.1", 0) as listener,
    ):
        data = Path(folder)
        settings = data / "darkhorse.toml"
        settings.write_text(_toml(config), encoding="utf-8")
        key = ensure_first_keys(data, clock).developer
        _go_live(data, definition, clock)
        with place.claim(data, lambda _: None) as lock, place.runtime_directory(data) as runtime:
            taken = house.Place(
                data=data,
                config=settings,
                lock_fd=lock,
                listen_fd=listener.fileno(),
                runtime=runtime,
                model_port=0,
                model_file=None,
                model_key="",
            )
            yield taken, address(*listener.getsockname()[:2]), key


def _sweep() -> None:
    """Of a rehearsal that was killed, its folder is left: nobody holds the lock in it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another user's
            if (folder / "lock").exists() and not holder(folder)[0]:
                shutil.rmtree(folder)


def _go_live(data: Path, definition: Definition, clock: Clock) -> None:
    public = structs.replace(definition.public, limits=ListingLimits(), window=Window())
    file = LaunchFile(structs.replace(definition, public=public), "")
    store = open_launch_store(data)
    try:
        desk = Desk(store, clock, RandomIds().launch)
        desk.go_live(desk.create(file, _REASON), _REASON)
    finally:
        store.close()


async def _start(child: part.Part, facts: Mapping[str, str], log: Path) -> part.Run:
    told = {**child.facts, **facts}
    return await part.start(
        structs.replace(child, facts=told, drain_s=_DRAIN_S + _GRACE_S, log=log)
    )


async def _ready(run: part.Run, log: Path) -> None:
    """Raises ConfigError with its reason where it does not come to that."""
    word = await run.word()
    if word != "ready":
        with suppress(TimeoutError):
            await asyncio.wait_for(run.ended(), _DRAIN_S)  # it is about to
        why = word.removeprefix("failed ") or _last_line(log)
        raise ConfigError(f"The rehearsal's {run.part.name} did not start: {why}")


def _check_alive(run: part.Run, log: Path) -> None:
    """What an attack has killed has closed nothing. Raises ConfigError."""
    if run.process.returncode is not None:
        raise ConfigError(
            f"The rehearsal's {run.part.name} ended in the middle of it: {_last_line(log)}"
        )


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _toml(config: Config) -> str:
    """The settings as a file, without the limits. What JSON writes of such values is TOML too."""
    server = structs.replace(config.server, drain_s=_DRAIN_S)  # also where we are killed
    sections: dict[str, dict[str, object]] = msgspec.to_builtins(
        structs.replace(config, server=server)
    )
    lines = []
    for name, section in sections.items():
        if name != "limits":
            lines += [
                f"[{name}]",
                *(f"{key} = {json.dumps(value)}" for key, value in section.items()),
            ]
    return "\n".join(lines) + "\n"
