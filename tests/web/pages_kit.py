"""Launches, a clock held by hand, readers that fail, and one request into the ASGI callable."""

import asyncio
import re
from datetime import date
from html.parser import HTMLParser

import msgspec

from darkhorse.catalog.launch import Change, Life, PublicLaunch, Reveal
from darkhorse.catalog.listing import Listing
from darkhorse.storage.figures import DayFigures, HourFigures
from darkhorse.web.app import make_app

LIVE_US = 1_770_336_000_000_000  # 6 February 2026, 00:00 UTC
HOUR_US = 3600 * 1_000_000
DAY_US = 24 * HOUR_US
NOW_US = LIVE_US + 100_000_000  # of a clock that nobody turned
EPOCH = date(1970, 1, 1).toordinal()
WAITS = 60.0  # a visitor of a test waits for what is read anew, however slow the machine
PONY = Listing(
    slug="stealth/pony-alpha",
    aliases=("pony-alpha", "openrouter/pony-alpha"),
    title="Pony Alpha",
    description="A small model in a cloak.",
    context=8192,
    max_output=4096,
)
LISTED = Change(at_us=LIVE_US, text="Listed.")
WHO = Reveal(
    maker="Example Lab",
    model="Example-5",
    text="It had five good days.",
    successor="example-lab/example-5",
)
HOSTILE = "</p><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\"'{{ 7*7 }}"


def live(listing=PONY, *, days=None, **fields):
    """Live since `LIVE_US`, for `days` where they are given."""
    closes = None if days is None else LIVE_US + round(days * DAY_US)
    life = Life(state="live", created_us=LIVE_US - DAY_US, live_us=LIVE_US, closes_us=closes)
    return PublicLaunch(listing=listing, life=life, **{"changes": (LISTED,), **fields})


def over(launch, state="retired", *, at_us=LIVE_US + 5 * DAY_US, reveal=None):
    """The same, retired at `at_us`."""
    life = msgspec.structs.replace(launch.life, state=state, retired_us=at_us)
    return msgspec.structs.replace(launch, life=life, reveal=reveal)


def revealed(launch, reveal=WHO, **fields):
    return over(launch, "revealed", reveal=reveal, **fields)


def listing(**fields):
    return msgspec.structs.replace(PONY, **fields)


def day_of(day, slug=PONY.slug, *, month=2, requests=1, tokens=100, **fields):
    """Figures of a day of February 2026: `tokens` of prompts, unless they are given apart."""
    split = {"prompt_tokens": tokens, "completion_tokens": 0, "reasoning_tokens": 0, **fields}
    return DayFigures(day=date(2026, month, day), listing=slug, requests=requests, **split)


class HandClock:
    def __init__(self, now_us=NOW_US):
        self.us = now_us

    def now_us(self):
        return self.us

    def monotonic(self):
        return self.us / 1e6


class Launches:
    def __init__(self, *launches):
        self.shown = list(launches)
        self.reads = 0
        self.fails = False

    def launches(self):
        self.reads += 1
        if self.fails:
            raise OSError("/var/secret/state.sqlite is gone")
        return self.shown


class Facts:
    """Figures by hand: each list is what is held, and a question takes its part of it."""

    def __init__(self, *totals, days=(), hours=(), apps=(), earlier=(), topics=(), quality=None):
        self.by_listing = {each.listing: each for each in totals}
        self.held_days, self.held_hours, self.held_topics = days, hours, topics
        self.held_apps, self.held_earlier, self.held_quality = apps, earlier, quality
        self.asked = []
        self.fails = False

    @property
    def reads(self):
        """Of totals."""
        return self.asked.count("totals")

    def _note(self, name):
        self.asked.append(name)
        if self.fails:
            raise OSError("/var/secret/facts.sqlite is gone")

    def totals(self):
        self._note("totals")
        return self.by_listing

    def days(self, first, last, listing=None):
        self._note("days")
        return [
            each
            for each in self.held_days
            if first <= each.day <= last and listing in (None, each.listing)
        ]

    def hours(self, listing, since_us, until_us):
        self._note("hours")
        return list(self.held_hours)

    def days_quality(self, listing, first, last):
        self._note("days_quality")
        return list(self.held_hours)

    def quality(self, listing, since_us, until_us):
        self._note("quality")
        return self.held_quality or HourFigures(at_us=since_us, requests=0)

    def apps(self, first, last, *, listing=None, limit=20):
        self._note("apps")
        is_now = date.fromordinal(EPOCH + NOW_US // DAY_US) == last
        return list(self.held_apps if is_now else self.held_earlier)[:limit]

    def rankings(self, first, last):
        self._note("rankings")
        return []

    def topics(self, first, last, listing=None):
        self._note("topics")
        return [each for each in self.held_topics if listing in (None, each.listing)]


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        return self.body.decode()


async def ask(
    app,
    path="/",
    method="GET",
    headers=(),
    *,
    sent=None,
    query="",
    body=b"",
    client=None,
    seen=None,
):
    """One request, straight into the ASGI callable, by a client that stays until it is answered.

    `sent` is filled even if it raises; `seen` is awaited with each message.
    """
    sent = [] if sent is None else sent
    asked = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive():
        return next(asked, None) or await asyncio.Event().wait()

    async def send(message):
        sent.append(message)
        if seen:
            await seen(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "server": None,
        "client": client,
    }
    await app(scope, receive, send)
    head = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], head, b"".join(m.get("body", b"") for m in sent[1:]))


class Site:
    """An app over readers and a clock that a test may turn; every request in its own loop."""

    def __init__(self, *launches, facts=None, clock=None, streams=None, others=()):
        self.launches = Launches(*launches)
        self.facts = facts or Facts()
        self.clock = clock or HandClock()
        self.app = make_app(
            self.launches,
            self.facts,
            others=others,
            clock=self.clock,
            fallback_host="127.0.0.1:8000",
            streams=streams,
            patience_s=WAITS,
        )

    def get(self, path="/", *, host="example.org", headers=(), method="GET", query=""):
        return asyncio.run(ask(self.app, path, method, [("host", host), *headers], query=query))


def get(path="/", *, launches=None, now_us=None, facts=None, **request):
    """One request to a site of `launches`: Pony Alpha alone where none are given."""
    clock = HandClock() if now_us is None else HandClock(now_us)
    shown = (live(),) if launches is None else launches
    return Site(*shown, facts=facts, clock=clock).get(path, **request)


class Outline(HTMLParser):
    """Checks that every element is closed in order, and keeps what a test wants to ask."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.text, self.ids = [], [], [], []
        self.links, self.blocks, self.labels = [], [], []
        self.times, self.metas, self.headings = [], {}, []
        self.anchors, self.scripts = [], []
        self.doctype = None
        self.feed(html)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))
        assert set(self.labels) <= set(self.ids)
        assert set(self.anchors) <= set(self.ids)

    def handle_decl(self, decl):
        self.doctype = decl

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        assert len(attributes) == len(attrs)
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        self.tags.append(tag)
        links = [attributes[name] for name in ("href", "src") if name in attributes]
        self.anchors += [link[1:] for link in links if link.startswith("#")]
        self.links += [link for link in links if not link.startswith("#")]
        self.scripts += [dict(attrs)] if tag == "script" else []
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.labels += [attributes["aria-labelledby"]] if "aria-labelledby" in attributes else []
        self.times += [attributes["datetime"]] if tag == "time" else []
        self.metas |= (
            {attributes.get("name"): attributes["content"]} if "content" in attributes else {}
        )
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "pre":
            self.blocks.append("")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append([int(tag[1]), ""])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in ("dt", "dd", "th", "td"):
            self.text.append(" ")

    def handle_data(self, data):
        if "script" not in self.open:
            self.text.append(data)
        if "pre" in self.open:
            self.blocks[-1] += data
        if any(re.fullmatch("h[1-6]", tag) for tag in self.open):
            self.headings[-1][1] += data


def words(html):
    """The text of a page or an outline, with single spaces."""
    outline = html if isinstance(html, Outline) else Outline(html)
    return re.sub(r"\s+", " ", "".join(outline.text))
