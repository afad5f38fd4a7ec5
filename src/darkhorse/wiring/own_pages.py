"""The pages of a key's own: the playground and my activity, over a data directory."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from starlette.requests import Request
from starlette.routing import BaseRoute

from darkhorse.accounts.keys import KeyRing
from darkhorse.base.address import base_url
from darkhorse.base.clock import Clock
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.storage.ledger.account import LedgerAccount
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.lookup import LedgerGenerations
from darkhorse.storage.ledger.traits.own import LedgerOwnGenerations
from darkhorse.storage.ports import KeyRecord, PublicLaunches
from darkhorse.storage.state.engine import open_reader
from darkhorse.storage.state.keys import SqlKeyStore
from darkhorse.web.activity import Means, activity_routes
from darkhorse.web.app import TEMPLATES
from darkhorse.web.playground import OwnKeys, playground_routes
from darkhorse.web.reading import SharedReading
from darkhorse.web.rendering import Renderer
from darkhorse.wiring.config import Config
from darkhorse.wiring.state import STATE_FILE

__all__ = ["OwnPages", "open_own_pages"]


class OwnPages(Struct, frozen=True):
    """Routes for the public app, and what lets their files go."""

    routes: list[BaseRoute]
    close: Callable[[], None]


def open_own_pages(data: Path, config: Config, launches: PublicLaunches, clock: Clock) -> OwnPages:
    """All of it reads only, and nothing need be there yet."""
    layout = Layout(data)
    store = _KeysThere(data / STATE_FILE)
    account = LedgerAccount(layout.facts)
    own = LedgerOwnGenerations(layout.traits)
    generations = LedgerGenerations(layout)
    keys, render = OwnKeys(KeyRing(store, clock), clock), Renderer(TEMPLATES)
    fallback = f"{config.server.host}:{config.server.port}"
    reading = SharedReading("launches", launches.launches, clock)

    async def known() -> list[PublicLaunch]:
        read = await reading.read()
        return read.value if read else []

    def here(request: Request) -> str:
        headers = request.headers
        return base_url(headers.get("host"), headers.get("x-forwarded-proto"), fallback)

    def close() -> None:
        for each in (store, account, own, generations):
            each.close()

    means = Means(
        launches=launches,
        facts=account,
        own=own,
        generations=generations,
        default=config.limits.key,
    )
    return OwnPages(
        [
            *playground_routes(known, keys, render, clock, base_url=here),
            *activity_routes(means, keys, render, clock),
        ],
        close,
    )


class _KeysThere(SqlKeyStore):
    """For reading; none while there is no state."""

    def __init__(self, path: Path) -> None:
        super().__init__(open_reader(path))
        self._path = path

    def version(self) -> int:
        return super().version() if self._path.exists() else -1

    def keys(self) -> list[KeyRecord]:
        return super().keys() if self._path.exists() else []
