"""The endpoints of live launches, each asked for a word."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.endpoint import EMBEDDED, Endpoint
from darkhorse.launches.finding import Finding
from darkhorse.launches.inquiry import Target, Waits
from darkhorse.launches.probe import EndpointProbe
from darkhorse.wiring.doctor.check import Check, fail, ok, warn
from darkhorse.wiring.doctor.server import Running
from darkhorse.wiring.doctor.state import Found
from darkhorse.wiring.targets import MODEL_FACTS, embedded_target

__all__ = ["check"]


class _Asked(Struct, frozen=True):
    slug: str
    endpoint: Endpoint
    target: Target


def check(data: Path, found: Found, now_us: int, running: Running, waits: Waits) -> Iterator[Check]:
    """Each endpoint that answers for something now, all asked at once."""
    asked: list[_Asked] = []
    for launch in found.launches or ():
        if launch.life.state_at(now_us) != "live":
            continue
        for endpoint in launch.private.endpoint:
            slug = launch.listing.slug
            target = _target(data, slug, endpoint, running)
            if isinstance(target, Target):
                asked.append(_Asked(slug, endpoint, target))
            elif target:
                yield target
    for one, findings in zip(asked, asyncio.run(_ask(asked, waits)), strict=True):
        yield from (_told(one, finding) for finding in findings)


async def _ask(asked: list[_Asked], waits: Waits) -> list[tuple[Finding, ...]]:
    return await asyncio.gather(*(EndpointProbe(one.target, waits).run() for one in asked))


def _told(one: _Asked, finding: Finding) -> Check:
    sentence = f"{one.slug}: {finding.text}"
    if finding.level == "ok":
        return ok("endpoints", sentence)
    remedy = f"`darkhorse launch edit {one.slug}` changes what it is told to ask."
    return (warn if finding.level == "warn" else fail)("endpoints", sentence, remedy)


def _target(data: Path, slug: str, endpoint: Endpoint, running: Running) -> Target | Check | None:
    """What to ask, or why it cannot be asked; None where that is told of its launch already."""
    if endpoint.url == EMBEDDED:
        return _embedded(data, slug, endpoint, running)
    if endpoint.key_env and running.names is not None and endpoint.key_env not in running.names:
        return None
    try:
        target = Target.of(endpoint)
    except ConfigError as e:
        if endpoint.key_file:
            return None
        told = f"{slug}: {e} Until then it cannot be asked from here."
        return warn("endpoints", told, f"Run this with {endpoint.key_env} in its environment.")
    return target if target.key or not endpoint.key_file else None


def _embedded(data: Path, slug: str, endpoint: Endpoint, running: Running) -> Target | Check:
    who = f"{slug}: Endpoint {endpoint.name}"
    if not running.runs:
        return ok("endpoints", f"{who} is the embedded model: it runs with the server.")
    return embedded_target(endpoint, data) or fail(
        "endpoints",
        f"{who}: a server runs, but {data / MODEL_FACTS} does not say where its embedded model is.",
        "Restart the server: one that started without such a launch has loaded no model.",
    )
