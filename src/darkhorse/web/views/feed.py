"""`/feed.xml`: what happened to launches, as RSS 2.0."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from msgspec import Struct, structs

from darkhorse.catalog import notices
from darkhorse.catalog.feed import item
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.web.views.known import Known
from darkhorse.web.views.past import ended_us, shown_reveal

__all__ = ["Event", "events", "feed"]

_MOST = 100


class Event(Struct, frozen=True, kw_only=True):
    """One item. `guid` stays what it is whatever else is said of it."""

    at_us: int
    guid: str
    title: str
    text: str
    slug: str


def events(known: Known) -> list[Event]:
    """Newest first."""
    found = [event for each in known.launches or () for event in _events(each, known)]
    return sorted(found, key=lambda event: (-event.at_us, event.guid))[:_MOST]


def feed(known: Known, base_url: str) -> str:
    """The document; `base_url` (`https://example.org`) is where its readers reach us."""
    home = escape(base_url)
    items = "".join(_item(event, base_url) for event in events(known))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>Trials on Darkhorse</title><link>{home}/</link>"
        "<description>AI models on trial without their maker's name: what goes live, what ends, "
        "and who it was.</description><language>en</language>"
        f'<atom:link href="{home}/feed.xml" rel="self" type="application/rss+xml"/>'
        f"{items}</channel></rss>\n"
    )


def _events(launch: PublicLaunch, known: Known) -> Iterator[Event]:
    listing, life = launch.listing, launch.life
    state, reveal = known.state(launch), shown_reveal(launch)
    unnamed = structs.replace(launch, reveal=None)

    def event(kind: str, at_us: int, title: str, text: str) -> Event:
        guid = f"{listing.slug}#{kind}-{life.live_us or life.created_us}"
        return Event(at_us=at_us, guid=guid, title=title, text=text, slug=listing.slug)

    told = (listing.description, notices.ending(launch), listing.told)
    began = life.live_us or life.created_us
    yield event("live", began, f"{listing.title} is live", "\n\n".join(filter(None, told)))
    if state != "live":
        ended = ended_us(launch, known.now_us)
        farewell = notices.farewell(unnamed, known.now_us)
        yield event("ended", ended, f"The trial of {listing.title} has ended", farewell)
    if reveal:
        who = f"{listing.title} was {reveal.model} by {reveal.maker}"
        at_us = life.revealed_us or ended_us(launch, known.now_us)
        yield event("revealed", at_us, who, notices.revealed(launch))


def _item(event: Event, base_url: str) -> str:
    address = f"{base_url}/{event.slug}"
    return item(event.title, address, event.text, event.at_us / 1_000_000, event.guid)
