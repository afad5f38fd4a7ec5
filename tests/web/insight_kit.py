"""A data directory with traffic made by hand, and the desk's pages over real readers of it."""

import asyncio
import re
from functools import lru_cache

import msgspec
import pages_kit
from pages_kit import HandClock
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.endpoint import Endpoint, Private
from darkhorse.catalog.launch import Launch, Life
from darkhorse.catalog.listing import Listing
from darkhorse.launches.desk import Desk
from darkhorse.storage.apps import app_of
from darkhorse.storage.desk import DeskSession
from darkhorse.storage.finding import Findings, IndexState
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.figures import LedgerFigures
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.ledger.insight.recorded import LedgerRecorded
from darkhorse.storage.ledger.insight.spans import LedgerSpans
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.traits.describing import Describing
from darkhorse.storage.ledger.traits.reader import LedgerTraits
from darkhorse.storage.records import Attempt, EndRecord, StartRecord
from darkhorse.storage.reports import Report
from darkhorse.storage.traits import Asked, Told
from darkhorse.web.desk.frame import Frame
from darkhorse.web.desk.gate import Gate
from darkhorse.web.desk.house import House
from darkhorse.web.desk.insight.routes import insight_routes
from darkhorse.web.desk.means import Means
from darkhorse.web.desk.rendering import desk_renderer
from darkhorse.web.desk.session import Stay
from darkhorse.web.headers import SecurityHeaders
from darkhorse.wire.chunks import NativeUsage, Usage
from facts.facts_kit import HandJournal

HOUR_US = 3_600_000_000
NOON = 500_004 * HOUR_US  # of a UTC day
NOW = NOON + 30 * 60_000_000
PONY, MULE = "stealth/pony-alpha", "stealth/mule-beta"
KEY = "ab" * 32
APP = app_of("https://app.example", "Example app").id


def launch(slug=PONY, state="live", **life):
    """Went live ten days ago."""
    times = {"created_us": NOON - 240 * HOUR_US, "live_us": NOON - 240 * HOUR_US}
    return Launch(
        id=f"lch-{slug.rpartition('/')[2]}",
        listing=Listing(
            slug=slug, title=slug.rpartition("/")[2].title(), description="A horse.",
            context=8192, max_output=4096,
        ),
        private=Private(
            maker="Example", model="Five", endpoint=(Endpoint(name="east", url="http://h/v1"),)
        ),
        life=Life(state=state, **{**times, **life}),
    )  # fmt: skip


class Telling:
    """A Describer that is told by fields `_asked` and `_told` of the bodies what they are."""

    version = 1

    def asked(self, start, body):
        return Asked(**msgspec.json.decode(body).get("_asked", {}))

    def told(self, expected, end, answer):
        said = msgspec.json.decode(answer or b"{}").get("_told", {})
        return Told(
            troubles=frozenset(said.get("troubles", ())), signature=said.get("signature", "")
        )


class Store:
    def __init__(self, *launches):
        self.shown = list(launches)

    def launches(self):
        return self.shown

    def audits(self, _):
        return []


class Keys:
    def __init__(self):
        self.labels = {KEY: "a <b>key</b>"}

    def get(self, key):
        if key not in self.labels:
            raise ConfigError("no such key")
        return msgspec.defstruct("K", ["label", "hash"])(self.labels[key], key)

    def find(self, name):
        for key, label in self.labels.items():
            if name == label or (len(name) >= 6 and key.startswith(name)):
                return self.get(key)
        raise ConfigError("no such key")


class Finder:
    def __init__(self):
        self.hits = []
        self.asked = []
        self.fails = ""

    def state(self):
        return IndexState(exists=True, behind=3, upto_us=NOON)

    def find(self, words, **named):
        self.asked.append((words, named))
        if self.fails:
            raise ConfigError(self.fails)
        return Findings(self.hits)


class Reports:
    def __init__(self):
        self.said = []

    def feedback(self, *, limit=1000):
        return self.said

    def reports(self, *, closed=False, limit=1000):
        return [Report(id=f"rep-{at}", at_us=at, what="harm", text="t") for at in range(45)]


class HouseReader:
    def __init__(self):
        self.seen = House(at_us=NOW)

    def look(self):
        return self.seen


class TickingClock(HandClock):
    """Whoever looks again does so a while later, at the same time of day."""

    def __init__(self, now_us):
        super().__init__(now_us)
        self.looks = 0

    def monotonic(self):
        self.looks += 1
        return self.looks * 10.0


class Guests:
    """`Sessions` by hand: everybody who asks is in, and stays until `are_out`."""

    def __init__(self, clock):
        self.clock = clock
        self.are_out = False

    def session(self, _):
        return DeskSession(id="guest", made_us=0, used_us=0, by="link")

    def stay(self, _):
        return Stay(lambda: not self.are_out, self.clock)


class Scene:
    """Write generations with `put`, then `get` pages. Everything is read anew each time."""

    def __init__(self, data, *launches, now_us=NOW):
        self.layout = Layout(data)
        self.journal = HandJournal(self.layout.journal)
        self.clock = TickingClock(now_us)
        self.count = 0
        self.store = Store(*(launches or (launch(),)))
        self.finder, self.reports, self.house = Finder(), Reports(), HouseReader()
        self.server_url = "http://here:8000"
        self.facts = open_facts(self.layout.facts)
        self.fold = Fold(self.facts, self.layout)
        self.describing = Describing(self.layout, self.clock, Telling())
        self.readers = [
            LedgerTraits(self.layout),
            LedgerSpans(self.layout.facts),
            LedgerRecorded(self.layout),
            LedgerFigures(self.layout.facts, lambda *_: []),
        ]
        self.guests = Guests(self.clock)
        gate = Gate(self._app(), self.guests, None, ["desk"])
        self.app = SecurityHeaders(gate, {"Referrer-Policy": "same-origin"})

    def _app(self):
        traits, spans, records, figures = self.readers
        self.means = Means(
            **{
                **dict.fromkeys(Means.__struct_fields__),
                "clock": self.clock,
                "launches": Desk(self.store, self.clock, lambda: "lch-new"),
                "traits": traits,
                "spans": spans,
                "records": records,
                "figures": figures,
                "finder": self.finder,
                "reports": self.reports,
                "keys": Keys(),
                "house": self.house,
                "data": "/srv/horses",
                "server_url": lambda: self.server_url,
            }
        )
        self.frame = Frame(_renderer(), self.means)
        return Starlette(
            routes=[*insight_routes(self.frame, self.means)],
            exception_handlers={ConfigError: _said},
        )

    def put(
        self, text="hello", *, ago_s=600, asked=None, body=None, answer="hi there", told=None,
        over=True, ends=None, **begins,
    ):  # fmt: skip
        """A generation that began so long ago; its id."""
        self.count += 1
        name = begins.get("id", f"gen-{self.count}")
        at_us = self.clock.us - ago_s * 1_000_000
        start = StartRecord(
            **{
                "id": name, "at_us": at_us, "listing": PONY, "dialect": "chat", "streamed": True,
                "key": KEY, "prompt_tokens": 10, "person": "person-1", "app_title": "Example app",
                "app_url": "https://app.example", **begins,
            }
        )  # fmt: skip
        sent = {"model": PONY, "messages": [{"role": "user", "content": text}]}
        described = {
            "category": "general",
            "language": "en",
            "preview": text[:160],
            **(asked or {}),
        }
        sent = {**sent, **(body or {}), "_asked": described}
        self.journal.append(start, body=msgspec.json.encode(sent))
        if over:
            self.end(name, at_us, answer, told, **(ends or {}))
        return name

    def end(self, name, at_us, answer="hi there", told=None, **ends):
        record = EndRecord(
            **{
                "id": name, "at_us": at_us + 1_000_000, "outcome": "done", "finish": "stop",
                "usage": Usage(12, 30, 5), "native": NativeUsage(prompt=13, completion=31),
                "first_token_ms": 120.0, "duration_ms": 900.0,
                "attempts": (Attempt(endpoint="east", duration_ms=890.0, outcome="ok"),), **ends,
            }
        )  # fmt: skip
        said = answer if isinstance(answer, dict) else {"content": answer}
        self.journal.append(record, body=msgspec.json.encode({**said, "_told": told or {}}))

    def settle(self):
        self.fold.catch_up()
        while self.describing.step():
            pass

    def get(self, path="/", *, method="GET"):
        path, _, query = path.partition("?")
        self.settle()
        return asyncio.run(ask(self.app, path, method, query))

    def close(self):
        for reader in self.readers:
            reader.close()
        self.describing.close()
        self.facts.dispose()


_renderer = lru_cache(1)(desk_renderer)  # templates are compiled once


async def ask(app, path, method="GET", query="", send=None):
    """One request at the desk; `send` sees each message."""
    return await pages_kit.ask(app, path, method, [("host", "desk")], query=query, seen=send)


async def _said(_, error):
    return PlainTextResponse(str(error), 400)


def tile(page, name):
    """What stands in the tile of that name, with what is beside it."""
    found = re.search(rf"<dt>(?:<a [^>]*>)?{name}(?:</a>)?</dt><dd>(.*?)</dd>", page.text)
    assert found, name
    return re.sub("<[^>]+>", " ", found[1]).replace("\xa0", " ").strip()
