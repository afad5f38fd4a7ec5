"""Doors for the planted leaks: the clean relay, recorded once, and what a plant makes of it.

A recording answers in microseconds, so that each plant meets the whole audit. The proxy of
leaky.py, with sockets and clocks, is tried with a few of them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate

from darkhorse.attribution.client.door import Door, Names
from darkhorse.attribution.client.reply import Reply, parse
from darkhorse.audit.attacks import QUICK
from darkhorse.audit.attacks.context import ContextLimit
from darkhorse.audit.attacks.together import Together
from darkhorse.audit.runner import Broken, judge, read
from darkhorse.base.clock import SystemClock
from darkhorse.base.secret import Secret
from darkhorse.catalog.audits import Finding

from .leaky import Asked, Change, Said, taken_apart

__all__ = ["BRISK", "DIALECTS", "Stage", "Tape"]

DIALECTS = ("chat", "completions", "responses", "messages")
_APART = (ContextLimit.name, Together.name)
BRISK = (*(each for each in QUICK if each.name not in _APART), ContextLimit())
"""The quick audit with the long prompts, which cost nothing here, and without what weighs all."""
PATIENCE_S = 9.0  # a thirtieth of it is spent on what a relay without a keeper never gives


@dataclass
class Tape:
    """What the clean relay said to each request, every time it was asked."""

    replies: dict[bytes, list[Reply]] = field(default_factory=dict)

    def find(self, request: bytes, time: int) -> Reply | None:
        """The answer to its `time`-th asking, where that was recorded."""
        known = self.replies.get(request, ())
        return known[time] if time < len(known) else None

    def keep(self, request: bytes, reply: Reply) -> None:
        self.replies.setdefault(request, []).append(reply)


class Played(Door):
    """A door to the relay that a plant changes; what is on the tape is not asked again."""

    def __init__(self, tape: Tape, change: Change | None, *args, **fields) -> None:
        super().__init__(*args, **fields)
        self._tape = tape
        self._change = change
        self._times: dict[bytes, int] = {}

    async def send(self, request: bytes, *, most_bytes: int | None = None) -> Reply:
        del most_bytes  # answers here are short
        time = self._times.get(request, 0)
        self._times[request] = time + 1
        reply = self._tape.find(request, time) or await self._record(request)
        return changed(self._change, request, reply) if self._change else reply

    async def _record(self, request: bytes) -> Reply:
        try:
            reply = await super().send(request)
        except asyncio.CancelledError:
            self._tape.keep(request, Reply(problem="nobody waited for it"))
            raise
        self._tape.keep(request, reply)
        return reply


def changed(change: Change, request: bytes, reply: Reply) -> Reply:
    """What a client gets of it; the very reply where the plant left it alone."""
    clean = taken_apart_once(reply)
    if clean is None:
        return reply
    said = clean.copy()
    change(Asked(request), said)
    if said == clean:
        return reply
    pieces = said.raw()
    moments = accumulate(pause for pause, _ in pieces)
    arrivals = tuple(zip(moments, (data for _, data in pieces), strict=True))
    return parse(b"".join(data for _, data in pieces), arrivals, arrivals[-1][0])


def taken_apart_once(reply: Reply) -> Said | None:
    """Kept with the reply, which lives as long as the tape."""
    kept = reply.__dict__
    if "apart" not in kept:
        kept["apart"] = taken_apart(reply)
    return kept["apart"]


@dataclass
class Stage:
    """One upstream, raw and behind the clean relay."""

    raw: Callable[[], Door]
    port: int  # of the relay
    key: str
    model: str  # the listing
    names: Names
    tape: Tape = field(default_factory=Tape)
    _before: dict[object, object] = field(default_factory=dict)

    def audit(self, change: Change | None, attacks=BRISK) -> tuple[Finding, ...]:
        """The whole audit of the relay as the plant changes it."""
        return asyncio.run(self._audit(self.door(Played, self.tape, change), attacks))

    def audit_at(self, port: int, attacks=BRISK) -> tuple[Finding, ...]:
        """The same over sockets, at a proxy."""
        return asyncio.run(self._audit(self.door(Door, port=port), attacks))

    def door(self, kind: type[Door], *first, port: int = 0) -> Door:
        return kind(
            *first,
            "public",
            f"http://127.0.0.1:{port or self.port}/api/v1",
            Secret(self.key),
            self.model,
            clock=SystemClock(),
            dialects=DIALECTS,
            names=self.names,
            patience_s=PATIENCE_S,
        )

    async def _audit(self, door: Door, attacks) -> tuple[Finding, ...]:
        attacks = tuple(attacks)
        if attacks not in self._before:
            told = await read(self.raw(), attacks)
            assert not [each for each in told.values() if isinstance(each, Broken)], told
            self._before[attacks] = told
        return judge(self._before[attacks], await read(door, attacks), attacks)
