"""The launch report over a data directory: for the command, beside a running server or without."""

from contextlib import ExitStack, closing
from pathlib import Path

from darkhorse.analytics.report.gather import gather
from darkhorse.analytics.report.shape import Report
from darkhorse.analytics.report.sources import Sources
from darkhorse.base.clock import Clock
from darkhorse.base.ids import RandomIds
from darkhorse.catalog.launch import Launch
from darkhorse.launches.desk import Desk
from darkhorse.storage.state.notes import SqlNoteStore
from darkhorse.storage.state.reports import SqlReportStore
from darkhorse.wiring.figures import Figures
from darkhorse.wiring.insight import Insight
from darkhorse.wiring.refusals import RefusedDesk
from darkhorse.wiring.state import open_state_in
from darkhorse.wiring.traits import open_traits_of

__all__ = ["launch_report"]


def launch_report(desk: Desk, launch: Launch, data: Path, clock: Clock) -> Report:
    """Of one launch, as of now; private. Raises ConfigError."""
    slug = launch.listing.slug
    with ExitStack() as stack:
        engine = open_state_in(data, clock)
        stack.callback(engine.dispose)
        traits = stack.enter_context(closing(open_traits_of(data)))
        insight = stack.enter_context(closing(Insight(data)))
        figures = stack.enter_context(closing(Figures(data)))
        away = stack.enter_context(closing(RefusedDesk(data, clock)))
        refused = away.of(slug)
        sources = Sources(
            launch=launch,
            moves=desk.moves(launch),
            audits=desk.audits(launch),
            spans=insight.spans,
            traits=traits,
            figures=figures,
            records=insight.records,
            reports=SqlReportStore(engine),
            notes=SqlNoteStore(engine, RandomIds().note),
            turned_away=None if refused is None else refused.listing,
        )
        return gather(sources, clock.now_us())
