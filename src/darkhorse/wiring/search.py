"""Finding what people wrote, in the data directory of a server that may run. Private."""

from pathlib import Path

from sqlalchemy.exc import OperationalError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.search.find import Findings, Hit, IndexState, Search
from darkhorse.storage.ledger.search.repeats import TEXTS, with_repeats
from darkhorse.storage.ledger.traits.again import Again

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
        self._again = Again(layout.traits)

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
        """At most `limit` generations, newest first. Times are microseconds since the epoch.

        What a key wrote more than once is found each time, once it is described: the index names
        the first, which may be another listing's, or older than `since_us`.
        """
        found = self._search.find(words, listing, since_us, until_us, limit)
        texts = self._search.find(words, until_us=until_us, limit=TEXTS)
        try:
            sayings, is_all = self._again.sayings(
                [hit.generation for hit in texts.hits],
                listing=listing,
                since_us=since_us or 0,
                until_us=until_us,
                limit=limit,
            )
        except OperationalError:  # being written just now: the first ones are found all the same
            return Findings(found.hits, complete=False)
        merged = with_repeats(words, found, texts, sayings, limit)
        return Findings(merged.hits, merged.complete and is_all)

    def close(self) -> None:
        """Let files go; may be called twice."""
        self._search.close()
        self._again.close()
