"""What the public pages read of the ledger."""

from pathlib import Path

from darkhorse.storage.ledger.figures import LedgerFigures
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.traits.topics import LedgerTopics

__all__ = ["Figures"]


class Figures(LedgerFigures):
    """`storage.figures.PublicFigures` over a data directory, which need not be there yet."""

    def __init__(self, data: Path) -> None:
        layout = Layout(data)
        self._topics_read = LedgerTopics(layout.traits)
        super().__init__(layout.facts, self._topics_read.topics)

    def close(self) -> None:
        """Let the files go; may be called twice."""
        super().close()
        self._topics_read.close()
