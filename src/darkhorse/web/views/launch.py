"""`/{author}/{slug}`: one launch, from its going live on."""

from collections.abc import Sequence

from msgspec import Struct, structs

from darkhorse.catalog import notices
from darkhorse.catalog.commitment import check_command
from darkhorse.catalog.launch import PublicLaunch, Reveal, State
from darkhorse.storage.accounting import AppRow
from darkhorse.storage.figures import DayFigures, HourFigures, TopicDay, unpaced
from darkhorse.web.charts import Chart
from darkhorse.web.views.apps import MOST_APPS, AppLine, app_lines
from darkhorse.web.views.bars import Bar
from darkhorse.web.views.calls import Call, calls
from darkhorse.web.views.card import Fact, facts, limit_facts, parameters
from darkhorse.web.views.days import activity
from darkhorse.web.views.known import Known
from darkhorse.web.views.links import Link, links
from darkhorse.web.views.moments import Countdown, Moment, countdown, day, minute, second
from darkhorse.web.views.past import Term, shown_reveal, term
from darkhorse.web.views.quality import DAY_S, HOUR_S, Performance, performance
from darkhorse.web.views.spans import Span
from darkhorse.web.views.tiles import Tile, pace_tiles, so_far, use_tiles
from darkhorse.web.views.topics import topic_bars

__all__ = ["LaunchFigures", "LaunchPage", "Line", "launch_page", "launch_tiles"]


class LaunchFigures(Struct, frozen=True, kw_only=True):
    """What was read of one listing, of the days of `span`; empty where it could not be."""

    span: Span
    days: Sequence[DayFigures] = ()
    pace: Sequence[HourFigures] = ()  # by hour, or by day
    is_by_day: bool = False
    quality: HourFigures | None = None  # of a live one's last 24 hours, of a past one's whole life
    apps: Sequence[AppRow] = ()
    topics: Sequence[TopicDay] = ()


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
    tiles: tuple[Tile, ...]
    as_of: Moment | None
    activity: Chart
    performance: Performance
    topics: tuple[Bar, ...]
    apps: tuple[AppLine, ...]
    history: tuple[Line, ...]
    since: Moment
    countdown: Countdown | None
    calls: tuple[Call, ...]
    parameters: tuple[Fact, ...]
    limits: tuple[Fact, ...]
    term: Term | None
    farewell: str
    reveal: Reveal | None
    commitment: str
    check: str  # a line of shell that prints the commitment again; after the reveal
    linked_data: dict[str, object]  # schema.org, for search engines

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Those that are drawn."""
        return tuple(
            each for each in (self.activity, *self.performance.charts) if not each.is_empty
        )


def launch_page(
    launch: PublicLaunch, known: Known, figures: LaunchFigures, base_url: str
) -> LaunchPage:
    listing = launch.listing
    state = known.state(launch)
    is_live = state == "live"
    reveal = shown_reveal(launch)
    unnamed = launch if reveal else structs.replace(launch, reveal=None)
    pace = unpaced(figures.pace, listing.rhythm)
    summary = _summary(unnamed, known.now_us, is_live=is_live)
    return LaunchPage(
        state=state,
        title=listing.title,
        heading=_heading(listing.title, state, reveal),
        summary=summary,
        slug=listing.slug,
        aliases=listing.aliases,
        description=listing.description,
        disclosure=listing.told,
        identity=listing.identity,
        facts=facts(listing),
        links=links(listing),
        tiles=launch_tiles(launch, known, figures),
        as_of=second(known.totals_at_us) if known.totals is not None else None,
        activity=activity(figures.days, figures.span),
        performance=performance(
            pace,
            step=DAY_S if figures.is_by_day else HOUR_S,
            is_paced=listing.rhythm.is_paced,
        ),
        topics=topic_bars(figures.topics),
        apps=app_lines(figures.apps),
        history=tuple(Line(minute(each.at_us), each.text) for each in launch.changes),
        since=day(launch.life.live_us or launch.life.created_us),
        countdown=countdown(launch, known.now_us) if is_live else None,
        calls=calls(listing, base_url) if is_live else (),
        parameters=parameters(listing) if is_live else (),
        limits=limit_facts(listing.limits) if is_live else (),
        term=None if is_live else term(launch, known.now_us),
        farewell="" if is_live else notices.farewell(unnamed, known.now_us),
        reveal=reveal,
        commitment=launch.commitment,
        check=check_command(launch.opening) if reveal and launch.opening else "",
        linked_data=_linked_data(listing.title, summary),
    )


def launch_tiles(launch: PublicLaunch, known: Known, figures: LaunchFigures) -> tuple[Tile, ...]:
    """The row of figures; those of a live launch change while its page is open."""
    slug, rhythm = launch.listing.slug, launch.listing.rhythm
    when = so_far(rhythm) if known.state(launch) == "live" else ""
    use = use_tiles(known.figures(slug), slug, when)
    count = len(figures.apps)
    told = f"{count}+" if count >= MOST_APPS else f"{count}"
    apps = Tile(id=f"apps-{slug}", name="Apps", value=told, note="that gave a name")
    quality = unpaced([figures.quality], rhythm)[0] if figures.quality else None
    return (*use, apps, *pace_tiles(quality, slug, is_paced=rhythm.is_paced)) if use else ()


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


def _linked_data(title: str, answer: str) -> dict[str, object]:
    question = {
        "@type": "Question",
        "name": f"Who made {title}?",
        "acceptedAnswer": {"@type": "Answer", "text": answer},
    }
    return {"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": [question]}
