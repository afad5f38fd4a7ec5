"""Where commands ask an endpoint; the embedded model only while a server runs."""

from pathlib import Path

import msgspec
from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.catalog.endpoint import EMBEDDED, Endpoint
from darkhorse.launches.inquiry import Target
from darkhorse.wiring.private_file import write_private

__all__ = ["MODEL_FACTS", "note_model", "note_server", "server_url", "target_of"]

MODEL_FACTS = Path("run", "model.json")
"""In the data directory while a server with an embedded model runs."""
SERVER_FACTS = Path("run", "server.json")
"""In the data directory while a server runs."""


class _Facts(Struct, frozen=True):
    url: str
    key: str = ""


def note_model(data: Path, url: str, key: str) -> None:
    """Leave the embedded engine's address for the commands. Raises OSError."""
    _note(data / MODEL_FACTS, _Facts(url, key))


def note_server(data: Path, url: str) -> None:
    """Leave the server's own address for the commands. Raises OSError."""
    _note(data / SERVER_FACTS, _Facts(url))


def server_url(data: Path) -> str:
    """Where the running server said that it is; empty where none said so."""
    try:
        return msgspec.json.decode((data / SERVER_FACTS).read_bytes(), type=_Facts).url
    except (OSError, msgspec.DecodeError):
        return ""


def _note(path: Path, facts: _Facts) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(path, msgspec.json.encode(facts))


def target_of(endpoint: Endpoint, data: Path) -> Target:
    """All that is needed to ask it. Raises ConfigError: its key is missing, or no server runs."""
    if endpoint.url != EMBEDDED:
        return Target.of(endpoint)
    try:
        facts = msgspec.json.decode((data / MODEL_FACTS).read_bytes(), type=_Facts)
    except (OSError, msgspec.DecodeError):
        raise ConfigError(
            f"Endpoint {endpoint.name}: the embedded model only answers while `darkhorse up` runs "
            f"on {data}, started with this launch in it; start it (again), then go on."
        ) from None
    return Target.of(endpoint, url=facts.url, key=Secret(facts.key))
