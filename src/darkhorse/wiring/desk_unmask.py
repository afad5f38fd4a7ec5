"""Carries out what the desk's form orders: looks the address up, asks, judges along the way.

Nothing is kept on disk, and what is held in memory is bounded whatever an API sends.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import get_args

import msgspec
from msgspec import structs

from darkhorse.attribution.client.door import Spent
from darkhorse.attribution.interview import Tick
from darkhorse.attribution.judging import SIGNALS, judge
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.plan import planned
from darkhorse.attribution.signal import Budget
from darkhorse.attribution.verdict import Case
from darkhorse.base.chance import Draw, seeded_draw
from darkhorse.base.clock import Clock
from darkhorse.upstream.http11 import Address
from darkhorse.web.desk import order as desk
from darkhorse.web.desk.runs import Estimate, Seen
from darkhorse.wiring import unmask
from darkhorse.wiring.public_address import LookUp, public_address, system_look_up

__all__ = ["MOST_HELD", "DeskInvestigator"]

MOST_HELD = 32 << 20
"""Characters of one run's answers; what comes after them is not read."""
_FIRST_LOOK, _GROWTH = 8, 1.5  # answers before the first exhibits; then whenever so many more came


class DeskInvestigator:
    """For `web.desk.runs`."""

    def __init__(
        self,
        known: Library,
        *,
        clock: Clock,
        draw: Draw,
        allow_private: bool = False,
        look_up: LookUp = system_look_up,
    ) -> None:
        self.known = known
        self._clock, self._draw = clock, draw
        self._allow_private, self._look_up = allow_private, look_up
        self.estimates: Mapping[Budget, Estimate] = {
            budget: self._estimate(budget) for budget in get_args(Budget)
        }

    async def carry_out(self, order: desk.Order, show: Callable[[Seen], None]) -> Case:
        """Raises ConfigError: an address that may not be asked, a door that does not open."""
        wanted = unmask.checked(
            unmask.Order(
                url=order.url,
                model=order.model,
                key=order.key,
                key_name="the field for the key",
                budget=order.budget,
                dialect=order.dialect,
            )
        )
        address, _ = Address.parse(order.url)
        place = await public_address(
            address.host, address.port, allow_private=self._allow_private, look_up=self._look_up
        )
        return await self._asked(wanted, place, _Watch(self.known, show))

    async def _asked(self, order: unmask.Order, place: str, watch: "_Watch") -> Case:
        began, spent = self._clock.monotonic(), Spent()
        looking = asyncio.create_task(watch.look())
        try:
            ended = await unmask.ask_all(
                order,
                planned(SIGNALS, order.budget, self._draw, self.known),
                clock=self._clock,
                draw=self._draw,
                on_seen=watch.see,
                on_tick=watch.tick,
                spent=spent,
                connect_to=place,
            )
        finally:
            looking.cancel()
        case = await watch.judged("judging")
        seconds = self._clock.monotonic() - began
        told = unmask.of_run(case, order, spent, watch.findings(ended), seconds)
        return structs.replace(told, at=self._clock.now_us() // 1_000_000)

    def _estimate(self, budget: Budget) -> Estimate:
        plan = planned(SIGNALS, budget, seeded_draw(0), self.known)
        return Estimate(plan.calls, plan.tokens)


class _Watch:
    """What has come of one run, and what can be said of it so far."""

    def __init__(self, known: Library, show: Callable[[Seen], None]) -> None:
        self._known, self._show = known, show
        self._held: list[Observation] = []
        self._size = 0
        self._now = Seen()
        self._more = asyncio.Event()
        self._next_look = float(_FIRST_LOOK)

    def see(self, seen: Observation) -> None:
        self._size += _size(seen)
        if self._size <= MOST_HELD:
            self._held.append(seen)
        if len(self._held) >= self._next_look:
            self._more.set()

    def tick(self, tick: Tick) -> None:
        self._tell(
            what=f"asking: {tick.what}",
            done=tick.done,
            about=tick.about,
            calls=tick.calls,
            tokens=tick.tokens,
        )

    async def look(self) -> None:
        """Weigh anew whenever half as much has come again, so that looking stays cheap."""
        while await self._more.wait():
            self._more.clear()
            self._next_look = len(self._held) * _GROWTH
            await self.judged(self._now.what)

    async def judged(self, what: str) -> Case:
        """In a thread: pages and answers go on meanwhile."""
        self._tell(what=what)
        case = await asyncio.to_thread(judge, tuple(self._held), self._known)
        self._tell(evidence=case.evidence)
        return case

    def findings(self, ended: str) -> list[str]:
        cut = [f"Not all was asked: {ended}."] if ended else []
        if self._size > MOST_HELD:
            cut.append("It sent far more than was asked for; what came last was not read.")
        return cut

    def _tell(self, **changes: object) -> None:
        self._now = structs.replace(self._now, **changes)
        self._show(self._now)


def _size(seen: Observation) -> int:
    """About how many characters it holds."""
    lists = (seen.pieces, seen.tokens, seen.headers, seen.values, seen.call_ids)
    return len(msgspec.json.encode(seen)) + 64 * sum(map(len, lists))
