"""What facts say to a relay that starts, and to the operator. Private: endpoints are named."""

from pathlib import Path

from sqlalchemy.exc import DatabaseError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.facts import FACTS_FILE
from darkhorse.storage.ledger.operator import OperatorFacts
from darkhorse.storage.ledger.usage import Usage, read_usage
from darkhorse.storage.ledger.view import HourUse, LaunchView, Spread, Window

__all__ = ["HourUse", "LaunchDesk", "LaunchView", "Spread", "Usage", "Window", "usage_at_start"]


def usage_at_start(data: Path, now_us: int) -> Usage:
    """What limits start from. Call it when this process has recovered its journal; it blocks."""
    return read_usage(data / FACTS_FILE, data / "journal", now_us)


class LaunchDesk:
    """Looks at one launch after another, in the data directory of a server that may run."""

    def __init__(self, data: Path) -> None:
        self._path = data / FACTS_FILE
        self._facts = OperatorFacts(self._path)

    def view(self, listing: str, now_us: int, live_us: int | None = None) -> LaunchView:
        """A launch as of now. Raises ConfigError if the facts cannot be read."""
        try:
            return self._facts.launch_view(listing, now_us, live_us)
        except DatabaseError as e:
            raise ConfigError(
                f"{self._path}: not usable ({e.orig}); delete it while the server is stopped and "
                "it is made again from the journal."
            ) from None

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._facts.close()
