"""The desk's readers over any span of time, and of one generation whole."""

from pathlib import Path

from darkhorse.storage.ledger.insight.recorded import LedgerRecorded
from darkhorse.storage.ledger.insight.spans import LedgerSpans
from darkhorse.storage.ledger.layout import Layout

__all__ = ["Insight"]


class Insight:
    """`spans` is a `storage.insight.SpanFacts`, `records` a `RecordedGenerations`."""

    def __init__(self, data: Path) -> None:
        layout = Layout(data)
        self.spans = LedgerSpans(layout.facts)
        self.records = LedgerRecorded(layout)

    def close(self) -> None:
        """Let the files go; may be called twice."""
        self.spans.close()
        self.records.close()
