"""The wire to every endpoint of every launch, following the launches as they change."""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, Iterator, Mapping
from pathlib import Path

from msgspec import structs

from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.catalogue import Catalogue
from darkhorse.catalog.endpoint import EMBEDDED, Endpoint
from darkhorse.catalog.quirks import Quirks
from darkhorse.upstream.base import Upstream
from darkhorse.upstream.emulation.by_schema import BySchema
from darkhorse.upstream.fitting import Fitted, rendered
from darkhorse.upstream.http import HttpUpstream
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest
from darkhorse.wiring.model import KEY_VARIABLE, URL_VARIABLE

__all__ = ["Upstreams"]

_NOWHERE = "http://127.0.0.1:1/v1"

log = logging.getLogger(__name__)


class Upstreams(Mapping[Endpoint, Upstream]):
    """Every endpoint ever seen: a generation that began before a change ends as it began.

    To be made inside the loop that serves.
    """

    def __init__(self, settings: UpstreamSettings) -> None:
        self._settings = settings
        self._upstreams: dict[Endpoint, Upstream] = {}
        self._live: dict[Endpoint, str] = {}  # and the slug each stands behind
        self._keys: dict[Endpoint, object] = {}  # what each key file looked like when it was read
        self._warned: set[Endpoint] = set()
        self._loop = asyncio.get_running_loop()

    def follow(self, catalogue: Catalogue) -> None:
        """Be ready for every endpoint of a new snapshot, and let go of those no longer in it.

        May be called from any thread, one at a time.
        """
        live = {
            endpoint: launch.listing.slug
            for launch in catalogue.launches
            if launch.life.state == "live"
            for endpoint in launch.private.endpoint
        }
        gone = [self._upstreams[endpoint] for endpoint in self._live if endpoint not in live]
        for endpoint, slug in live.items():
            if endpoint not in self._live or isinstance(self._upstreams[endpoint], _Unusable):
                self._upstreams[endpoint] = self._open(endpoint, slug)
        self._live = live
        if gone:
            asyncio.run_coroutine_threadsafe(_close(gone), self._loop)

    def look_again(self) -> None:
        """Take up keys that were put in place or changed since. Blocks on the disk."""
        for endpoint, slug in list(self._live.items()):
            unusable = isinstance(self._upstreams[endpoint], _Unusable)
            if unusable or _look(endpoint) != self._keys.get(endpoint):
                before = self._upstreams[endpoint]
                self._upstreams[endpoint] = self._open(endpoint, slug)
                asyncio.run_coroutine_threadsafe(_close([before]), self._loop)

    def __getitem__(self, endpoint: Endpoint) -> Upstream:
        return self._upstreams[endpoint]

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(list(self._upstreams))

    def __len__(self) -> int:
        return len(self._upstreams)

    async def close(self) -> None:
        """Let go of all connections."""
        await _close(list(self._upstreams.values()))

    def _open(self, endpoint: Endpoint, slug: str) -> Upstream:
        self._keys[endpoint] = _look(endpoint)
        try:
            url, key = _address(endpoint)
            upstream = HttpUpstream(
                url=Secret(url),
                model=endpoint.model,
                key=key,
                settings=_patience(self._settings, endpoint),
                dialect=endpoint.dialect,
                quirks=rendered(endpoint.fitted),
            )
        except ConfigError as e:
            if endpoint not in self._warned:
                # What is wrong names the endpoint, so `darkhorse doctor` tells it.
                log.warning("An endpoint of %s cannot be used; `darkhorse doctor` says why.", slug)
            self._warned.add(endpoint)
            return _Unusable(str(e))
        self._warned.discard(endpoint)
        return _fitted(upstream, endpoint.fitted)


def _fitted(upstream: Upstream, quirks: Quirks) -> Upstream:
    """With what the engine lacks, or says in its own way."""
    upstream = Fitted(upstream, quirks)
    if quirks.tools != "native" or quirks.schemas != "as_sent":
        upstream = BySchema(upstream, quirks)
    return upstream


def _look(endpoint: Endpoint) -> object:
    """Something that changes when the endpoint's key file does; None where it has none."""
    if not endpoint.key_file:
        return None
    try:
        stat = Path(endpoint.key_file).stat()
    except (OSError, ValueError):
        return ()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


async def _close(upstreams: list[Upstream]) -> None:
    for upstream in upstreams:
        await upstream.close()


def _patience(settings: UpstreamSettings, endpoint: Endpoint) -> UpstreamSettings:
    """The settings, with what the endpoint has of its own."""
    return structs.replace(
        settings,
        first_token_s=endpoint.first_token_s or settings.first_token_s,
        idle_s=endpoint.idle_s or settings.idle_s,
    )


def _address(endpoint: Endpoint) -> tuple[str, Secret]:
    if endpoint.url == EMBEDDED:
        key = Secret(os.environ.get(KEY_VARIABLE, ""))
        return os.environ.get(URL_VARIABLE, _NOWHERE), key
    return endpoint.url, endpoint.key()


class _Unusable:
    """An endpoint without its key or its address: every attempt at it fails, and is recorded."""

    def __init__(self, why: str) -> None:
        self._why = why

    async def answer(self, _: EngineRequest) -> AsyncGenerator[list[Chunk], None]:
        """Raises UpstreamFault."""
        raise UpstreamFault("unusable", detail=self._why)
        yield []

    async def close(self) -> None:
        """Nothing to let go of."""
