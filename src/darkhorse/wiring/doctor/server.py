"""Is a server at work on this data, and does it answer?"""

import asyncio
from pathlib import Path

from msgspec import Struct

from darkhorse.base.settings import ServerSettings
from darkhorse.launches.inquiry import Inquiry, Reply, Target, Waits
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wiring.doctor.check import Check, fail, ok, warn
from darkhorse.wiring.lock import holder
from darkhorse.wiring.targets import server_names

__all__ = ["Running", "address", "look"]

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 read, not bound


class Running(Struct, frozen=True, kw_only=True):
    """`runs`: processes of a server hold this data directory.

    `names`: the variables in its environment; None where none runs, or it did not say.
    """

    runs: bool
    checks: tuple[Check, ...]
    names: frozenset[str] | None = None


def look(data: Path, url: str, waits: Waits) -> Running:
    """Who holds the directory's lock, and what /health says at `url`, if that is known."""
    held, pid = holder(data)
    health = asyncio.run(_health(url, waits)) if url else None
    if not held:
        return Running(runs=False, checks=(_idle(url, health),))
    if pid is not None and not Path(f"/proc/{pid}").exists():
        return Running(runs=True, checks=(_orphaned(pid),), names=server_names(data))
    return Running(runs=True, checks=(_serving(pid, url, health),), names=server_names(data))


def address(settings: ServerSettings) -> str:
    """Where it is configured; empty where that is any free port."""
    if not settings.port:
        return ""
    host = _EVERYWHERE.get(settings.host, settings.host)
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{host}:{settings.port}"


async def _health(url: str, waits: Waits) -> Reply | None:
    try:
        async with Inquiry(Target(name="server", url=url), waits) as inquiry:
            return await inquiry.get("health")
    except UpstreamFault:
        return None


def _serving(pid: int | None, url: str, health: Reply | None) -> Check:
    who = f"A server (pid {pid or 'unknown'}) runs on this data"
    if not url:
        return ok("server", f"{who}, on a port that it chose itself.")
    if health is None:
        return warn(
            "server",
            f"{who}, but nothing answers at {url}.",
            "If it was started with another port, say so with --port; else see whether it is still "
            "starting, or restart it.",
        )
    if health.status != 200:
        return fail(
            "server",
            f"{who}, but {url}/health answers {health.status}: it cannot record, so it answers "
            "nobody.",
            "See the disk and the journal below, and the server's log.",
        )
    return ok("server", f"{who} and answers at {url}.")


def _idle(url: str, health: Reply | None) -> Check:
    if health is None:
        return ok("server", "No server runs on this data.")
    return warn(
        "server",
        f"No server runs on this data, but something answers at {url}.",
        "Is this the right data directory? Else choose another port for its server.",
    )


def _orphaned(pid: int) -> Check:
    return warn(
        "server",
        f"The server (pid {pid}) is gone, but processes of it still finish their work.",
        "Wait for them; the next start does so by itself.",
    )
