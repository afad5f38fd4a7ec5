"""What the desk's pages read and do, as wiring hands it over."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from darkhorse.accounts.desk import KeyDesk
from darkhorse.base.clock import Clock
from darkhorse.catalog.launch import Launch
from darkhorse.catalog.limits import LimitSettings
from darkhorse.launches.desk import Desk
from darkhorse.launches.inspection import Inspection, OnStep
from darkhorse.storage.accounting import AccountFacts
from darkhorse.storage.figures import PublicFigures
from darkhorse.storage.finding import Finder
from darkhorse.storage.insight import RecordedGenerations, SpanFacts
from darkhorse.storage.launch_view import LaunchViews
from darkhorse.storage.notes import NoteStore
from darkhorse.storage.reports import ReportStore
from darkhorse.storage.traits import TraitFacts
from darkhorse.web.desk.house import HouseReader

__all__ = ["Inspector", "Means"]


class Inspector(Protocol):
    """Asks the endpoints of a launch what going live needs to know."""

    async def inspect(self, launch: Launch, on_step: OnStep) -> Inspection:
        """As `launches.inspection.inspect`, with a prompt as long as the listing allows."""
        ...


class Means(Struct, frozen=True, kw_only=True):
    """All of it. What blocks on the disk is asked in a thread (`asyncio.to_thread`)."""

    clock: Clock
    launches: Desk
    operator: LaunchViews
    traits: TraitFacts
    spans: SpanFacts  # wiring.insight.Insight, like the next
    records: RecordedGenerations
    figures: PublicFigures
    finder: Finder
    account: AccountFacts
    reports: ReportStore
    notes: NoteStore
    keys: KeyDesk
    limits: LimitSettings  # for every key and address, on all listings together
    house: HouseReader
    inspector: Inspector
    salt: Callable[[], str]  # of a commitment
    data: str  # the data directory, as a shell takes it
    server_url: Callable[[], str]  # of the public API now, for examples; "": not known
