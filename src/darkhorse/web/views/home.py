"""`/`: what is live, and below it what was."""

from collections.abc import Sequence

from msgspec import Struct

from darkhorse.catalog.launch import PublicLaunch
from darkhorse.storage.figures import DayFigures
from darkhorse.web.numbers import brief
from darkhorse.web.views.apps import shorter
from darkhorse.web.views.card import Fact, modalities, price_in_words
from darkhorse.web.views.days import tokens_by_day
from darkhorse.web.views.known import Known
from darkhorse.web.views.moments import Countdown, Moment, countdown, second
from darkhorse.web.views.past import PastLaunch, past_launch
from darkhorse.web.views.spans import life
from darkhorse.web.views.tiles import Tile, so_far, use_tiles

__all__ = ["HomePage", "LiveLaunch", "home_page", "home_tiles"]

_PAST = 10  # the archive has them all
_LINE = 200  # characters of a description; its own page has it whole


class LiveLaunch(Struct, frozen=True, kw_only=True):
    """One that can be called now. `days` are empty where it has not lived for two."""

    slug: str
    aliases: tuple[str, ...]
    title: str
    line: str  # the description's first
    disclosure: str
    facts: tuple[Fact, ...]
    countdown: Countdown | None
    tiles: tuple[Tile, ...]
    days: tuple[int, ...]  # public tokens of each
    days_told: str
    is_used: bool  # by anybody yet


class HomePage(Struct, frozen=True, kw_only=True):
    """`is_known` is false while launches have never been read, `as_of` None while totals have."""

    live: tuple[LiveLaunch, ...]
    disclosure: str  # where all that are live say the same
    past: tuple[PastLaunch, ...]
    is_known: bool
    as_of: Moment | None
    base_url: str


def home_page(known: Known, days: Sequence[DayFigures], base_url: str) -> HomePage:
    """`days`: of all listings, as far back as a month."""
    live = known.live()
    told = {each.listing.told for each in live}
    return HomePage(
        live=tuple(_live(each, known, days) for each in live),
        disclosure=told.pop() if len(told) == 1 else "",
        past=tuple(past_launch(each, known) for each in known.past()[:_PAST]),
        is_known=known.launches is not None,
        as_of=second(known.totals_at_us) if known.totals is not None else None,
        base_url=base_url,
    )


def home_tiles(known: Known) -> list[Tile]:
    """Those of it that change while it is open."""
    return [
        tile
        for each in known.live()
        for tile in use_tiles(known.figures(each.listing.slug), each.listing.slug)
    ]


def _live(launch: PublicLaunch, known: Known, days: Sequence[DayFigures]) -> LiveLaunch:
    listing = launch.listing
    figures = known.figures(listing.slug)
    span = life(launch, known.now_us)
    by_day = tokens_by_day(days, listing.slug, span)
    return LiveLaunch(
        slug=listing.slug,
        aliases=listing.aliases,
        title=listing.title,
        line=_line(listing.description),
        disclosure=listing.told,
        facts=(
            Fact("Context", f"{listing.context:,} tokens, answers up to {listing.max_output:,}"),
            Fact("Price", price_in_words(listing.price)),
            Fact(
                "Takes", f"{modalities(listing.input)}; gives {modalities(listing.output).lower()}"
            ),
        ),
        countdown=countdown(launch, known.now_us),
        tiles=use_tiles(figures, listing.slug, so_far(listing.rhythm)),
        days=by_day if len(by_day) > 1 and any(by_day) else (),
        days_told=f"Tokens a day, {len(span)} days; most {brief(max(by_day))}",
        is_used=figures is not None and figures.requests > 0,
    )


def _line(description: str) -> str:
    lines = (line.strip() for line in description.splitlines())
    return shorter(next(filter(None, lines), ""), _LINE)
