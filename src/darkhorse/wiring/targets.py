"""Where commands ask an endpoint; the embedded model only while a server runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.catalog.endpoint import EMBEDDED, Endpoint
from darkhorse.launches.inquiry import Target
from darkhorse.wiring.lock import holder
from darkhorse.wiring.private_file import write_private

__all__ = [
    "MODEL_FACTS",
    "embedded_target",
    "model_url",
    "note_model",
    "note_server",
    "server_names",
    "server_url",
    "target_of",
]

F = TypeVar("F", bound=Struct)

MODEL_FACTS = Path("run", "model.json")
"""In the data directory while a server with an embedded model runs."""
SERVER_FACTS = Path("run", "server.json")
"""In the data directory while a server runs."""


class _Facts(Struct, frozen=True):
    url: str
    key: str


class _ServerFacts(Struct, frozen=True):
    """`names`: of the variables that hold something in the server's environment, never more."""

    url: str
    names: tuple[str, ...] | None = None


def note_model(data: Path, url: str, key: str) -> None:
    """Leave the embedded engine's address for the commands. Raises OSError."""
    _note(data / MODEL_FACTS, _Facts(url, key))


def note_server(data: Path, url: str, environment: Mapping[str, str]) -> None:
    """Leave the server's own address, and what keys it could have, for the commands.

    Raises OSError.
    """
    said = (name for name, value in environment.items() if value.strip())
    names = sorted(name for name in said if name.isprintable())  # JSON takes no stray bytes
    _note(data / SERVER_FACTS, _ServerFacts(url, tuple(names)))


def server_url(data: Path) -> str:
    """Where the running server said that it is; empty where none said so."""
    facts = _read(data / SERVER_FACTS, _ServerFacts)
    return facts.url if facts else ""


def model_url(data: Path) -> str:
    """Where the embedded engine of the running server is; empty where none said so."""
    facts = _read(data / MODEL_FACTS, _Facts)
    return facts.url if facts else ""


def server_names(data: Path) -> frozenset[str] | None:
    """The variables that the running server has. None: no server runs, or it did not say.

    Raises OSError.
    """
    facts = _read(data / SERVER_FACTS, _ServerFacts)
    if facts is None or facts.names is None or not holder(data)[0]:
        return None
    return frozenset(facts.names)


def _read(path: Path, kind: type[F]) -> F | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def _note(path: Path, facts: _Facts | _ServerFacts) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(path, msgspec.json.encode(facts))


def target_of(endpoint: Endpoint, data: Path, *, as_server: bool = True) -> Target:
    """All that is needed to ask it. Raises ConfigError: its key is missing, or no server runs.

    Missing here, or where a server runs: that one asks with its own environment, not with ours.
    Who asks on his own (not `as_server`) needs it here alone.
    """
    if endpoint.url != EMBEDDED:
        if as_server:
            _check_server_has_key(endpoint, data)
        return Target.of(endpoint)
    target = embedded_target(endpoint, data)
    if target is None:
        raise ConfigError(
            f"Endpoint {endpoint.name}: the embedded model only answers while `darkhorse up` runs "
            f"on {data}, started with this launch in it; start it (again), then go on."
        )
    return target


def embedded_target(endpoint: Endpoint, data: Path) -> Target | None:
    """The embedded model as a running server left its address; None where none did."""
    facts = _read(data / MODEL_FACTS, _Facts)
    return Target.of(endpoint, url=facts.url, key=Secret(facts.key)) if facts else None


def _check_server_has_key(endpoint: Endpoint, data: Path) -> None:
    if not endpoint.key_env:
        return
    try:
        names = server_names(data)
    except OSError:
        return  # whoever may not read the lock is told so by what opens the state
    if names is not None and endpoint.key_env not in names:
        raise ConfigError(
            f"Endpoint {endpoint.name}: the running server has no {endpoint.key_env} in its "
            "environment; restart it with it, then go on."
        )
