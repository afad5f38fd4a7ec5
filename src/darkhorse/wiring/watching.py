"""What the relay tells of itself: requests in the log, figures for Prometheus."""

from pathlib import Path

from darkhorse.api.gauges import ChoreSeen, KeeperSeen, Seen
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
from darkhorse.wiring.keeper_report import read_report

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
    data: Path,
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
            keeper=lambda: _keeper(data),
        )
    )


def _keeper(data: Path) -> KeeperSeen | None:
    report = read_report(data)
    if report is None:
        return None
    chores = (ChoreSeen(each.name, each.ok_us, bool(each.problem)) for each in report.chores)
    return KeeperSeen(report.journal_files, report.journal_bytes, tuple(chores))


def _is_writable(journal: Journal) -> bool:
    try:
        journal.check()
    except LedgerUnavailable:
        return False
    return True
