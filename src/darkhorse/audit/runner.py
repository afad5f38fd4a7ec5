"""Plays every attack at both doors, and gives a finding at least for every channel there is."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct, structs

from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.signs import sound
from darkhorse.audit.attack import Attack, untested
from darkhorse.audit.reasons import REASONS
from darkhorse.catalog.audits import Finding
from darkhorse.catalog.channels import CHANNELS

__all__ = ["Broken", "audit", "judge", "read"]

_NOBODY = "no attack of this audit asks for it"
_SLOW_S = 1.0  # for a few tokens
_FEW = 4
_NAMED = 2
_ORDER = {channel.name: at for at, channel in enumerate(CHANNELS)}


class Broken(Struct, frozen=True):
    """An attack that could not read a door."""

    why: str


Readings = Mapping[str, Any]
"""An attack's name → what it read, or why it could not."""


class OnStep(Protocol):
    """Hears of attacks at a door."""

    def __call__(self, name: str, *, begins: bool) -> None:
        """It begins, or it has ended."""
        ...


async def audit(
    raw: Door | None,
    public: Door,
    attacks: Sequence[Attack],
    *,
    on_attack: Callable[[str], None] | None = None,
) -> tuple[Finding, ...]:
    """Try all attacks. `on_attack` is told, for people, which still run and how many are done.

    A slow endpoint is asked first, and the public side, which leads to it, after that.
    """
    doors = [door for door in (raw, public) if door]
    running = _Running(len(doors) * len(attacks), on_attack)
    if await _is_slow(doors[0]):
        told = []
        for door in doors:
            door.slow_down()
            told.append(await read(door, attacks, on_step=running.step))
    else:
        told = await asyncio.gather(*(read(door, attacks, on_step=running.step) for door in doors))
    return judge(told[0] if raw else None, told[-1], attacks)


async def _is_slow(door: Door) -> bool:
    """Does a short answer take over a second, the quicker of two?"""
    for _ in range(2):
        answer = await door.ask(ask("hi", limit=_FEW, stream=True))
        if not answer.ok or answer.reply.seconds <= _SLOW_S:
            return False
    return True


class _Running:
    """Which attacks are under way, over all doors."""

    def __init__(self, of: int, tell: Callable[[str], None] | None) -> None:
        self._of = of
        self._tell = tell
        self._done = 0
        self._names: list[str] = []

    def step(self, name: str, *, begins: bool) -> None:
        """An attack begins or ends at a door."""
        if begins:
            self._names.append(name)
        else:
            self._names.remove(name)
            self._done += 1
        if self._tell:
            self._tell(self._said())

    def _said(self) -> str:
        names = list(dict.fromkeys(self._names))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        now = ", ".join(names[:_NAMED]) or "done"
        return f"{self._done} of {self._of} attacks: {now}{more}"


async def read(door: Door, attacks: Sequence[Attack], *, on_step: OnStep | None = None) -> Readings:
    """What each attack reads at one door. A raw door's can be kept for several audits.

    Those that measure time (`needs_quiet`) come last, one by one.
    """
    apart = [attack for attack in attacks if getattr(attack, "needs_quiet", False)]
    together = [attack for attack in attacks if attack not in apart]
    told = await asyncio.gather(*(_read(door, attack, on_step) for attack in together))
    told += [await _read(door, attack, on_step) for attack in apart]
    return dict(zip((attack.name for attack in (*together, *apart)), told, strict=True))


async def _read(door: Door, attack: Attack, on_step: OnStep | None) -> Any:
    if on_step:
        on_step(attack.name, begins=True)
    try:
        return await attack.read(door)
    except Exception as e:  # noqa: BLE001 an attack that breaks is a finding, never the audit's end
        return Broken(_why(e))
    finally:
        if on_step:
            on_step(attack.name, begins=False)


def judge(raw: Readings | None, public: Readings, attacks: Sequence[Attack]) -> tuple[Finding, ...]:
    """Every finding, in the channels' order, one at least for each channel."""
    found = [finding for attack in attacks for finding in _judged(attack, raw, public)]
    tested = {finding.channel for finding in found}
    missing = [name for name in _ORDER if name not in tested]
    found += [untested(name, REASONS.get(name, _NOBODY)) for name in missing]
    told = sorted(_distinct(found), key=lambda each: _ORDER.get(each.channel, len(_ORDER)))
    return tuple(map(_sound, told))


def _judged(attack: Attack, raw: Readings | None, public: Readings) -> list[Finding]:
    """An attack's findings; whatever breaks makes its channels untested."""
    here = public[attack.name]
    if isinstance(here, Broken):
        return [untested(name, here.why) for name in attack.channels]
    there = raw.get(attack.name) if raw else None
    try:
        found = list(attack.judge(None if isinstance(there, Broken) else there, here))
    except Exception as e:  # noqa: BLE001 as above
        return [untested(name, _why(e)) for name in attack.channels]
    silent = set(attack.channels) - {finding.channel for finding in found}
    return [*found, *(untested(name, "the attack came to no result") for name in sorted(silent))]


def _distinct(found: Iterable[Finding]) -> list[Finding]:
    """One finding a name, the worst that was said; no "closed" of a channel that is not."""
    worst: dict[str, Finding] = {}
    for each in found:
        known = worst.get(each.name)
        if known is None or _weight(each) > _weight(known):
            worst[each.name] = each
    bad = {each.channel for each in worst.values() if _WEIGHT[each.verdict] > 1}
    told = {each.channel for each in worst.values() if _WEIGHT[each.verdict] > 0}
    return [each for each in worst.values() if not _is_moot(each, bad, told)]


def _sound(finding: Finding) -> Finding:
    """What was said can be half a character; a finding has to be kept as a file."""
    exhibits = tuple(
        structs.replace(each, asked=sound(each.asked), answered=sound(each.answered))
        for each in finding.exhibits
    )
    raw, public = sound(finding.raw), sound(finding.public)
    return structs.replace(finding, raw=raw, public=public, exhibits=exhibits)


def _is_moot(finding: Finding, bad: set[str], told: set[str]) -> bool:
    """A word on a whole channel of which something else is known better."""
    if finding.could_not:
        return False
    if finding.name != finding.channel:
        return False
    return finding.channel in {"closed": bad, "untested": told}.get(finding.verdict, set())


def _why(error: Exception) -> str:
    return f"the attack broke: {type(error).__name__}: {error}"[:300]


def _weight(finding: Finding) -> float:
    """How bad it is. What got no answers weighs more than another attack's good word."""
    return _CLOSED + 0.5 if finding.could_not else _WEIGHT[finding.verdict]


_CLOSED = 1
_WEIGHT = {"untested": 0, "closed": _CLOSED, "reduced": 2, "leaks": 3}
