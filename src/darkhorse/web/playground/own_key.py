"""Whose page it is: a developer key in a cookie, known by its hash, and asked for anew each time.

A page that holds it is nobody else's: answers are not stored, and what changes something is taken
from our own pages only.
"""

import asyncio
import logging
import math
from collections import OrderedDict
from typing import Final

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from darkhorse.accounts.cookie import COOKIE, COOKIE_S, cookie_name, kept_key
from darkhorse.accounts.keys import KeyRing
from darkhorse.base.clock import Clock
from darkhorse.base.errors import (
    DarkhorseError,
    RateLimited,
    Unauthorized,
    Unavailable,
    whereabouts,
)
from darkhorse.base.secret import Secret
from darkhorse.storage.ports import KeyRecord
from darkhorse.web.same_origin import is_from_here

__all__ = ["OWN", "Held", "OwnKeys", "Tries", "refused_from_there"]

OWN: Final = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
"""Of every page that reads the cookie. Under no-referrer, browsers send forms without Origin."""

_log = logging.getLogger(__name__)
_AWAY = "Keys cannot be read just now. Try again in a moment."
_NOT_FROM_THERE = "This was sent by a page of somebody else's, so nothing was done.\n"
_UNKNOWN = "That key is not known here. Check that all of it was copied."
_MANAGEMENT = (
    "That is a management key, and it stays out of browsers' playgrounds. Use a developer key; "
    "`darkhorse key create` makes one."
)
_MOST_WRONG = 10
_WINDOW_S = 600.0
_MOST_VISITORS = 10_000


class Held(Struct, frozen=True, kw_only=True):
    """What a browser holds: a key that works, or a sentence on why the one it has does not."""

    key: KeyRecord | None = None
    problem: str = ""


class Tries:
    """Wrong keys of each visitor; of too many visitors, the one seen longest ago is forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    def check(self, visitor: str) -> None:
        """Raises RateLimited."""
        recent = self._recent(visitor)
        if len(recent) >= _MOST_WRONG:
            wait = math.ceil(recent[0] + _WINDOW_S - self._clock.monotonic())
            minutes = -(-wait // 60)
            raise RateLimited(
                f"Too many wrong keys came from your network address. Try again in {minutes} "
                f"minute{'s' * (minutes != 1)}.",
                retry_after=wait,
            )

    def was_wrong(self, visitor: str) -> None:
        """One more."""
        self._wrong[visitor] = [*self._recent(visitor), self._clock.monotonic()]
        self._wrong.move_to_end(visitor)
        if len(self._wrong) > _MOST_VISITORS:
            self._wrong.popitem(last=False)

    def _recent(self, visitor: str) -> list[float]:
        since = self._clock.monotonic() - _WINDOW_S
        return [at for at in self._wrong.get(visitor, ()) if at > since]


class OwnKeys:
    """Looks keys up; the state is read again each time, so a deleted key is out at once."""

    def __init__(self, ring: KeyRing, clock: Clock) -> None:
        self._ring = ring
        self._tries = Tries(clock)

    async def held(self, request: Request) -> Held:
        """What this browser has in its cookie."""
        key = kept_key(request.headers.getlist("cookie"), _name(request))
        if key is None:
            return Held()
        try:
            return Held(key=await self._known(key))
        except DarkhorseError as e:
            return Held(problem=e.message)

    async def try_key(self, text: str, visitor: str) -> Secret:
        """A key that somebody typed. Raises DarkhorseError with a sentence for the page."""
        key = kept_key([f"{COOKIE}={text.strip()}"]) or Secret("")
        try:
            await self._known(key)
        except Unauthorized:  # only who is wrong is held up: others come from the same address
            self._tries.check(visitor)
            self._tries.was_wrong(visitor)
            raise
        return key

    async def _known(self, key: Secret) -> KeyRecord:
        try:
            await asyncio.to_thread(self._ring.load)
        except Exception as e:  # noqa: BLE001 (whatever it is: who cannot be known is not let in)
            _log.error("Keys cannot be read: %s", whereabouts(e))
            raise Unavailable(_AWAY) from None
        try:
            record = self._ring.authenticate(f"Bearer {key.reveal()}")
        except Unauthorized as e:
            is_usual = e.message == Unauthorized.default_message
            raise Unauthorized(_UNKNOWN if is_usual else e.message) from None
        if record.kind != "developer":
            raise Unauthorized(_MANAGEMENT)
        return record


def refused_from_there(request: Request) -> Response | None:
    """The answer to a request that another site's page sent; None where it is one of ours."""
    if is_from_here(request):
        return None
    return PlainTextResponse(_NOT_FROM_THERE, 403, OWN)


def keep(response: Response, key: Secret, request: Request) -> None:
    """Into the browser's cookie, where no script reads it."""
    response.set_cookie(_name(request), key.reveal(), COOKIE_S, **_flags(request))  # type: ignore[arg-type]


def forget(response: Response, request: Request) -> None:
    """Out of it again."""
    response.delete_cookie(_name(request), **_flags(request))  # type: ignore[arg-type]


def _name(request: Request) -> str:
    return cookie_name(request.headers.get("x-forwarded-proto", ""))


def _flags(request: Request) -> dict[str, object]:
    is_secure = request.headers.get("x-forwarded-proto") == "https"
    return {"path": "/", "secure": is_secure, "httponly": True, "samesite": "strict"}
