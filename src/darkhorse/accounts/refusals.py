"""Why a request may not begin: every rule, with its sentence and when to come back."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from msgspec import Struct

from darkhorse.accounts.meters import Meter, Need
from darkhorse.accounts.subjects import Kind, Subject
from darkhorse.accounts.windows import HELD_S
from darkhorse.base.errors import OverLimit, PaymentRequired, RateLimited
from darkhorse.catalog.limits import Limits

__all__ = ["Moment", "Refusal", "Standing", "refusal"]

_MILLION = 1_000_000

Refusal = OverLimit | PaymentRequired | RateLimited

_WHOM: dict[Kind, str] = {
    "key": "for this key",
    "address": "for your network address",
    "listing": "for this model",
    "listing/key": "for this key on this model",
    "listing/address": "for your network address on this model",
}


class Moment(Struct, frozen=True, gc=False):
    """Now: a whole second of the monotonic clock, the wall clock, and how long the day lasts."""

    second: int
    now_us: int
    day_left_s: int


class Standing(Struct, gc=False):
    """A limited subject as it stands. `today` is requests, `spent` millionths of a dollar.

    Either is only looked up where there is a limit on it.
    """

    subject: Subject
    limits: Limits
    meter: Meter
    today: int
    spent: int

    @property
    def whom(self) -> str:
        """`for this key`: who has the limit, as its bearer is told."""
        return _WHOM[self.subject.kind]


def refusal(standings: Iterable[Standing], need: Need, moment: Moment) -> Refusal | None:
    """What the request is told if any rule forbids it: of several, what holds it up longest.

    With nobody else asking, it is admitted `retry_after` seconds from now. What runs is taken
    to use what it set aside, and where that is in the way, to end now: nobody knows when it will.
    """
    found = []
    for each in standings:
        for error in _obstacles(each, need, moment):
            error.limited = each.subject.kind
            found.append(error)
    return max(found, key=_weight) if found else None


def _weight(error: Refusal) -> tuple[bool, bool, int]:
    never, unpaid = isinstance(error, OverLimit), isinstance(error, PaymentRequired)
    return never, unpaid, error.retry_after or 0


def _obstacles(standing: Standing, need: Need, moment: Moment) -> Iterator[Refusal]:
    """Every rule, once. Each is about the state with this request in it."""
    limits, meter = standing.limits, standing.meter
    if (most := limits.requests_per_minute) is not None:
        wait = meter.requests.wait_s(moment.second, most - 1)
        if wait:
            yield _too_often(f"{_count(most, 'request')} a minute {standing.whom}", wait)
    if (most := limits.requests_per_day) is not None and standing.today + 1 > most:
        what = f"{_count(most, 'request')} a day (UTC) {standing.whom}"
        yield _too_often(what, moment.day_left_s)
    if (most := limits.concurrent) is not None and meter.running + 1 > most:
        yield _too_many(f"{_count(most, 'request')} at once {standing.whom}")
    if (most := limits.tokens_per_minute) is not None:
        if need.tokens > most:
            yield _too_much_ever(standing, need, most)
        elif wait := _token_wait_s(meter, most - need.tokens, moment.second):
            yield _too_much(standing, need, most, wait, moment.second)
    if limits.spend_usd is not None and need.micro_usd:
        most = int(limits.spend_usd * _MILLION)
        if standing.spent + meter.micro_usd + need.micro_usd > most:
            yield _too_dear(standing, need, most)


def _token_wait_s(meter: Meter, room: int, second: int) -> int:
    """Seconds until what runs and what is charged are no more than `room`."""
    free = room - meter.reserved
    return meter.tokens.wait_s(second, free) if free >= 0 else HELD_S


def _too_often(what: str, wait: int) -> RateLimited:
    return RateLimited(f"{what}; try again in {wait:,} s.", retry_after=wait)


def _too_many(what: str) -> RateLimited:
    return RateLimited(f"{what}; try again when one has ended.", retry_after=1)


def _too_much(standing: Standing, need: Need, most: int, wait: int, second: int) -> RateLimited:
    left = max(0, most - standing.meter.reserved - standing.meter.tokens.total(second))
    return RateLimited(
        f"{_count(most, 'token')} a minute {standing.whom}: {left:,} left, "
        f"{need.tokens:,} set aside for this one; try again in {wait:,} s, or name a smaller "
        "max_tokens.",
        retry_after=wait,
    )


def _too_much_ever(standing: Standing, need: Need, most: int) -> OverLimit:
    named = "" if need.max_tokens is None else f" and an answer of up to {need.max_tokens:,}"
    remedy = "Shorten the prompt" if need.prompt_tokens >= most else "Lower max_tokens"
    return OverLimit(
        f"A prompt of {_count(need.prompt_tokens, 'token')}{named} can never pass: the limit is "
        f"{_count(most, 'token')} a minute {standing.whom}. {remedy}."
    )


def _too_dear(standing: Standing, need: Need, most: int) -> PaymentRequired:
    held = standing.meter.micro_usd
    running = f", {_dollars(held)} set aside for what runs" if held else ""
    return PaymentRequired(
        f"{_dollars(most)} in all {standing.whom}: {_dollars(standing.spent)} spent{running}, "
        f"and this may cost {_dollars(need.micro_usd)}; a smaller max_tokens costs less."
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _dollars(micro_usd: int) -> str:
    """At least cents, and as much behind them as there is: $0.50, $0.000012."""
    whole, _, parts = f"{Decimal(micro_usd) / _MILLION:.6f}".partition(".")
    return f"${int(whole):,}.{parts.rstrip('0').ljust(2, '0')}"
