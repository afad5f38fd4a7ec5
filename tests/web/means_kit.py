"""A desk over a real state, with figures by hand, and a browser that has come in with a key."""

import asyncio
import functools
import inspect
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

from desk_kit import Browser
from msgspec import structs
from pages_kit import Facts, HandClock
from sqlalchemy import event

from darkhorse.accounts.desk import KeyDesk
from darkhorse.accounts.keys import KeyRing
from darkhorse.catalog.limits import LimitSettings
from darkhorse.launches import file
from darkhorse.launches.desk import Desk, Reason
from darkhorse.launches.finding import Finding
from darkhorse.launches.inspection import Inspection
from darkhorse.storage.accounting import KeyUse
from darkhorse.storage.finding import Findings, IndexState
from darkhorse.storage.launch_view import EndpointUse, LaunchTotal, LaunchView, Window
from darkhorse.storage.state.engine import open_engine
from darkhorse.storage.state.keys import SqlKeyStore
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.storage.state.migrations import open_state
from darkhorse.storage.state.notes import SqlNoteStore
from darkhorse.storage.state.reports import SqlReportStore
from darkhorse.web.desk.house import House
from darkhorse.web.desk.launches.routes import LaunchPages
from darkhorse.web.desk.means import Means
from darkhorse.web.desk.upkeep.routes import upkeep_routes

SLUG = "stealth/mule-beta"
LABEL = "Ada's"
LAUNCH = """\
[public]
slug = "stealth/mule-beta"
aliases = ["mule"]
title = "Mule Beta"
description = "A mule."
context = 1000
max_output = 500
window.days = 5
limits.total.requests_per_minute = 60
[private]
maker = "Example Lab"
model = "Example-5"
[[private.endpoint]]
name = "east"
url = "http://user:hunter2@127.0.0.1:1/v1?key=hunter3"
model = "m"
key_env = "EAST_KEY"
"""
ACCEPTED = ("no-audit",)


class Views:
    """`LaunchViews` by hand."""

    def __init__(self):
        self.minute = Window(seconds=60)
        self.endpoints = []

    def view(self, listing, live_us=None):
        return LaunchView(
            listing=listing,
            at_us=1,
            minute=self.minute,
            five_minutes=Window(seconds=300),
            hours=[],
            total=LaunchTotal(),
            endpoints=self.endpoints,
        )


class Uses:
    """`AccountFacts` by hand."""

    def __init__(self):
        self.held = {}

    def key_use(self, hashes, now_us):
        return {each: self.held.get(each, KeyUse()) for each in hashes}


class Finder:
    def state(self):
        return IndexState(exists=True, behind=7)

    def find(self, words, **_):
        return Findings([])


class Watch:
    """`HouseReader` by hand."""

    def __init__(self):
        self.house = House(at_us=1)

    def look(self):
        return self.house


class Inspector:
    """Waits until it may go on, then says what it is told to."""

    def __init__(self):
        self.may_end = asyncio.Event()
        self.found = Inspection(
            findings=(Finding(kind="answers", level="ok", text="east answers"),), headrooms=()
        )

    async def inspect(self, launch, on_step):
        on_step("east: asking", 1, 3)
        await self.may_end.wait()
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@functools.cache
def _migrated():
    """A state made once for all tests: migrating takes longer than any of them."""
    path = Path(tempfile.mkdtemp()) / "state.sqlite"
    open_state(path, HandClock()).dispose()
    return path


def _in_no_hurry(connection, _):
    """No power is cut here."""
    connection.execute("PRAGMA synchronous = OFF")


class OperatorsDesk:
    """Made inside a running loop. `browser` has come in with a management key."""

    def __init__(self, folder):
        path = folder / "state.sqlite"
        shutil.copy(_migrated(), path)
        self.engine = open_engine(path)
        event.listen(self.engine, "connect", _in_no_hurry)
        self.clock = HandClock()
        key_store = SqlKeyStore(self.engine)
        numbers, salts = iter(range(1000)), iter(f"salt-{at}" for at in range(99))
        self.desk = Desk(SqlLaunchStore(self.engine), self.clock, lambda: f"lch-{next(numbers)}")
        self.keys = KeyDesk(key_store, self.clock, lambda size: bytes([next(numbers)]) * size)
        self.reports = SqlReportStore(self.engine)
        self.notes = SqlNoteStore(self.engine, lambda: f"note-{next(numbers)}")
        self.views, self.uses, self.watch = Views(), Uses(), Watch()
        self.inspector = Inspector()
        self.means = Means(
            clock=self.clock,
            launches=self.desk,
            operator=self.views,
            traits=None,
            spans=None,
            records=None,
            figures=Facts(),
            finder=Finder(),
            account=self.uses,
            reports=self.reports,
            notes=self.notes,
            keys=self.keys,
            limits=LimitSettings(),
            house=self.watch,
            inspector=self.inspector,
            salt=lambda: next(salts),
            data="/srv/horses",
            server_url=lambda: "",
        )
        self.secret, self.key = self.keys.create("management", label=LABEL)
        ring = KeyRing(key_store, self.clock)
        self.browser = Browser(clock=self.clock, ring=ring, means=self.means, routes=self._routes)

    def _routes(self, frame, means):
        return [*LaunchPages(frame, means).routes, *upkeep_routes(frame, means)]

    async def enter(self):
        self.browser.keep(await self.browser.post("/enter", {"key": self.secret.reveal()}))

    async def page(self, path):
        answer = await self.browser.ask(path)
        assert answer.status == 200, answer.text
        return answer.text

    async def post(self, path, **form):
        return await self.browser.post(quote(path), form)

    def launch(self, text=LAUNCH, **public):
        found = file.parse(text, "a test")
        listing = structs.replace(found.definition.public, **public)
        definition = structs.replace(found.definition, public=listing)
        found = structs.replace(found, definition=definition)
        return self.desk.create(found, Reason("ann", "made"))

    def live(self, **public):
        return self.desk.go_live(self.launch(**public), Reason("ann", "on Monday", ACCEPTED))

    def attempts(self, **use):
        fields = {"name": "east", "requests": 10, "failures": 1, "p50_ms": 12.0, **use}
        self.views.endpoints = [EndpointUse(**fields)]


def at_desk(work):
    """A test that is a coroutine over a desk; pytest fills in what else it names."""

    def test(tmp_path, **named):
        async def whole():
            desk = OperatorsDesk(tmp_path)
            try:
                await desk.enter()
                await work(desk, **named)
            finally:
                desk.engine.dispose()

        asyncio.run(whole())

    test.__name__ = work.__name__
    wanted = list(inspect.signature(work).parameters)[1:]
    kinds = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in wanted]
    folder = inspect.Parameter("tmp_path", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    test.__signature__ = inspect.Signature([folder, *kinds])
    return test
