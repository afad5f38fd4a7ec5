"""Admission: may this request begin, now, for this much? Decided in memory, without a wait.

    permit = limiter.admit(ask)      # raises RateLimited, OverLimit, PaymentRequired
    permit.settle(tokens, micro_usd) # however the generation ended

What is counted whether anybody has set a limit or not: each subject's requests of the day, and
its money. A limit on them that is set while the server runs is right from its first moment. What
is counted only for those who have some limit: the last minute's requests and tokens, and what
runs. A first limit on a subject begins to count them when it is set, and is right a minute and
the longest running answer later. A restart counts all of it for everyone.

Everything here runs in one thread and never awaits, so nothing comes between check and charge.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct

from darkhorse.accounts.meters import Meter, Meters, Need
from darkhorse.accounts.quota import Headers, quota
from darkhorse.accounts.refusals import Moment, Standing, refusal
from darkhorse.accounts.subjects import Subject, Who, subjects_of
from darkhorse.accounts.tallies import Money, Today
from darkhorse.base.clock import Clock
from darkhorse.catalog.limits import Limits
from darkhorse.catalog.price import FREE, Price

__all__ = ["Ask", "Limiter", "Permit", "Recent", "SpentBefore", "TodayBefore"]


class Ask(Struct, frozen=True, kw_only=True):
    """A request before it begins. Tokens are public; `max_tokens` is what the client named."""

    who: Who
    prompt_tokens: int
    max_tokens: int | None = None
    price: Price = FREE


class Recent(NamedTuple):
    """A generation before a restart, begun or ended in the last 60 seconds.

    Where the moment of its end is not given, its tokens count as if used just now.
    """

    seconds_ago: float  # since it began
    listing: str
    key: str
    address: str
    tokens: int
    ended_ago: float = 0.0


class TodayBefore(NamedTuple):
    """Requests begun since UTC midnight, before a restart."""

    listing: str
    key: str
    address: str
    requests: int


class SpentBefore(NamedTuple):
    """Money spent before a restart, in millionths of a dollar."""

    listing: str
    key: str
    address: str
    micro_usd: int


class _Charge(Struct, frozen=True):
    """What a permit holds at the meters of its limited subjects."""

    meters: tuple[Meter, ...]
    need: Need
    begun: int  # the second


class Permit:
    """A request that was let in. The first call of `settle` or `cancel` counts, no other does.

    `quota` is the answer's `X-RateLimit-*` headers.
    """

    __slots__ = ("_charge", "_limiter", "_page", "_subjects", "quota")

    def __init__(
        self,
        limiter: "Limiter",
        subjects: tuple[Subject, ...],
        charge: _Charge | None,
        quota: Headers,
    ) -> None:
        self.quota = quota
        self._limiter: Limiter | None = limiter  # None once it has ended
        self._subjects = subjects
        self._charge = charge
        self._page = limiter.today.add(subjects)

    def settle(self, tokens: int, micro_usd: int) -> None:
        """The generation ended, however: it used so many public tokens, and cost so much."""
        limiter, self._limiter = self._limiter, None
        if limiter is None:
            return
        if self._charge:
            need, second = self._charge.need, limiter.second()
            for meter in self._charge.meters:
                meter.settle(need, second, tokens)
        if micro_usd:
            limiter.money.add(self._subjects, micro_usd)

    def cancel(self) -> None:
        """It never began: everything is given back, the counted request too."""
        limiter, self._limiter = self._limiter, None
        if limiter is None:
            return
        if self._charge:
            need, begun = self._charge.need, self._charge.begun
            for meter in self._charge.meters:
                meter.cancel(need, begun)
        limiter.today.take_back(self._page, self._subjects)


class Limiter:
    """Holds every request against the limits of its subjects; one for the whole process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._meters = Meters()
        self.today = Today()
        self.money = Money()

    def second(self) -> int:
        """The current second of the monotonic clock."""
        return math.floor(self._clock.monotonic())

    def admit(self, ask: Ask) -> Permit:
        """Charge every subject, or none. Raises RateLimited, OverLimit, PaymentRequired."""
        now_us, second = self._clock.now_us(), self.second()
        self.today.turn(now_us, second)
        who = ask.who
        if not who.limited:
            return Permit(self, who.subjects, None, ())
        self._meters.tidy(second)
        moment = Moment(second, now_us, self.today.wait_s(now_us, second))
        need = _need(ask)
        standings = [self._standing(*each) for each in who.limited]
        error = refusal(standings, need, moment)
        if error is not None:
            error.quota = quota(standings, moment)
            raise error
        return self._let_in(who, standings, need, moment)

    def _let_in(self, who: Who, standings: list[Standing], need: Need, moment: Moment) -> Permit:
        for standing in standings:
            standing.meter.begin(need, moment.second)
            standing.today += 1
        charge = _Charge(tuple([each.meter for each in standings]), need, moment.second)
        return Permit(self, who.subjects, charge, quota(standings, moment))

    def restore(
        self,
        recent: Iterable[tuple[float, str, str, str, int] | Recent],
        today: Iterable[tuple[str, str, str, int]],
        spent: Iterable[tuple[str, str, str, int]],
    ) -> None:
        """Count what was before a restart, as `Recent`, `TodayBefore` and `SpentBefore` have it.

        For every kind of subject, whatever limits there are. Once, before the first `admit`.
        """
        monotonic = self._clock.monotonic()
        self.today.turn(self._clock.now_us(), math.floor(monotonic))
        for row in recent:
            self._restore_minute(Recent(*row), monotonic)
        for listing, key, address, requests in today:
            self.today.add(subjects_of(listing, key, address), requests)
        for listing, key, address, micro_usd in spent:
            self.money.add(subjects_of(listing, key, address), micro_usd)

    def _restore_minute(self, past: Recent, monotonic: float) -> None:
        begun = math.floor(monotonic - max(0.0, past.seconds_ago))
        ended = math.floor(monotonic - max(0.0, past.ended_ago))
        for subject in subjects_of(past.listing, past.key, past.address):
            meter = self._meters.of(subject)
            meter.requests.add(begun, 1)
            meter.tokens.add(ended, past.tokens)

    def _standing(self, subject: Subject, limits: Limits) -> Standing:
        today = 0 if limits.requests_per_day is None else self.today.requests(subject)
        spent = 0 if limits.spend_usd is None else self.money.spent(subject)
        return Standing(subject, limits, self._meters.of(subject), today, spent)


def _need(ask: Ask) -> Need:
    tokens = ask.prompt_tokens + (ask.max_tokens or 0)
    if ask.price.is_free:
        return Need(ask.prompt_tokens, ask.max_tokens, tokens, 0)
    micro_usd = ask.price.micro_usd(ask.prompt_tokens, ask.max_tokens or 0)
    return Need(ask.prompt_tokens, ask.max_tokens, tokens, max(1, micro_usd))
