"""Finding what people wrote, in the data directory of a server that may run. Private."""

from pathlib import Path

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.search.find import Findings, Hit, IndexState, Search

__all__ = ["Findings", "Hit", "IndexState", "SearchDesk"]


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
