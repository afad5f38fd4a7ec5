"""What every generation works with; one for all."""

from collections.abc import Callable, Mapping

from darkhorse.base.chance import Draw
from darkhorse.base.clock import Clock
from darkhorse.base.ids import IdSource
from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.router.health import Health
from darkhorse.router.late import LateEnds
from darkhorse.storage.ports import Journal
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.upstream.base import Upstream

__all__ = ["Means"]


class Means:
    """Given by wiring. `draw` decides which of several endpoints is asked first."""

    def __init__(
        self,
        *,
        upstreams: Mapping[Endpoint, Upstream],
        journal: Journal,
        clock: Clock,
        ids: IdSource,
        draw: Draw,
        settings: UpstreamSettings,
        on_end: Callable[[StartRecord, EndRecord], None],
    ) -> None:
        self.upstreams = upstreams
        self.journal = journal
        self.clock = clock
        self.ids = ids
        self.draw = draw
        self.settings = settings
        self.health = Health(settings)
        self.on_end = on_end
        self.late = LateEnds(journal)
