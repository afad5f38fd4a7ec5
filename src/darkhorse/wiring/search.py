"""Finding what people wrote, in the data directory of a server that may run. Private."""

from datetime import datetime
from pathlib import Path

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.search.find import Findings, Hit, IndexState, Search

__all__ = ["Findings", "Hit", "IndexState", "SearchDesk", "moment_us"]


class SearchDesk:
    """Answers one question after another. Raises ConfigError where nothing is indexed."""

    def __init__(self, data: Path) -> None:
        layout = Layout(data)
        if not layout.search.exists():
            raise ConfigError(
                f"{layout.search}: not there (--data is {data}); the server makes it when the "
                "first requests are packed, unless the configuration says `search = false` in "
                "[ledger]."
            )
        self._search = Search(layout)

    def state(self) -> IndexState:
        """How far the index is."""
        return self._search.state()

    def find(
        self,
        words: str,
        *,
        listing: str | None = None,
        since_us: int | None = None,
        until_us: int | None = None,
        limit: int = 20,
    ) -> Findings:
        """At most `limit` generations, newest first. Times are microseconds since the epoch."""
        return self._search.find(words, listing, since_us, until_us, limit)

    def close(self) -> None:
        """Let files go; may be called twice."""
        self._search.close()


def moment_us(text: str) -> int:
    """Microseconds since the epoch of a day, or of a moment with its zone. Raises ConfigError."""
    is_day = len(text) == len("2026-12-01")
    try:
        moment = datetime.fromisoformat(f"{text}T00:00Z" if is_day else text)
    except ValueError:
        raise ConfigError(
            f"`{text}` is no moment; write it like 2026-12-01 or 2026-12-01T12:00Z."
        ) from None
    if moment.tzinfo is None:
        raise ConfigError(f"`{text}` has no time zone; add Z for UTC, or an offset like +01:00.")
    return round(moment.timestamp() * 1_000_000)
