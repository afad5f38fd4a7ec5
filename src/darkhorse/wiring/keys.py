"""The store of keys, and the first two keys, which the first start makes and every start prints."""

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from darkhorse.accounts.desk import KeyDesk
from darkhorse.accounts.keys import hash_key, mint_key
from darkhorse.base.clock import Clock, SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.storage.ports import KeyKind, KeyRecord, KeyStore
from darkhorse.storage.state.keys import SqlKeyStore
from darkhorse.wiring.private_file import write_private
from darkhorse.wiring.state import STATE_FILE, open_state_in

__all__ = ["FirstKeys", "ensure_first_keys", "kept_management_key", "key_desk", "open_key_store"]

_log = logging.getLogger(__name__)

_FILE = "first-keys.json"
_LABEL = "first start"


class FirstKeys(Struct, frozen=True, kw_only=True):
    """What a start may print: nothing else ever shows these keys again.

    `origin` is "kept" (read from the file), "made" (first start) or "remade" (the file was lost).
    """

    developer: Secret
    management: Secret
    origin: Literal["kept", "made", "remade"]


class _Stored(Struct, frozen=True):
    developer: str
    management: str


def open_key_store(data_dir: Path) -> SqlKeyStore:
    """The keys in `data_dir`, the database migrated first. Raises ConfigError."""
    return SqlKeyStore(open_state_in(data_dir, SystemClock()))


@contextmanager
def key_desk(data_dir: Path, clock: Clock, *, make: bool = False) -> Iterator[KeyDesk]:
    """The desk over the keys in `data_dir`, whether a server runs on it or not.

    Raises ConfigError where there are none yet, unless it may `make` the directory.
    """
    if not make and not (data_dir / STATE_FILE).exists():
        raise ConfigError(
            f"{data_dir}: holds no Darkhorse state; give --data the server's data directory, "
            "or make its first key with `darkhorse key create`."
        )
    store = SqlKeyStore(open_state_in(data_dir, clock))
    try:
        yield KeyDesk(store, clock, secrets.token_bytes)
    finally:
        store.close()


def ensure_first_keys(data_dir: Path, clock: Clock) -> FirstKeys:
    """The two first keys, the same at each start. Raises ConfigError.

    The file is on disk before the hashes are in the state: whatever a crash leaves behind, the
    next start completes it, and no key is ever printed that does not work.
    """
    path = data_dir / _FILE
    store = SqlKeyStore(open_state_in(data_dir, clock))
    try:
        stored = _read(path)
        origin: Literal["kept", "made", "remade"] = "kept"
        if stored is None:
            origin = "remade" if _had_first_keys(store) else "made"
            stored = _make(path)
        first = FirstKeys(
            developer=Secret(stored.developer), management=Secret(stored.management), origin=origin
        )
        _add(store, clock, "developer", first.developer)
        _add(store, clock, "management", first.management)
    finally:
        store.close()
    if origin == "remade":
        _log.warning("%s was lost: new first keys were made; the earlier ones still work.", path)
    return first


def kept_management_key(data_dir: Path) -> Secret | None:
    """The first management key, for commands that ask the server; None where none is kept."""
    try:
        stored = _read(data_dir / _FILE)
    except ConfigError:
        return None
    return Secret(stored.management) if stored else None


def _had_first_keys(store: KeyStore) -> bool:
    return any(record.label == _LABEL for record in store.keys())  # noqa: SIM118 no dict


def _add(store: KeyStore, clock: Clock, kind: KeyKind, key: Secret) -> None:
    record = KeyRecord(hash=hash_key(key), kind=kind, label=_LABEL, created_us=clock.now_us())
    store.add(record)


def _read(path: Path) -> _Stored | None:
    """The file's keys; None where it is gone or is not what we wrote."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Stored)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        return None
    except OSError as e:
        raise ConfigError(f"{path}: cannot be read ({e.strerror}).") from None


def _make(path: Path) -> _Stored:
    stored = _Stored(
        mint_key("developer", secrets.token_bytes).reveal(),
        mint_key("management", secrets.token_bytes).reveal(),
    )
    text = json.dumps(msgspec.to_builtins(stored), indent=1) + "\n"
    try:
        write_private(path, text.encode())
    except OSError as e:
        raise ConfigError(f"{path}: cannot be written ({e.strerror}).") from None
    return stored
