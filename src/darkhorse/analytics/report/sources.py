"""What a launch report is made from."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from darkhorse.catalog.audits import Audit
from darkhorse.catalog.launch import Launch, Move
from darkhorse.storage.figures import PublicFigures
from darkhorse.storage.insight import RecordedGenerations, SpanFacts
from darkhorse.storage.notes import NoteStore
from darkhorse.storage.reports import ReportStore
from darkhorse.storage.traits import Counts, TraitFacts

__all__ = ["HOUR_US", "Life", "Sources", "counts_of", "life_of"]

HOUR_US = 3_600_000_000


class Sources(Struct, frozen=True, kw_only=True):
    """Readers, and what is known of the launch. `turned_away`: by error type; None: not known."""

    launch: Launch
    moves: Sequence[Move]
    audits: Sequence[Audit]  # newest first
    spans: SpanFacts
    traits: TraitFacts
    figures: PublicFigures
    records: RecordedGenerations
    reports: ReportStore
    notes: NoteStore
    turned_away: Mapping[str, int] | None = None


class Life(Struct, frozen=True, kw_only=True):
    """The time that a report is about: from its going live to its end, or to now."""

    since_us: int
    until_us: int

    @property
    def hours(self) -> int:
        """Hours of the clock that it touches."""
        return max(1, -(-self.until_us // HOUR_US) - self.since_us // HOUR_US)

    @property
    def last_us(self) -> int:
        """The last moment in it, for readers that count both ends."""
        return max(self.since_us, self.until_us - 1)


def life_of(launch: Launch, now_us: int) -> Life:
    """Of a draft it is empty: nobody could ask."""
    life = launch.life
    since_us = life.live_us or now_us
    ended_us = life.retired_us or (life.closes_us if life.is_over(now_us) else None) or now_us
    return Life(since_us=since_us, until_us=max(since_us, min(ended_us, now_us)))


def counts_of(sources: Sources, life: Life) -> Counts:
    """All of it together."""
    slug = sources.launch.listing.slug
    found = sources.traits.sums(slug, life.since_us, life.last_us, "all")
    return next((each.counts for each in found), Counts())
