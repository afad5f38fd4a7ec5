"""An audit from its order to its result: the doors, a rehearsal where there is no address."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from darkhorse import __version__
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.reply import Reply
from darkhorse.attribution.client.signs import sound
from darkhorse.audit.attack import Attack
from darkhorse.audit.attacks import ATTACKS, QUICK
from darkhorse.audit.reasons import REASONS
from darkhorse.audit.runner import audit as play
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.base.plain import plain
from darkhorse.base.secret import Secret
from darkhorse.catalog.audits import Audit, Finding
from darkhorse.catalog.launch import Definition, subject_of
from darkhorse.launches.guard import NO_AUDIT
from darkhorse.supervise.rehearsal import rehearse
from darkhorse.wiring.config import Config
from darkhorse.wiring.doors import endpoint_of, model_facts, public_door, raw_door

__all__ = ["OnTick", "Order", "Tick", "carry_out"]

_BASE = "/api/v1"
_HELLO = "Say hello."
_HELLO_TOKENS = 64
_SAID = 300  # characters of what the other side says of an error


class Order(Struct, frozen=True, kw_only=True):
    """What shall be audited, and how."""

    listing: str  # the model's public name
    definition: Definition | None  # None: somebody else's, of which nothing is known
    data: Path
    config: Config = Config()
    endpoint: str = ""  # the raw side's; empty: the first
    url: str = ""  # a public address; empty: in a rehearsal
    key: Secret = Secret("")  # for that address
    only: tuple[str, ...] = ()
    quick: bool = False


class Tick(Struct, frozen=True):
    """How far it has come."""

    what: str
    calls: int
    about: int  # calls in all, so far as attacks know beforehand
    tokens: int


OnTick = Callable[[Tick], None]


class _Progress:
    """Counts over both doors."""

    def __init__(self, on_tick: OnTick) -> None:
        self.doors: list[Door] = []
        self.about = 0
        self.what = "starting"
        self._on_tick = on_tick

    @property
    def calls(self) -> int:
        return sum(door.spent.calls for door in self.doors)

    @property
    def tokens(self) -> int:
        return sum(door.spent.tokens for door in self.doors)

    def tick(self, _: object = None) -> None:
        self._on_tick(Tick(self.what, self.calls, max(self.about, self.calls), self.tokens))

    def attacked(self, name: str) -> None:
        self.what = name
        self.tick()


async def carry_out(
    order: Order, clock: Clock, new_id: Callable[[], str], on_tick: OnTick
) -> Audit:
    """Raises ConfigError where there is nothing to audit: a door that does not open."""
    began, at_us = clock.monotonic(), clock.now_us()
    _check_writes_text(order)
    attacks = _chosen(order)
    progress = _Progress(on_tick)
    raw = _raw(order, clock, progress)
    if raw:
        await _knock(raw, order)
    async with _public(order, clock, progress) as public:
        progress.about = sum(attack.calls for attack in attacks) * len(progress.doors)
        await _knock(public, order)
        findings = await play(raw, public, attacks, on_attack=progress.attacked)
    definition = order.definition
    return Audit(
        id=new_id(),
        listing=order.listing,
        subject=subject_of(definition) if definition else "",
        at_us=at_us,
        version=__version__,
        findings=_asked_for(findings, order),
        calls=progress.calls,
        tokens=progress.tokens,
        seconds=round(clock.monotonic() - began, 3),
        endpoint=endpoint_of(definition, order.endpoint).name if definition else "",
        url=order.url,
        only=order.only,
        quick=order.quick,
    )


def _check_writes_text(order: Order) -> None:
    if order.definition and "text" not in order.definition.public.output:
        raise ConfigError(
            f"{order.listing} writes no text, and an audit asks for nothing else; go live with "
            f"--accept {NO_AUDIT}."
        )


def _chosen(order: Order) -> Sequence[Attack]:
    attacks = QUICK if order.quick else ATTACKS
    if not order.only:
        return attacks
    chosen = [each for each in attacks if not set(order.only).isdisjoint(each.channels)]
    if not chosen:
        whys = "; ".join(f"{name}: {REASONS.get(name, 'no attack asks')}" for name in order.only)
        raise ConfigError(f"Nothing can be tested of that: {whys}.")
    return chosen


def _asked_for(findings: Sequence[Finding], order: Order) -> tuple[Finding, ...]:
    only = frozenset(order.only)
    kept = tuple(each for each in findings if not only or each.channel in only)
    if all(each.verdict == "untested" for each in kept):
        why, _ = Counter(each.public for each in kept).most_common(1)[0]
        raise ConfigError(f"Nothing could be tested of {order.listing}: {why}.")
    return kept


def _raw(order: Order, clock: Clock, progress: _Progress) -> Door | None:
    definition = order.definition
    if definition is None:
        return None
    endpoint = endpoint_of(definition, order.endpoint)
    door = raw_door(definition, endpoint, order.data, clock, progress.tick)
    progress.doors.append(door)
    return door


@asynccontextmanager
async def _public(order: Order, clock: Clock, progress: _Progress) -> AsyncIterator[Door]:
    """At the address that was named, or in a rehearsal."""
    definition = order.definition

    def door(url: str, key: Secret) -> Door:
        made = public_door(definition, order.listing, url, key, clock, progress.tick)
        progress.doors.append(made)
        return made

    if order.url:
        yield door(order.url, order.key)
    elif definition is None:
        raise ConfigError(f"{order.listing} is no launch here; say with --url where it answers.")
    else:
        facts = model_facts(definition, order.data)
        async with rehearse(definition, order.config, clock, facts=facts) as rehearsed:
            yield door(rehearsed.url + _BASE, rehearsed.key)


async def _knock(door: Door, order: Order) -> None:
    """Where nothing answers, nothing leaks, and an audit would say so of everything."""
    answer = await door.ask(ask(_HELLO, limit=_HELLO_TOKENS))
    if answer.reply.status == 200:
        return
    said = _said(answer.reply)
    if door.side == "raw":
        raise ConfigError(
            f"The endpoint of {order.listing} gives no answer ({said}); `darkhorse launch go-live "
            f"{order.listing} --check-only --why …` says what is wrong with it."
        )
    raise ConfigError(f"The public side of {order.listing} gives no answer ({said}).")


def _said(reply: Reply) -> str:
    """Its status and its own words of it, as far as it has any."""
    status = reply.problem or f"status {reply.status}"
    told = reply.json
    error = told.get("error") if isinstance(told, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    if not isinstance(message, str) or not message.strip():
        return status
    return f"{status}: {plain(sound(message))[:_SAID]}"
