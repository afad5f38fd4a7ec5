"""A desk whose investigator does what a test says, and a browser that has its cookie or not."""

import asyncio
import functools
import inspect
import itertools
from urllib.parse import urlencode

from msgspec import structs
from pages_kit import HandClock, ask

from attribution.report_kit import KNOWN, case
from darkhorse.web.desk.app import make_desk
from darkhorse.web.desk.attempts import Attempts
from darkhorse.web.desk.frame import Frame
from darkhorse.web.desk.rendering import desk_renderer
from darkhorse.web.desk.runs import Estimate, Runs
from darkhorse.web.desk.session import COOKIE, Sessions, add_link
from darkhorse.web.desk.unmask import UnmaskPages

HOST = "127.0.0.1:8790"
KEY = "sk-very-secret-0123456789"
ORDER = {
    "url": "https://api.example/v1",
    "model": "pony",
    "key": KEY,
    "dialect": "chat",
    "budget": "quick",
}
SAME = (("origin", f"http://{HOST}"), ("sec-fetch-site", "same-origin"))


class Investigator:
    """Shows what it is told to, waits until it may end, and gives a case or raises."""

    def __init__(self):
        self.known = KNOWN
        self.estimates = {
            "quick": Estimate(80, 50_000),
            "standard": Estimate(240, 200_000),
            "deep": Estimate(700, 900_000),
        }
        self.orders = []
        self.shows = []
        self.may_end = asyncio.Event()
        self.gives = case()

    async def carry_out(self, order, show):
        self.orders.append(order)
        self.shows.append(show)
        await self.may_end.wait()
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


class Remembered:
    """A `DeskStore` in memory; test_desk_store.py holds it and the real one to the same."""

    def __init__(self):
        self.links, self.held = {}, {}

    def add_link(self, link, until_us):
        self.links[link] = until_us

    def spend_link(self, link, now_us):
        return self.links.get(link, 0) > now_us and bool(self.links.pop(link))

    def add(self, session):
        self.held[session.id] = session

    def session(self, session_id):
        return self.held.get(session_id)

    def sessions(self):
        return sorted(self.held.values(), key=lambda each: (-each.used_us, each.id))

    def use(self, session_id, at_us):
        if found := self.held.get(session_id):
            self.held[session_id] = structs.replace(found, used_us=at_us)

    def end(self, session_id):
        self.held.pop(session_id, None)

    def end_others(self, session_id):
        others = [each for each in self.held if each != session_id]
        for each in others:
            del self.held[each]
        return len(others)

    def forget(self, used_before_us, made_before_us, now_us):
        for each in list(self.held.values()):
            if each.used_us < used_before_us or each.made_us < made_before_us:
                del self.held[each.id]
        self.links = {link: until for link, until in self.links.items() if until > now_us}


def minting():
    """mint-1, mint-2, …"""
    counting = itertools.count(1)
    return lambda: f"mint-{next(counting)}"


@functools.cache
def renderer():
    """Templates are read once for all tests."""
    return desk_renderer()


class Browser:
    """Made inside a running loop. `cookie` is sent once it has entered.

    `means` and `routes`: of pages that read a data directory; `ring`: where keys let in.
    """

    def __init__(
        self, *, host="", clock=None, store=None, ring=None, means=None, routes=None, mint=None
    ):
        self.clock = clock or HandClock()
        self.mint = mint or minting()
        self.investigator = Investigator()
        self.store = Remembered() if store is None else store
        self.sessions = Sessions(self.store, self.clock, self.mint, ring)
        self.link_token = add_link(self.store, self.clock, self.mint)
        self.runs = Runs(self.investigator, self.mint)
        frame = Frame(renderer(), means)
        own = routes(frame, means) if routes else []
        self.app = make_desk(
            renderer(),
            frame,
            self.sessions,
            Attempts(self.clock),
            [*own, *UnmaskPages(frame, self.runs, self.investigator).routes],
            home="/launches" if means else "/unmask",
            names=(host,),
        )
        self.cookie = ""
        self.address = "192.0.2.7"
        self.heard = b""  # all that was answered so far

    async def ask(self, path, *, method="GET", form=None, headers=(), host=HOST, body=None):
        path, _, query = path.partition("?")
        body = urlencode(form).encode() if form is not None else body or b""
        cookie = [("cookie", f"{COOKIE}={self.cookie}")] if self.cookie else []
        named = [("host", host)] if host is not None else []

        async def hear(message):
            self.heard += message.get("body", b"")

        return await ask(
            self.app,
            path,
            method,
            (*named, *cookie, *headers),
            query=query,
            body=body,
            client=(self.address, 1),
            seen=hear,
        )

    async def hears(self, text):
        """Until that is answered, to a request that is under way."""
        async with asyncio.timeout(20):
            while text not in self.heard:
                await settle()

    async def enter(self):
        """By the link, which opens once."""
        return self.keep(await self.ask(f"/enter?token={self.link_token}"))

    def keep(self, answer):
        """The cookie that came with it, as browsers do."""
        self.cookie = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
        return answer

    async def post(self, path, form, headers=SAME, **request):
        return await self.ask(path, method="POST", form=form, headers=headers, **request)

    async def start(self, **fields):
        """A run under way; its page's path."""
        answer = await self.post("/unmask", ORDER | fields)
        assert answer.status == 303, answer.text
        await settle()
        return answer.headers["location"]

    async def end(self, gives=None):
        self.investigator.gives = gives or self.investigator.gives
        self.investigator.may_end.set()
        await settle()


async def settle():
    """Everything that can go on has gone on."""
    for _ in range(10):
        await asyncio.sleep(0)


def inside(work):
    """A test that is a coroutine over a browser which has entered."""

    def test(*args, **named):
        async def whole():
            browser = Browser()
            await browser.enter()
            try:
                await work(browser, *args, **named)
            finally:
                await browser.runs.close()

        asyncio.run(whole())

    test.__name__ = work.__name__
    signature = inspect.signature(work)
    test.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])
    return test
