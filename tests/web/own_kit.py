"""The playground and my activity over readers made by hand, and a browser that has a key or not."""

import asyncio

from pages_kit import HandClock, Launches, ask, live
from starlette.applications import Starlette

from darkhorse.accounts.keys import KeyRing, hash_key
from darkhorse.base.secret import Secret
from darkhorse.catalog.limits import UNLIMITED
from darkhorse.storage.ports import KeyRecord
from darkhorse.web.activity import Means, activity_routes
from darkhorse.web.app import TEMPLATES
from darkhorse.web.headers import SecurityHeaders
from darkhorse.web.playground import OwnKeys, playground_routes
from darkhorse.web.rendering import Renderer

HOST = "play.example"
KEY = "sk-dh-" + "k" * 48
OTHER = "sk-dh-" + "o" * 48
MANAGEMENT = "sk-dh-m-" + "m" * 48
HERE = (("origin", f"http://{HOST}"), ("sec-fetch-site", "same-origin"))
RENDER = Renderer(TEMPLATES)


def record(key, kind="developer", **fields):
    usual = {"kind": kind, "label": "mine", "created_us": 1}
    return KeyRecord(hash=hash_key(Secret(key)), **{**usual, **fields})


class Store:
    """Keys of a state; a test changes `kept` and counts `changes` up."""

    def __init__(self, *records):
        self.kept = list(records) or [record(KEY), record(OTHER), record(MANAGEMENT, "management")]
        self.changes = 1
        self.fails = False

    def version(self):
        if self.fails:
            raise OSError("/var/secret/state.sqlite is gone")
        return self.changes

    def keys(self):
        return self.kept


class Nothing:
    """Of everything my activity reads."""

    def activity(self, first, last, key=None):
        return []

    def newest(self, key, **asked):
        return []

    async def facts(self, generation, key):
        return None


class Own:
    """The two apps, and one browser that asks them. `key`: what it holds."""

    def __init__(self, *launches, facts=None, own=None, generations=None, limits=UNLIMITED):
        self.clock = HandClock()
        self.store = Store()
        self.launches = Launches(*(launches or (live(),)))
        keys, nothing = OwnKeys(KeyRing(self.store, self.clock), self.clock), Nothing()
        means = Means(
            launches=self.launches,
            facts=facts or nothing,
            own=own or nothing,
            generations=generations or nothing,
            default=limits,
        )
        routes = [
            *playground_routes(
                self._known, keys, RENDER, self.clock, base_url=lambda _: f"http://{HOST}"
            ),
            *activity_routes(means, keys, RENDER, self.clock),
        ]
        self.app = SecurityHeaders(Starlette(routes=routes))
        self.key = None

    async def _known(self):
        return self.launches.launches()

    def get(self, path, *, query="", headers=()):
        return self.ask("GET", path, query=query, headers=headers)

    def post(self, path, body=b"", *, headers=HERE, query=""):
        return self.ask("POST", path, body=body, headers=headers, query=query)

    def ask(self, method, path, *, body=b"", headers=(), query=""):
        held = (("cookie", f"darkhorse_key={self.key}"),) if self.key else ()
        return asyncio.run(_ask(self.app, method, path, body, (*headers, *held), query))

    async def asked(self, method, path, *, key, body=b"", headers=HERE):
        """One of several at once."""
        held = ("cookie", f"darkhorse_key={key}")
        return await _ask(self.app, method, path, body, (*headers, held), "")


async def _ask(app, method, path, body, headers, query):
    return await ask(app, path, method, (("host", HOST), *headers), query=query, body=body)
