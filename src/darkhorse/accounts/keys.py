"""Keys: how they are made, and the ring that knows whose a request is.

All keys are held in memory; a request costs one SHA-256 and one look-up. A key has 285 random
bits, so a fast hash without salt is enough: there is nothing to guess.
"""

import hashlib
import string
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from darkhorse.base.clock import Clock
from darkhorse.base.errors import Forbidden, Unauthorized
from darkhorse.base.secret import Secret
from darkhorse.storage.ports import KeyKind, KeyRecord, KeyStore

__all__ = ["KeyRing", "hash_key", "is_for_management", "mint_key"]

_PREFIX: dict[KeyKind, str] = {"developer": "sk-dh-", "management": "sk-dh-m-"}
_LETTERS = string.digits + string.ascii_letters
_LENGTH = 48


def mint_key(kind: KeyKind, random_bytes: Callable[[int], bytes]) -> Secret:
    """A new key: `sk-dh-` (`sk-dh-m-` for management) and 48 letters and digits."""
    number = int.from_bytes(random_bytes(36))
    tail = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, len(_LETTERS))
        tail.append(_LETTERS[digit])
    return Secret(_PREFIX[kind] + "".join(tail))


def is_for_management(key: Secret) -> bool:
    """Is it minted as one? No developer key has a dash behind its prefix."""
    return key.reveal().startswith(_PREFIX["management"])


def hash_key(key: Secret) -> str:
    """What is stored in a key's place: its SHA-256, hex."""
    return _hash(key.reveal())


class KeyRing:
    """Every key of a store, in memory; `load()` before use, and again every so often beside it.

    A change to the store holds from the next `load` on: whoever makes one calls it right after.
    """

    def __init__(self, store: KeyStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._version: int | None = None
        self._keys: dict[str, KeyRecord] = {}
        self._loading = threading.Lock()  # of two at once, the later must not read the older

    def load(self) -> None:
        """Read the store if it changed since the last time. Blocks on the disk; any thread may."""
        with self._loading:
            # The version is read first: a change that slips in between is then read once more.
            version = self._store.version()
            if version == self._version:
                return
            self._keys = {record.hash: record for record in self._store.keys()}  # noqa: SIM118 no dict
            self._version = version

    def authenticate(self, authorization_header: str | None) -> KeyRecord:
        """The key behind an `Authorization: Bearer …` header. Raises Unauthorized."""
        scheme, _, token = (authorization_header or "").strip().partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized
        return self._usable(_hash(token.strip()))

    def again(self, key: KeyRecord) -> KeyRecord:
        """A key known a moment ago, as it is now. Raises Unauthorized."""
        return self._usable(key.hash)

    def known(self, key_hash: str) -> KeyRecord:
        """The key of that hash, as it is now. Raises Unauthorized."""
        return self._usable(key_hash)

    def _usable(self, key_hash: str) -> KeyRecord:
        record = self._keys.get(key_hash)
        if record is None:
            raise Unauthorized
        if record.disabled:
            raise Unauthorized("This key is disabled; ask whoever gave it to you for another.")
        if record.expires_us is not None and self._clock.now_us() >= record.expires_us:
            raise Unauthorized(_expired(record.expires_us))
        return record

    def require_management(self, key: KeyRecord) -> None:
        """Raises Forbidden for any other kind of key."""
        if key.kind != "management":
            raise Forbidden("This needs a management key.")


def _expired(at_us: int) -> str:
    at = datetime.fromtimestamp(at_us // 1_000_000, UTC)
    return (
        f"This key expired on {at:%Y-%m-%d at %H:%M} UTC; ask whoever gave it to you for another."
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
