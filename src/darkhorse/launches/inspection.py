"""A look at every endpoint before a launch goes live: does it answer, does it hold enough?"""

from collections.abc import Callable
from itertools import chain

from msgspec import Struct, structs

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.catalog.launch import Launch
from darkhorse.launches.finding import Finding, Level, worst
from darkhorse.launches.headroom import Headroom, measure_headroom
from darkhorse.launches.inquiry import Target, Waits
from darkhorse.launches.probe import EndpointProbe

__all__ = ["Inspection", "OnStep", "inspect"]

OnStep = Callable[[str, int, int], None]
"""Called with what is going on, steps done and steps in all."""


class Inspection(Struct, frozen=True, kw_only=True):
    """What was found of all endpoints of one launch."""

    findings: tuple[Finding, ...]
    headrooms: tuple[Headroom, ...]

    @property
    def level(self) -> Level:
        """The gravest of all findings."""
        return worst(self.findings)

    def summary(self) -> str:
        """A line an endpoint, for the record of the move."""
        return "\n".join(headroom.summary() for headroom in self.headrooms)


async def inspect(
    launch: Launch,
    target_of: Callable[[Endpoint], Target],
    *,
    prove: bool,
    on_step: OnStep,
    waits: Waits | None = None,
) -> Inspection:
    """Ask every endpoint. `target_of` may raise ConfigError; that endpoint is refused then."""
    findings: list[Finding] = []
    headrooms: list[Headroom] = []
    for endpoint in launch.private.endpoint:
        try:
            target = target_of(endpoint)
        except ConfigError as e:
            findings.append(Finding(kind="no_target", level="refuse", text=str(e)))
            continue
        if "text" not in launch.listing.output:
            target = structs.replace(target, kind="embedding")
        on_step(f"{endpoint.name}: asking", 0, 1)
        found = await EndpointProbe(target, waits).run()
        findings.extend(found)
        if worst(found) == "refuse":
            continue
        headroom = await measure_headroom(
            target, launch.listing, waits=waits, prove=prove, on_progress=_steps(endpoint, on_step)
        )
        headrooms.append(headroom)
    return Inspection(
        findings=(*findings, *chain.from_iterable(each.findings for each in headrooms)),
        headrooms=tuple(headrooms),
    )


def _steps(endpoint: Endpoint, on_step: OnStep) -> Callable[[int, int], None]:
    """A page is counted, then another; the last and longest is the proof."""

    def advance(done: int, steps: int) -> None:
        what = "reading a full context" if done >= steps else "measuring headroom"
        on_step(f"{endpoint.name}: {what}", done, steps)

    return advance
