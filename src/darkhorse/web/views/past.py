"""A launch that is over, as a line of the front page or the archive."""

from msgspec import Struct

from darkhorse.catalog.launch import PublicLaunch, Reveal
from darkhorse.web.views.known import Figures, Known
from darkhorse.web.views.moments import Moment, day, lasting

__all__ = ["PastLaunch", "Term", "ended_us", "past_launch", "shown_reveal", "term"]


class Term(Struct, frozen=True, kw_only=True):
    """From when to when it was live."""

    since: Moment
    until: Moment
    lasted: str


class PastLaunch(Struct, frozen=True, kw_only=True):
    """`who` is empty before the reveal."""

    slug: str
    title: str
    term: Term
    figures: Figures | None
    who: str


def past_launch(launch: PublicLaunch, known: Known) -> PastLaunch:
    reveal = shown_reveal(launch)
    return PastLaunch(
        slug=launch.listing.slug,
        title=launch.listing.title,
        term=term(launch, known.now_us),
        figures=known.figures(launch.listing.slug),
        who=f"{reveal.model} by {reveal.maker}" if reveal else "",
    )


def term(launch: PublicLaunch, now_us: int) -> Term:
    """It ended when its window did or when it was retired, whichever came first."""
    life = launch.life
    since = life.live_us or life.created_us
    until = ended_us(launch, now_us)
    return Term(since=day(since), until=day(until), lasted=lasting(until - since))


def ended_us(launch: PublicLaunch, now_us: int) -> int:
    """When its window did or it was retired, whichever came first."""
    return min(filter(None, (launch.life.retired_us, launch.life.closes_us, now_us)))


def shown_reveal(launch: PublicLaunch) -> Reveal | None:
    """Who it was, and only once that has been said: a reveal that waits is not shown."""
    return launch.reveal if launch.life.state == "revealed" else None
