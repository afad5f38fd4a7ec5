"""What the relay tells of itself: requests in the log, figures for Prometheus."""

from darkhorse.api.gauges import Seen
from darkhorse.api.metrics import Metrics
from darkhorse.api.visits import Visits
from darkhorse.base.clock import Clock
from darkhorse.base.errors import LedgerUnavailable, UnknownModel
from darkhorse.base.ids import IdSource
from darkhorse.base.settings import LogSettings
from darkhorse.launches.board import Board
from darkhorse.router.generation import Means
from darkhorse.storage.ledger.journal import FileJournal
from darkhorse.storage.ports import Journal
from darkhorse.wiring import logs

__all__ = ["make_visits", "watch"]


def make_visits(
    settings: LogSettings, clock: Clock, ids: IdSource, board: Board, metrics: Metrics
) -> Visits:
    """A name that no launch answers to is a stranger's own word, and becomes "" everywhere."""

    def slug_of(name: str) -> str:
        try:
            return board.catalogue().seen(name).listing.slug
        except UnknownModel:
            return ""

    return Visits(settings, clock, ids, slug_of=slug_of, refused=metrics.refused)


def watch(
    metrics: Metrics,
    clock: Clock,
    *,
    board: Board,
    visits: Visits,
    means: Means,
    journal: FileJournal,
) -> None:
    """Have the state of all these shown at each scrape."""
    metrics.watch(
        Seen(
            now_us=clock.now_us,
            launches=lambda: [each.public() for each in board.catalogue().launches],
            running=visits.running,
            unrecorded=lambda: len(means.late),
            queued_bytes=lambda: journal.queued_bytes,
            is_writable=lambda: _is_writable(journal),
            dropped_lines=logs.dropped,
        )
    )


def _is_writable(journal: Journal) -> bool:
    try:
        journal.check()
    except LedgerUnavailable:
        return False
    return True
