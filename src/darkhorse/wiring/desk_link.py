"""The way to a desk that runs: where it said that it is, and links that open it once."""

import secrets
import socket
from pathlib import Path

import msgspec
from msgspec import Struct

from darkhorse.base.clock import Clock
from darkhorse.storage.state.desk import SqlDeskStore, open_desk_state
from darkhorse.web.desk.session import ENTER, add_link
from darkhorse.wiring.lock import holder
from darkhorse.wiring.private_file import write_private

__all__ = [
    "DESK_STATE",
    "LISTEN_VARIABLE",
    "desk_address",
    "desk_url",
    "mint",
    "new_link",
    "note_desk",
    "open_desk_store",
]

DESK_STATE = "desk.sqlite"
"""Its name in the data directory: sessions and links."""
LISTEN_VARIABLE = "DARKHORSE_DESK_FD"
"""The supervisor's socket for the desk, a file descriptor."""
_FACTS = Path("run", "desk.json")
_TOKEN_BYTES = 32


class _Facts(Struct, frozen=True):
    url: str


def desk_address(host: str, listener: socket.socket) -> str:
    """The URL to reach it by."""
    port = listener.getsockname()[1]
    name = "localhost" if host in ("0.0.0.0", "::") else host  # noqa: S104 (compared, not bound)
    shown = f"[{name}]" if ":" in name else name
    return f"http://{shown}:{port}"


def open_desk_store(data: Path, clock: Clock) -> SqlDeskStore:
    """Sessions of the desk on `data`. Raises ConfigError."""
    return SqlDeskStore(open_desk_state(data / DESK_STATE, clock))


def note_desk(data: Path, url: str) -> None:
    """Leave the desk's address for `darkhorse desk`. Raises OSError."""
    (data / _FACTS).parent.mkdir(mode=0o700, exist_ok=True)
    write_private(data / _FACTS, msgspec.json.encode(_Facts(url)))


def desk_url(data: Path) -> str:
    """Where the desk of the server on `data` is; empty where none runs."""
    try:
        if holder(data)[0]:
            return msgspec.json.decode((data / _FACTS).read_bytes(), type=_Facts).url
    except (OSError, msgspec.DecodeError):
        pass
    return ""


def new_link(data: Path, url: str, clock: Clock) -> str:
    """A link that opens the desk at `url` once, within ten minutes. Raises ConfigError."""
    store = open_desk_store(data, clock)
    try:
        return f"{url}{ENTER}?token={add_link(store, clock, mint)}"
    finally:
        store.close()


def mint() -> str:
    """What nobody guesses."""
    return secrets.token_urlsafe(_TOKEN_BYTES)
