"""What an operator does with keys: make, find, stop, let go on, limit."""

import re
from collections.abc import Callable, Sequence

from msgspec import structs

from darkhorse.accounts.keys import hash_key, mint_key
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.catalog.limits import UNLIMITED, Limits
from darkhorse.storage.ports import Alter, KeyKind, KeyRecord, KeyStore

__all__ = ["SHORT", "KeyDesk", "LastManagementKey", "NoSuchKey", "is_expired", "refuse_secret"]

SHORT = 12
"""As many characters of a key's hash name it among people."""

_LEAST = 6
_HEX = re.compile(r"[0-9a-f]{6,64}")
# Nothing in it may steer a terminal, nor the direction in which the rest of a line is read.
_LABEL = re.compile(
    r"[^\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]{0,200}"
)
_KEY = "sk-dh-"

Keys = Sequence[KeyRecord]
Change = Callable[[Limits], Limits]


class NoSuchKey(ConfigError):
    """No key is called that, or it was deleted meanwhile."""


class LastManagementKey(ConfigError):
    """Without this key nobody could manage the server over its API."""


class KeyDesk:
    """Keys of one store. Every mistake is a ConfigError; nothing here shows a key but `create`.

    Changes are made to the key of exactly that hash, as it is stored then: whoever else changes
    it at the same time, in this process or another, neither undoes the other. Blocks on the disk;
    may be used from several threads.
    """

    def __init__(self, store: KeyStore, clock: Clock, random_bytes: Callable[[int], bytes]) -> None:
        self._store = store
        self._clock = clock
        self._random_bytes = random_bytes

    def create(
        self,
        kind: KeyKind,
        *,
        label: str = "",
        expires_us: int | None = None,
        limits: Limits = UNLIMITED,
    ) -> tuple[Secret, KeyRecord]:
        """A new key: itself, never to be had again, and what is stored of it."""
        now_us = self._clock.now_us()
        _check_label(label)
        limits.check("limits")
        if expires_us is not None and expires_us <= now_us:
            raise ConfigError("The key would have expired already; choose a moment to come.")
        key = mint_key(kind, self._random_bytes)
        record = KeyRecord(
            hash=hash_key(key),
            kind=kind,
            label=label,
            created_us=now_us,
            expires_us=expires_us,
            limits=limits,
        )
        self._store.add(record)
        return key, record

    def all(self) -> list[KeyRecord]:
        """Every key, oldest first."""
        return self._store.keys()

    def find(self, name: str) -> KeyRecord:
        """The one key whose hash begins with `name`, or whose label it is."""
        refuse_secret(name)
        found = [record for record in self.all() if _is_called(record, name)]
        if not found:
            raise NoSuchKey(
                f"No key is called `{name}`; give its label or at least {_LEAST} characters of "
                "its hash, as `darkhorse key list` shows them."
            )
        if len(found) > 1:
            hashes = ", ".join(f"{each.hash[:SHORT]} ({each.kind})" for each in found[:5])
            raise ConfigError(f"`{name}` may be {hashes}; give more of the hash.")
        return found[0]

    def get(self, key_hash: str) -> KeyRecord:
        """The key of exactly that hash. Raises NoSuchKey."""
        for record in self.all():
            if record.hash == key_hash:
                return record
        raise NoSuchKey("No key has that hash.")

    def update(
        self,
        key_hash: str,
        *,
        label: str | None = None,
        disabled: bool | None = None,
        limits: Change | None = None,
    ) -> KeyRecord:
        """Several changes as one; what is None stays as it is. What `limits` raises comes out."""
        _check_label(label or "")

        def alter(record: KeyRecord, others: Keys) -> KeyRecord:
            if disabled:
                _keep_one_manager(record, others, self._clock.now_us())
            return structs.replace(
                record,
                label=record.label if label is None else label,
                disabled=record.disabled if disabled is None else disabled,
                limits=limits(record.limits) if limits else record.limits,
            )

        return self._change(key_hash, alter)

    def delete(self, key_hash: str, *, force: bool = False) -> None:
        """End it for good. The record of what it has used stays in the ledger."""
        now_us = self._clock.now_us()

        def check(record: KeyRecord, others: Keys) -> None:
            if not force:
                _keep_one_manager(record, others, now_us)

        try:
            self._store.delete(key_hash, now_us, check)
        except KeyError:
            raise _gone() from None

    def disable(self, key_hash: str, *, force: bool = False) -> KeyRecord:
        """Stop it until it is enabled again."""

        def alter(record: KeyRecord, others: Keys) -> KeyRecord:
            if not force:
                _keep_one_manager(record, others, self._clock.now_us())
            return structs.replace(record, disabled=True)

        return self._change(key_hash, alter)

    def enable(self, key_hash: str) -> KeyRecord:
        """Let a disabled key go on. One that has expired needs another date as well."""
        return self._change(key_hash, lambda record, _: structs.replace(record, disabled=False))

    def expire(self, key_hash: str, expires_us: int | None, *, force: bool = False) -> KeyRecord:
        """Set the moment from which it works no more; None: never."""

        def alter(record: KeyRecord, others: Keys) -> KeyRecord:
            old_us = record.expires_us
            if expires_us is not None and not force and (old_us is None or expires_us < old_us):
                _keep_one_manager(record, others, self._clock.now_us(), expires_us)
            return structs.replace(record, expires_us=expires_us)

        return self._change(key_hash, alter)

    def limit(self, key_hash: str, limits: Change) -> KeyRecord:
        """Give it the limits that `limits` makes of those it has."""
        return self.update(key_hash, limits=limits)

    def _change(self, key_hash: str, alter: Alter) -> KeyRecord:
        """All of a change is decided on what is stored while nobody else can write."""

        def change(record: KeyRecord, others: Keys) -> KeyRecord:
            changed = alter(record, others)
            changed.limits.check("limits")
            return structs.replace(changed, updated_us=self._clock.now_us())

        try:
            return self._store.change(key_hash, change)
        except KeyError:
            raise _gone() from None


def _keep_one_manager(
    record: KeyRecord, others: Keys, now_us: int, at_us: int | None = None
) -> None:
    """Raise LastManagementKey if none works once this one has stopped, at `at_us` or now."""
    then_us = now_us if at_us is None else at_us
    if _manages(record, now_us) and not any(_manages(other, then_us) for other in others):
        raise LastManagementKey(
            "No other management key would work then, and nobody could manage the server "
            "over its API; make another with `darkhorse key create --kind management`, "
            "or say --force."
        )


def _gone() -> NoSuchKey:
    return NoSuchKey("That key was deleted meanwhile.")


def is_expired(record: KeyRecord, now_us: int) -> bool:
    """Is it over, whether disabled or not?"""
    return record.expires_us is not None and record.expires_us <= now_us


def _manages(record: KeyRecord, at_us: int) -> bool:
    return record.kind == "management" and not record.disabled and not is_expired(record, at_us)


def refuse_secret(name: str) -> None:
    """Raises ConfigError, which does not repeat it, where somebody named a key by itself."""
    if name.startswith(_KEY):
        raise ConfigError(
            "That is a key itself, which should stand on no command line; name it by its "
            "label or by the beginning of its hash, as `darkhorse key list` shows them."
        )


def _is_called(record: KeyRecord, name: str) -> bool:
    by_hash = _HEX.fullmatch(name) is not None and record.hash.startswith(name)
    return by_hash or (bool(name) and record.label == name)


def _check_label(label: str) -> None:
    if not _LABEL.fullmatch(label):
        raise ConfigError(
            "A label is at most 200 characters, on one line, and turns no direction of writing."
        )
    if label and not label.strip():
        raise ConfigError("A label of blanks alone names nothing; write a word, or leave it out.")
    if _KEY in label:
        raise ConfigError("A label must not hold a key: it is stored and shown as it is.")
