"""What `darkhorse doctor` looks at: one check after another, with a server running or without one.

Nothing is changed and nothing is created. Private: sentences name endpoints.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct, structs

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError, whereabouts
from darkhorse.launches.inquiry import Waits
from darkhorse.wiring import config as configuration
from darkhorse.wiring.config import Config
from darkhorse.wiring.doctor import endpoints, journal, keys, launches, place, server, state
from darkhorse.wiring.doctor.check import Check, fail, ok
from darkhorse.wiring.doctor.server import Running
from darkhorse.wiring.doctor.state import Found
from darkhorse.wiring.targets import server_url

__all__ = ["Check", "Questions", "examine"]


class Questions(Struct, frozen=True, kw_only=True):
    """What to look at, and how closely."""

    data: Path
    config: Path | None = None
    port: int | None = None  # where the server listens, if not where it said or the configuration
    deep: bool = False  # the whole journal, not its newest file alone
    waits: Waits = Waits(answer_s=30.0)
    on_step: Callable[[str], None] = lambda _: None  # told the name of what is looked at next
    on_progress: Callable[[int, int], None] = lambda _done, _total: None  # bytes of the journal


def examine(asked: Questions, clock: Clock) -> Iterator[Check]:
    """Every check, as it is done. One that cannot be done is a failed one."""
    config, checked = _config(asked.config)
    yield checked
    there = place.check_data(asked.data)
    yield there
    if not place.is_usable(asked.data):
        return
    if asked.port is not None:
        config = _on_port(config, asked.port)
    yield from _look_inside(asked, config, clock)


def _look_inside(asked: Questions, config: Config, clock: Clock) -> Iterator[Check]:
    asked.on_step("state")
    data, waits, now_us = asked.data, asked.waits, clock.now_us()
    try:
        found = state.read(data)
    except (ConfigError, OSError) as e:
        found = Found(checks=(_unseen("state", e),))
    try:
        noted = "" if asked.port is not None else server_url(data)
        running = server.look(data, noted or server.address(config.server), waits)
    except (ConfigError, OSError) as e:
        running = Running(runs=False, checks=(_unseen("server", e),))
    looks: dict[str, Callable[[], Iterator[Check]]] = {
        "disk": lambda: place.check_disk(data),
        "state": lambda: iter(found.checks),
        "keys": lambda: keys.check(data, found, now_us),
        "launches": lambda: launches.check(found, now_us, running),
        "endpoints": lambda: endpoints.check(data, found, now_us, running, waits),
        "server": lambda: iter(running.checks),
        "journal": lambda: journal.check(
            data, found, now_us, deep=asked.deep, on_progress=asked.on_progress
        ),
        "leftovers": lambda: place.check_leftovers(data, server_runs=running.runs),
    }
    for name, look in looks.items():
        asked.on_step(name)
        yield from _guarded(name, look)


def _guarded(name: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from look()
    except Exception as e:  # noqa: BLE001 whatever is broken, the other checks go on
        yield _unseen(name, e)


def _unseen(name: str, error: Exception) -> Check:
    said = str(error) if isinstance(error, ConfigError | OSError) else whereabouts(error)
    return fail(name, f"This cannot be looked at ({said}).", "Run it as the server's own user.")


def _config(path: Path | None) -> tuple[Config, Check]:
    try:
        config = configuration.load(path)
    except ConfigError as e:
        return Config(), fail("config", str(e), "Correct it; the server does not start with it.")
    told = f"{path} is good." if path else "No file given; the defaults hold."
    return config, ok("config", told)


def _on_port(config: Config, port: int) -> Config:
    return structs.replace(config, server=structs.replace(config.server, port=port))
