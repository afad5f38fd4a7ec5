"""What facts say to the operator. Private: endpoints are named."""

from pathlib import Path

from msgspec import structs
from sqlalchemy.exc import DatabaseError

from darkhorse.base.clock import Clock
from darkhorse.storage.figures import Quantiles
from darkhorse.storage.launch_view import HourUse, LaunchView, Window
from darkhorse.storage.ledger.facts import FACTS_FILE, unusable_facts
from darkhorse.storage.ledger.operator import OperatorFacts
from darkhorse.wiring.refusals import RefusedDesk

__all__ = ["HourUse", "LaunchDesk", "LaunchView", "Quantiles", "Window"]


class LaunchDesk:
    """Looks at one launch after another, in the data directory of a server that may run."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self._path = data / FACTS_FILE
        self._clock = clock
        self._facts = OperatorFacts(self._path)
        self._refused = RefusedDesk(data, clock)

    def view(self, listing: str, live_us: int | None = None) -> LaunchView:
        """A launch as of now. Raises ConfigError if the facts cannot be read."""
        try:
            seen = self._facts.launch_view(listing, self._clock.now_us(), live_us)
        except DatabaseError as e:
            raise unusable_facts(self._path, e) from None
        refused = self._refused.of(listing)
        if refused is None:
            return seen
        return structs.replace(seen, refused=refused.listing, refused_nameless=refused.nameless)

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._facts.close()
        self._refused.close()
