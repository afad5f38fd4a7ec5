"""traits.sqlite: who describes generations, and who reads what came of it. Private."""

from collections.abc import Sequence
from pathlib import Path

from darkhorse.analytics.describing import describer
from darkhorse.base.clock import Clock
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.traits.describing import Describing
from darkhorse.storage.ledger.traits.file import drop_all, has_shape
from darkhorse.storage.ledger.traits.forgetting import forget_some
from darkhorse.storage.ledger.traits.reader import LedgerTraits
from darkhorse.storage.state.engine import open_engine, writing

__all__ = ["LedgerTraits", "forget_traits", "open_describing", "open_traits_of"]


def open_describing(layout: Layout, clock: Clock) -> Describing:
    """The keeper's chore. Raises ConfigError."""
    return Describing(layout, clock, describer())


def open_traits_of(data: Path) -> LedgerTraits:
    """The operator's reader, in the data directory of a server that may run."""
    return LedgerTraits(Layout(data))


def forget_traits(layout: Layout, generations: Sequence[str]) -> bool:
    """Take some of these out; True: call again. Needs no Describer, so an erasure may run alone.

    A file of another shape goes: whoever made it counted otherwise, and it holds what people wrote.
    """
    if not layout.traits.exists():
        return False
    engine = open_engine(layout.traits)
    try:
        with writing(engine).begin() as connection:
            if not has_shape(connection):
                drop_all(connection)
                return False
            return forget_some(connection, generations)
    finally:
        engine.dispose()
