"""Which endpoints rest. In memory: a restart gives every endpoint a new chance."""

from collections.abc import Sequence

from darkhorse.catalog.listing import Endpoint

__all__ = ["Health"]


class Health:
    """Endpoints, and until when (monotonic seconds) each rests."""

    def __init__(self, cooldown_s: float) -> None:
        self._cooldown_s = cooldown_s
        self._resting: dict[Endpoint, float] = {}

    def rest(self, endpoint: Endpoint, now: float) -> None:
        """Leave the endpoint alone for a while: its upstream does not honour our account."""
        self._resting[endpoint] = now + self._cooldown_s

    def recover(self, endpoint: Endpoint) -> None:
        """It answered."""
        self._resting.pop(endpoint, None)

    def is_up(self, endpoint: Endpoint, now: float) -> bool:
        """May it be asked?"""
        until = self._resting.get(endpoint)
        return until is None or now >= until

    def wait_s(self, endpoints: Sequence[Endpoint], now: float) -> float:
        """Seconds until the first of `endpoints` may be asked again; 0 if one may now."""
        if any(self.is_up(endpoint, now) for endpoint in endpoints):
            return 0.0
        return min(self._resting[endpoint] for endpoint in endpoints) - now
