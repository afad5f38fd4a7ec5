"""What the floors above ask of storage."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from darkhorse.catalog.audits import Audit
from darkhorse.catalog.launch import Launch, Move, PublicLaunch
from darkhorse.catalog.limits import UNLIMITED, Limits
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = [
    "Alter",
    "Check",
    "Journal",
    "KeyKind",
    "KeyRecord",
    "KeyStore",
    "LaunchStore",
    "ListingTotals",
    "PublicFacts",
    "PublicLaunches",
]

KeyKind = Literal["developer", "management"]


class Journal(Protocol):
    """The durable, append-only log of one process.

    Both methods wait while the queue is full (push-back) and return a future that is done when
    the frame is on stable storage. Either may raise LedgerUnavailable, the future too, also where
    that takes too long: then `fate` knows more.
    """

    async def start(self, record: StartRecord, body: bytes) -> "asyncio.Future[None]":
        """Append a start frame with the request body as it came."""
        ...

    async def end(self, record: EndRecord, answer: bytes) -> "asyncio.Future[None]":
        """Append an end frame with the answer as it went (`Answer` as JSON)."""
        ...

    def fate(self, done: "asyncio.Future[None]") -> "asyncio.Future[bool] | None":
        """Of a future that failed because the disk is slow: will the frame have been written?

        None: it was not, and will not be.
        """
        ...

    def check(self) -> None:
        """Raise LedgerUnavailable if nothing can be written just now."""
        ...


class KeyRecord(Struct, frozen=True, kw_only=True):
    """A key as it is stored: its SHA-256, never itself."""

    hash: str  # hex
    kind: KeyKind
    label: str
    created_us: int
    disabled: bool = False
    expires_us: int | None = None
    limits: Limits = UNLIMITED
    updated_us: int | None = None  # when it was last changed; None: never


class KeyStore(Protocol):
    """Keys, and a number that grows with every change to them."""

    def version(self) -> int: ...

    def keys(self) -> list[KeyRecord]: ...

    def add(self, record: KeyRecord) -> None:
        """Store a key. One that is there already stays as it is."""
        ...

    def change(self, key_hash: str, alter: "Alter") -> KeyRecord:
        """Store what `alter` makes of a key: all but its hash may change. Returns what is stored.

        From reading to writing nobody else can change any key, in no process. What `alter` raises
        comes out, and nothing was changed. Raises KeyError where there is no such key.
        """
        ...

    def delete(self, key_hash: str, at_us: int, check: "Check") -> None:
        """Forget a key for good: it is never listed and never added again.

        `check` may raise against it, as `alter` may in `change`. Raises KeyError: no such key.
        """
        ...


Alter = Callable[[KeyRecord, Sequence[KeyRecord]], KeyRecord]
"""Makes the next record of a key from the one that is stored; it is given all others too."""

Check = Callable[[KeyRecord, Sequence[KeyRecord]], None]


class LaunchStore(Protocol):
    """Launches, each with its moves and audits, and a number that grows with every move."""

    def version(self) -> int: ...

    def launches(self) -> list[Launch]:
        """All of them, oldest first."""
        ...

    def moves(self, launch_id: str) -> list[Move]:
        """Every move of one launch, first to last."""
        ...

    def add(self, launch: Launch, move: Move) -> None:
        """A new launch. Raises ConfigError if one of its names is taken."""
        ...

    def change(self, launch: Launch, move: Move) -> None:
        """Replace the launch as it was one revision before; note the move with it.

        Raises ConfigError if somebody else moved it meanwhile: then nothing was changed.
        """
        ...

    def discard(self, launch: Launch) -> None:
        """Forget a draft, its moves and audits. Raises ConfigError if it is none, or was moved."""
        ...

    def audits(self, launch_id: str) -> list[Audit]:
        """Every audit of one launch, newest first."""
        ...

    def add_audit(self, launch_id: str, audit: Audit) -> None:
        """Keep one. Raises ConfigError where there is no such launch any more."""
        ...


class PublicLaunches(Protocol):
    """The public's reader of launches: there is no private side in it, and no draft."""

    def launches(self) -> list[PublicLaunch]:
        """Newest first, live or past."""
        ...


class ListingTotals(Struct, frozen=True, kw_only=True):
    """What the public may know of a listing's traffic. Tokens are public tokens."""

    listing: str
    requests: int
    prompt_tokens: int
    completion_tokens: int


class PublicFacts(Protocol):
    """The public's reader of the ledger: no endpoint, no prompt, no native count in it."""

    def totals(self) -> dict[str, ListingTotals]:
        """By listing slug."""
        ...
