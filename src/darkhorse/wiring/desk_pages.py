"""The desk's pages over a data directory: what they read, and their routes."""

import secrets
import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Thread

from starlette.routing import BaseRoute

from darkhorse.accounts.desk import KeyDesk
from darkhorse.base.clock import Clock
from darkhorse.base.ids import RandomIds
from darkhorse.catalog.limits import LimitSettings
from darkhorse.launches.desk import Desk
from darkhorse.storage.ledger.account import LedgerAccount
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.state.keys import SqlKeyStore
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.storage.state.notes import SqlNoteStore
from darkhorse.storage.state.reports import SqlReportStore
from darkhorse.web.desk.frame import Frame
from darkhorse.web.desk.insight.routes import insight_routes
from darkhorse.web.desk.launches.routes import LaunchPages
from darkhorse.web.desk.means import Means
from darkhorse.web.desk.reporting.routes import reporting_routes
from darkhorse.web.desk.upkeep.routes import upkeep_routes
from darkhorse.wiring.desk_house import HouseWatch
from darkhorse.wiring.desk_readers import Endpoints, FreshFinder, LockedViews
from darkhorse.wiring.figures import Figures
from darkhorse.wiring.insight import Insight
from darkhorse.wiring.state import open_state_in
from darkhorse.wiring.targets import server_url
from darkhorse.wiring.traits import open_traits_of

__all__ = ["DeskMeans"]

_WARM_S = 5.0  # who leaves that soon waits so long, at most


class DeskMeans:
    """All that is open for the desk, until `close`. Raises ConfigError where it cannot be."""

    def __init__(self, data: Path, clock: Clock, limits: LimitSettings) -> None:
        with ExitStack() as stack:
            self.key_store, self.means = _open(data, clock, limits, stack)
            self._open = stack.pop_all()

    def routes(self, frame: Frame) -> Sequence[BaseRoute]:
        """Every page that reads the data directory."""
        means = self.means
        return [
            *insight_routes(frame, means),
            *reporting_routes(frame, means),
            *LaunchPages(frame, means).routes,
            *upkeep_routes(frame, means),
        ]

    def close(self) -> None:
        """May be called twice."""
        self._open.close()


def _open(
    data: Path, clock: Clock, limits: LimitSettings, stack: ExitStack
) -> tuple[SqlKeyStore, Means]:
    engine = open_state_in(data, clock)
    stack.callback(engine.dispose)
    key_store, launches = SqlKeyStore(engine), SqlLaunchStore(engine)
    traits, views, figures = open_traits_of(data), LockedViews(data, clock), Figures(data)
    insight, account = Insight(data), LedgerAccount(Layout(data).facts)

    def slugs() -> list[str]:
        return [each.listing.slug for each in launches.launches()]

    house = HouseWatch(data, clock, slugs=slugs, behind=traits.behind)
    for each in (traits, views, figures, insight, account, house):
        stack.callback(each.close)
    warming = Thread(target=insight.warm, args=(clock.now_us(),), daemon=True)
    warming.start()
    stack.callback(warming.join, _WARM_S)
    return key_store, Means(
        clock=clock,
        launches=Desk(launches, clock, RandomIds().launch),
        operator=views,
        traits=traits,
        spans=insight.spans,
        records=insight.records,
        figures=figures,
        finder=FreshFinder(data),
        account=account,
        reports=SqlReportStore(engine),
        notes=SqlNoteStore(engine, RandomIds().note),
        keys=KeyDesk(key_store, clock, secrets.token_bytes),
        limits=limits,
        house=house,
        inspector=Endpoints(data),
        salt=RandomIds().salt,
        data=shlex.quote(str(data.absolute())),
        server_url=partial(server_url, data),
    )
