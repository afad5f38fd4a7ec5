"""How each endpoint fares. In memory and without a clock: a restart gives each a new chance.

    up ──account refused, busy, or failures in a row──▶ resting ──time──▶ on trial
    up ◀──────────────────an answer────────────────── on trial ──fault──▶ resting

An endpoint whose account is refused is not asked while it rests. Any other is still the last
resort, so that a listing is never down for longer than its engine. On trial an endpoint is asked
one thing at a time. What a request has brought on itself, and a client that hangs up, say nothing.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.cloak.faults import blame
from darkhorse.wire.faults import UpstreamFault

__all__ = ["Health", "Standing"]

_BUSY_S = 1.0  # rest of a busy upstream that does not say for how long
_TRIAL_S = 1.0  # when to ask again while somebody else's request is the trial
_MOST_DOUBLINGS = 20  # a bound for arithmetic; the setting is reached long before
_NEVER = float("-inf")


class Standing(Struct, frozen=True, kw_only=True):
    """How one endpoint stands. Its name is the operator's: private."""

    name: str
    state: Literal["up", "trial", "resting"]
    left_s: float = 0.0  # seconds of its rest to come
    failures: int = 0  # in a row
    refused: bool = False  # it rests because it does not honour our account


class _Record:
    """An endpoint about which there is something to say. Monotonic seconds."""

    __slots__ = ("failures", "held_until", "refused", "rested_since", "rests", "until")

    def __init__(self) -> None:
        self.failures = 0  # in a row
        self.rests = 0  # because of failures, without an answer between
        self.rested_since = _NEVER
        self.until = _NEVER  # end of its rest
        self.held_until = _NEVER  # a trial runs; not for ever, should its end be missed
        self.refused = False

    def rest(self, now: float, seconds: float, *, refused: bool = False) -> None:
        self.rested_since = now
        self.until = now + seconds if refused else max(self.until, now + seconds)
        self.refused = refused

    def is_free(self, now: float) -> bool:
        """Neither resting nor in the middle of a trial?"""
        return now >= self.until and now >= self.held_until

    def is_on_trial(self, now: float) -> bool:
        return self.rested_since != _NEVER and now >= self.until


class Health:
    """Endpoints that are not simply well. Moments are monotonic seconds."""

    def __init__(self, settings: UpstreamSettings) -> None:
        self._settings = settings
        self._records: dict[Endpoint, _Record] = {}

    def take(self, endpoints: Iterable[Endpoint], now: float) -> Endpoint | None:
        """The one of `endpoints` to ask: the first that is well, else the first that may be asked.

        Whoever takes one says afterwards what came of it: `answered`, `failed` or `released`.
        """
        last_resort = None
        for endpoint in endpoints:
            record = self._records.get(endpoint)
            if record is None:
                return endpoint
            if record.is_free(now):
                if record.is_on_trial(now):
                    record.held_until = now + self._settings.cooldown_s
                return endpoint
            if last_resort is None and not record.refused:
                last_resort = endpoint
        return last_resort

    def began(self, endpoint: Endpoint, asked_at: float) -> None:
        """The first of an answer came: our account is honoured. Whether it ends well is open."""
        record = self._records.get(endpoint)
        if record and asked_at >= record.until:
            record.refused = False
            record.held_until = _NEVER

    def answered(self, endpoint: Endpoint, asked_at: float) -> None:
        """It was asked at `asked_at` and gave a whole answer."""
        record = self._records.get(endpoint)
        if record and asked_at >= record.rested_since:
            del self._records[endpoint]

    def failed(self, endpoint: Endpoint, asked_at: float, now: float, fault: UpstreamFault) -> None:
        """It was asked at `asked_at`, and this came of it."""
        whose = blame(fault)
        if whose == "request":
            self.released(endpoint, asked_at)
            return
        record = self._records.setdefault(endpoint, _Record())
        if asked_at < record.rested_since:
            return  # it rests for that already, or has done so
        record.held_until = _NEVER
        if whose == "account":
            record.rest(now, self._settings.cooldown_s, refused=True)
        elif whose == "busy":
            wished = _BUSY_S if fault.retry_after is None else fault.retry_after
            record.rest(now, min(wished, self._settings.cooldown_s))
        else:
            self._count(record, now)

    def _count(self, record: _Record, now: float) -> None:
        """One more failure in a row; does it rest now?"""
        record.failures += 1
        many = record.failures >= self._settings.failures_in_row
        if now >= record.until and (many or record.is_on_trial(now)):
            longest = max(self._settings.cooldown_s, self._settings.longest_cooldown_s)
            doubled = self._settings.cooldown_s * 2 ** min(record.rests, _MOST_DOUBLINGS)
            record.rests += 1
            record.rest(now, min(doubled, longest))

    def released(self, endpoint: Endpoint, asked_at: float) -> None:
        """It was asked, and what came of it says nothing of the endpoint."""
        record = self._records.get(endpoint)
        if record and asked_at >= record.until:
            record.held_until = _NEVER

    def wait_s(self, endpoints: Iterable[Endpoint], now: float) -> float:
        """Seconds until the first of `endpoints` may be asked again; 0 if one may now."""
        waits = (self._wait_s(endpoint, now) for endpoint in endpoints)
        return min(waits, default=0.0)

    def _wait_s(self, endpoint: Endpoint, now: float) -> float:
        record = self._records.get(endpoint)
        if record is None or not record.refused or record.is_free(now):
            return 0.0
        return max(record.until - now, _TRIAL_S)

    def view(self, endpoints: Iterable[Endpoint], now: float) -> list[Standing]:
        """How each of `endpoints` stands: no address, no model, nothing an upstream said."""
        return [self._standing(endpoint, now) for endpoint in endpoints]

    def _standing(self, endpoint: Endpoint, now: float) -> Standing:
        record = self._records.get(endpoint)
        if record is None:
            return Standing(name=endpoint.name, state="up")
        if now < record.until:
            state: Literal["up", "trial", "resting"] = "resting"
        else:
            state = "trial" if record.is_on_trial(now) else "up"
        return Standing(
            name=endpoint.name,
            state=state,
            left_s=max(0.0, record.until - now),
            failures=record.failures,
            refused=record.refused,
        )
