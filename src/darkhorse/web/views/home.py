"""`/`: what is live, and below it what was."""

from msgspec import Struct

from darkhorse.catalog.launch import PublicLaunch
from darkhorse.web.views.calls import Calls, calls
from darkhorse.web.views.known import Figures, Known
from darkhorse.web.views.moments import Countdown, countdown
from darkhorse.web.views.past import PastLaunch, past_launch

__all__ = ["HomePage", "LiveLaunch", "home_page"]

_PAST = 10  # the archive has them all


class LiveLaunch(Struct, frozen=True, kw_only=True):
    """One that can be called now."""

    slug: str
    aliases: tuple[str, ...]
    title: str
    description: str
    disclosure: str
    context: int  # public tokens
    max_output: int
    countdown: Countdown | None
    figures: Figures | None
    calls: Calls


class HomePage(Struct, frozen=True, kw_only=True):
    """`is_known` is false while launches have never been read."""

    live: tuple[LiveLaunch, ...]
    past: tuple[PastLaunch, ...]
    is_known: bool
    base_url: str


def home_page(known: Known, base_url: str) -> HomePage:
    return HomePage(
        live=tuple(_live(each, known, base_url) for each in known.live()),
        past=tuple(past_launch(each, known) for each in known.past()[:_PAST]),
        is_known=known.launches is not None,
        base_url=base_url,
    )


def _live(launch: PublicLaunch, known: Known, base_url: str) -> LiveLaunch:
    listing = launch.listing
    return LiveLaunch(
        slug=listing.slug,
        aliases=listing.aliases,
        title=listing.title,
        description=listing.description,
        disclosure=listing.told,
        context=listing.context,
        max_output=listing.max_output,
        countdown=countdown(launch, known.now_us),
        figures=known.figures(listing.slug),
        calls=calls(listing.slug, base_url),
    )
