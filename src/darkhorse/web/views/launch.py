"""`/{author}/{slug}`: one launch, from its going live on."""

from msgspec import Struct, structs

from darkhorse.catalog import notices
from darkhorse.catalog.commitment import check_command
from darkhorse.catalog.launch import PublicLaunch, Reveal, State
from darkhorse.web.views.calls import Calls, calls
from darkhorse.web.views.card import Fact, facts, limit_facts
from darkhorse.web.views.known import Figures, Known
from darkhorse.web.views.links import Link, links
from darkhorse.web.views.moments import Countdown, Moment, countdown, day, minute
from darkhorse.web.views.past import Term, shown_reveal, term

__all__ = ["LaunchPage", "Line", "launch_page"]


class Line(Struct, frozen=True):
    """A line of its history."""

    at: Moment
    text: str


class LaunchPage(Struct, frozen=True, kw_only=True):
    """What is None or empty is not shown: calls and limits after the end, `reveal` before it."""

    state: State
    title: str
    heading: str  # of the window
    summary: str  # for search engines and previews
    slug: str
    aliases: tuple[str, ...]
    description: str
    disclosure: str
    identity: str
    facts: tuple[Fact, ...]
    links: tuple[Link, ...]
    figures: Figures | None
    history: tuple[Line, ...]
    since: Moment
    countdown: Countdown | None
    calls: Calls | None
    parameters: tuple[str, ...]
    limits: tuple[Fact, ...]
    term: Term | None
    farewell: str
    reveal: Reveal | None
    commitment: str
    check: str  # a line of shell that prints the commitment again; after the reveal


def launch_page(launch: PublicLaunch, known: Known, base_url: str) -> LaunchPage:
    listing = launch.listing
    state = known.state(launch)
    is_live = state == "live"
    reveal = shown_reveal(launch)
    unnamed = launch if reveal else structs.replace(launch, reveal=None)
    return LaunchPage(
        state=state,
        title=listing.title,
        heading=_heading(listing.title, state, reveal),
        summary=_summary(unnamed, known.now_us, is_live=is_live),
        slug=listing.slug,
        aliases=listing.aliases,
        description=listing.description,
        disclosure=listing.told,
        identity=listing.identity,
        facts=facts(listing),
        links=links(listing),
        figures=known.figures(listing.slug),
        history=tuple(Line(minute(each.at_us), each.text) for each in launch.changes),
        since=day(launch.life.live_us or launch.life.created_us),
        countdown=countdown(launch, known.now_us) if is_live else None,
        calls=calls(listing.slug, base_url) if is_live else None,
        parameters=tuple(sorted(listing.parameters)) if is_live else (),
        limits=limit_facts(listing.limits) if is_live else (),
        term=None if is_live else term(launch, known.now_us),
        farewell="" if is_live else notices.farewell(unnamed, known.now_us),
        reveal=reveal,
        commitment=launch.commitment,
        check=check_command(launch.opening) if reveal and launch.opening else "",
    )


def _heading(title: str, state: State, reveal: Reveal | None) -> str:
    if reveal:
        return f"{title} was {reveal.model}"
    return title if state == "live" else f"{title} (ended)"


def _summary(launch: PublicLaunch, now_us: int, *, is_live: bool) -> str:
    title = launch.listing.title
    if not is_live:
        return notices.farewell(launch, now_us)
    told = f"{title}: an AI model on trial that does not say who made it. {notices.ending(launch)}"
    return told.strip()
