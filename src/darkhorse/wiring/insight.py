"""The desk's readers over any span of time, and of one generation whole."""

from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.insight.recorded import LedgerRecorded
from darkhorse.storage.ledger.insight.spans import LedgerSpans
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.tables import HOUR_US

__all__ = ["Insight"]


class Insight:
    """`spans` is a `storage.insight.SpanFacts`, `records` a `RecordedGenerations`."""

    def __init__(self, data: Path) -> None:
        layout = Layout(data)
        self.spans = LedgerSpans(layout.facts)
        self.records = LedgerRecorded(layout)

    def warm(self, now_us: int) -> None:
        """What the first looks at all launches together need: added up once, then kept. Blocks.

        It is never needed, so what cannot be read is told by the page that is asked for it.
        """
        now_us = -(-now_us // HOUR_US) * HOUR_US
        day_us = 24 * HOUR_US
        with suppress(ConfigError, SQLAlchemyError):
            self.spans.span(None, now_us - 14 * day_us, now_us, 1)
            self.spans.endpoints(None, now_us - 30 * day_us, now_us)
            self.spans.span(None, now_us - 60 * day_us, now_us, 24)

    def close(self) -> None:
        """Let the files go; may be called twice."""
        self.spans.close()
        self.records.close()
