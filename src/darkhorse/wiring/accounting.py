"""What the account routes and the datasets read, over the ledger of a data directory."""

from pathlib import Path

from darkhorse.storage.ledger.account import LedgerAccount
from darkhorse.storage.ledger.datasets import LedgerDatasets
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.lookup import LedgerGenerations
from darkhorse.storage.ledger.traits.topics import LedgerTopics
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["Accounting"]


class Accounting:
    """The three readers; a listener of the relay's `Means.on_end` like its metrics."""

    def __init__(self, data: Path) -> None:
        layout = Layout(data)
        self.account = LedgerAccount(layout.facts)
        self._topics = LedgerTopics(layout.traits)
        self.datasets = LedgerDatasets(layout.facts, self._topics.topics)
        self.generations = LedgerGenerations(layout)

    def ended(self, start: StartRecord, end: EndRecord) -> None:
        """A generation is over."""
        self.generations.ended(start, end)

    def close(self) -> None:
        """Let the files go; may be called twice."""
        for reader in (self.account, self.datasets, self._topics, self.generations):
            reader.close()
