"""What a running server has refused, read from its metrics. A server that is away is no error."""

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.launches.inquiry import Inquiry, Target, Waits
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wiring.keys import kept_management_key
from darkhorse.wiring.targets import server_url

__all__ = ["Refused", "RefusedDesk"]

_LOCK = Path("lock")
"""In the data directory: the process id of the server that runs, or ran."""
_PATIENCE_S = 0.3
_EVERY_S = 1.0
_COUNTER = "darkhorse_requests_refused_total"
_SAMPLE = re.compile(_COUNTER + r"\{([^}]*)\} ([0-9]+(?:\.[0-9]+)?(?:e\+?[0-9]+)?)")
_LABEL = re.compile(r'(\w+)="([^"]*)"')


class Refused(Struct, frozen=True):
    """Requests that no generation began for, since the server's start, by error type.

    `nameless` are those that came to no listing: no valid key, or a body that could not be read.
    """

    listing: dict[str, int] = {}
    nameless: dict[str, int] = {}


class RefusedDesk:
    """Asks the server of a data directory, at most once a second. Blocks for 0.3 s at most."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self._data = data
        self._clock = clock
        self._runner = asyncio.Runner()
        self._asked: float | None = None
        self._page: str | None = None

    def of(self, listing: str) -> Refused | None:
        """Of one listing, by its slug; None where no server answers."""
        now = self._clock.monotonic()
        if self._asked is None or now - self._asked >= _EVERY_S:
            self._asked = now
            self._page = self._runner.run(_scrape(self._data))
        return None if self._page is None else _refused(self._page, listing)

    def close(self) -> None:
        """Let go of the loop; may be called twice."""
        self._runner.close()


async def _scrape(data: Path) -> str | None:
    """The metrics; None where they cannot be had in time."""
    url, key = server_url(data), kept_management_key(data)
    if not url or key is None or not _runs(data):
        return None
    waits = Waits(connect_s=_PATIENCE_S, answer_s=_PATIENCE_S)
    try:
        async with (
            asyncio.timeout(_PATIENCE_S),
            Inquiry(Target(name="server", url=url, key=key), waits) as server,
        ):
            reply = await server.get_root("metrics")
    except (TimeoutError, UpstreamFault, ConfigError):
        return None
    return reply.body.decode(errors="replace") if reply.status == 200 else None


def _runs(data: Path) -> bool:
    """Is its process there? Else another program may have its port, and is told no key."""
    try:
        os.kill(int((data / _LOCK).read_text(encoding="ascii")), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _refused(page: str, listing: str) -> Refused:
    found = Refused({}, {})
    for labels, count in _samples(page):
        slug = labels.get("listing")
        if count and slug in (listing, ""):
            kind = found.listing if slug else found.nameless
            kind[labels.get("error_type", "")] = count
    return found


def _samples(page: str) -> Iterator[tuple[dict[str, str], int]]:
    """Slugs and words of our own need no unescaping."""
    for line in page.splitlines():
        if match := _SAMPLE.fullmatch(line):
            yield dict(_LABEL.findall(match[1])), int(float(match[2]))
