"""Who may come in: by a link, once, or by a management key; then by a cookie that ends.

What is stored are hashes. A session made with a key lives no longer than that key works.
"""

import asyncio
import hashlib
from collections.abc import Callable

from msgspec import structs

from darkhorse.accounts.keys import KeyRing
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError, Unauthorized
from darkhorse.storage.desk import DeskSession, DeskStore

__all__ = ["COOKIE", "ENTER", "IDLE_S", "LINK_S", "MOST_S", "Sessions", "Stay", "add_link"]

COOKIE = "darkhorse_desk"
ENTER = "/enter"
LINK_S = 600
IDLE_S = 12 * 3600
MOST_S = 7 * 24 * 3600
_NOTED_S = 60  # a use is written down at most this often
_BELIEVED_S = 0.9  # a stream that looks each second asks each time
_SECOND_US = 1_000_000
_MOST_BROWSER = 300


def add_link(store: DeskStore, clock: Clock, mint: Callable[[], str]) -> str:
    """The token of a new link, which lets one browser in, within `LINK_S`."""
    token = mint()
    store.add_link(_hash(token), clock.now_us() + LINK_S * _SECOND_US)
    return token


class Stay:
    """May who was let in stay? For streams, which outlive the request that passed the gate."""

    def __init__(self, goes_on: Callable[[], bool], clock: Clock) -> None:
        """Who asks for it was let in just now. `goes_on` blocks."""
        self._goes_on, self._clock = goes_on, clock
        self._is_over = False
        self._asked_at = clock.monotonic()

    async def goes_on(self) -> bool:
        """Asked of the store again unless that was a moment ago; once it is over, it stays so."""
        now = self._clock.monotonic()
        if not self._is_over and now - self._asked_at >= _BELIEVED_S:
            self._is_over = not await asyncio.to_thread(self._goes_on)
            self._asked_at = now
        return not self._is_over


class Sessions:
    """Over a store that outlives the process. `ring`: None where there are no keys. Blocks."""

    def __init__(
        self, store: DeskStore, clock: Clock, mint: Callable[[], str], ring: KeyRing | None
    ) -> None:
        self._store, self._clock, self._mint, self._ring = store, clock, mint, ring

    @property
    def takes_keys(self) -> bool:
        """Can anybody come in by a key?"""
        return self._ring is not None

    def enter_by_link(self, token: str, *, browser: str, before: str = "") -> str:
        """A new session's cookie; empty where the link is used, old or wrong.

        `before`: the cookie that the browser had; that session ends.
        """
        now_us = self._clock.now_us()
        if not self._store.spend_link(_hash(token), now_us):
            return ""
        return self._begin(
            DeskSession(id="", made_us=now_us, used_us=now_us, by="link"), browser, before
        )

    def enter_by_key(self, key: str, *, browser: str, before: str = "") -> str:
        """The same for a management key. Raises ConfigError, which says nothing of the key."""
        if self._ring is None:
            raise ConfigError("There are no keys here; use the link that `darkhorse desk` prints.")
        self._ring.load()
        try:
            record = self._ring.known(_hash(key))
        except Unauthorized as e:
            raise ConfigError(f"That key does not work. {e}") from None
        if record.kind != "management":
            raise ConfigError(
                "That is a developer key; the desk wants a management key, which "
                "`darkhorse key create --kind management` makes."
            )
        now_us = self._clock.now_us()
        session = DeskSession(
            id="", made_us=now_us, used_us=now_us, by="key", key=record.hash, label=record.label
        )
        return self._begin(session, browser, before)

    def session(self, cookie: str) -> DeskSession | None:
        """Whose cookie it is, if that session goes on. Being asked is being used."""
        found = self._store.session(_hash(cookie)) if cookie else None
        now_us = self._clock.now_us()
        if found is None or not self._goes_on(found, now_us):
            return None
        if now_us - found.used_us >= _NOTED_S * _SECOND_US:
            self._store.use(found.id, now_us)
        return found

    def stay(self, session_id: str) -> Stay:
        """Of a session that was found just now. To stay is not to use it."""

        def goes_on() -> bool:
            found = self._store.session(session_id)
            return found is not None and self._goes_on(found, self._clock.now_us())

        return Stay(goes_on, self._clock)

    def all(self) -> list[DeskSession]:
        """Those that go on, the last used first."""
        now_us = self._clock.now_us()
        return [each for each in self._store.sessions() if self._goes_on(each, now_us)]

    def ends_us(self, session: DeskSession) -> int:
        """When it ends if it is not used again."""
        return min(session.used_us + IDLE_S * _SECOND_US, session.made_us + MOST_S * _SECOND_US)

    def end(self, session_id: str) -> None:
        """It is over now."""
        self._store.end(session_id)

    def end_others(self, session_id: str) -> int:
        """All but this one are over; returns how many those were."""
        return self._store.end_others(session_id)

    def leave(self, cookie: str) -> None:
        """Its session ends."""
        self._store.end(_hash(cookie))

    def _goes_on(self, session: DeskSession, now_us: int) -> bool:
        """A session of a key that works no more is ended for good."""
        if now_us >= self.ends_us(session):
            return False
        if session.by == "key" and not self._works(session.key):
            self._store.end(session.id)
            return False
        return True

    def _works(self, key_hash: str) -> bool:
        if self._ring is None:
            return False
        self._ring.load()
        try:
            return self._ring.known(key_hash).kind == "management"
        except Unauthorized:
            return False

    def _begin(self, session: DeskSession, browser: str, before: str) -> str:
        """Always under a new name: one that somebody planted is worth nothing."""
        now_us, cookie = session.made_us, self._mint()
        if before:
            self._store.end(_hash(before))
        self._store.forget(now_us - IDLE_S * _SECOND_US, now_us - MOST_S * _SECOND_US, now_us)
        self._store.add(structs.replace(session, id=_hash(cookie), browser=browser[:_MOST_BROWSER]))
        return cookie


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
