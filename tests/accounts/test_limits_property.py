"""The limiter against a reference that keeps every event and counts them anew each time."""

import copy
import math
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from limits_kit import PAID, HeldClock, ask, limited

from darkhorse.accounts.limits import Limiter, Recent
from darkhorse.base.errors import DarkhorseError, OverLimit, PaymentRequired, RateLimited
from darkhorse.catalog.limits import Limits
from darkhorse.catalog.price import FREE

DAY_US = 86_400_000_000


@dataclass(eq=False)
class Event:
    """A request that was let in."""

    ids: tuple[str, str, str]
    subjects: tuple
    at: float
    day: int
    tokens: int  # set aside
    micro: int
    ended: float | None = None
    used: int = 0
    spent: int = 0


@dataclass
class Naive:
    clock: HeldClock
    events: list[Event] = field(default_factory=list)

    def of(self, subject):
        return [each for each in self.events if subject in each.subjects]

    def use(self, subject, is_recent):
        """(requests in the minute, of the day, running, tokens, money)"""
        mine = self.of(subject)
        running = [each for each in mine if each.ended is None]
        ended = [each for each in mine if each.ended is not None]
        return (
            sum(is_recent(each.at) for each in mine),
            sum(each.day == self.clock.wall_us // DAY_US for each in mine),
            len(running),
            sum(e.tokens for e in running) + sum(e.used for e in ended if is_recent(e.ended)),
            sum(e.micro for e in running) + sum(e.spent for e in ended),
        )

    def verdict(self, asked, need, micro):
        """The error that is due, or None."""
        due = set()
        for subject, limits in asked.who.limited:
            minute, day, running, tokens, money = self.use(subject, self.in_bucket)
            if need > (limits.tokens_per_minute or math.inf):
                due.add(OverLimit)
            if micro and limits.spend_usd is not None and money + micro > limits.spend_usd * 10**6:
                due.add(PaymentRequired)
            if (
                minute + 1 > (limits.requests_per_minute or math.inf)
                or day + 1 > (limits.requests_per_day or math.inf)
                or running + 1 > (limits.concurrent or math.inf)
                or tokens + need > (limits.tokens_per_minute or math.inf)
            ):
                due.add(RateLimited)
        return next(
            (kind for kind in (OverLimit, PaymentRequired, RateLimited) if kind in due), None
        )

    def in_bucket(self, at):
        return math.floor(self.clock.at) - math.floor(at) <= 60

    def in_a_minute(self, at):
        return self.clock.at - at <= 60

    def assert_never_over(self, asked):
        for subject, limits in asked.who.limited:
            minute, day, running, tokens, money = self.use(subject, self.in_a_minute)
            assert minute <= (limits.requests_per_minute or math.inf)
            assert day <= (limits.requests_per_day or math.inf)
            assert running <= (limits.concurrent or math.inf)
            assert tokens <= (limits.tokens_per_minute or math.inf)
            if limits.spend_usd is not None and asked.price is PAID:
                assert money <= limits.spend_usd * 10**6

    def rows(self):
        """What the ledger would know after a restart."""
        now, today = self.clock.at, self.clock.wall_us // DAY_US
        recent = [
            Recent(now - each.at, *each.ids, each.used, now - each.ended)
            for each in self.events
            if now - each.ended <= 3600
        ]
        days = Counter(each.ids for each in self.events if each.day == today)
        spent = Counter()
        for each in self.events:
            spent[each.ids] += each.spent
        return recent, [(*ids, n) for ids, n in days.items()], [(*i, n) for i, n in spent.items()]


class World:
    """One script played on the limiter and on the reference."""

    def __init__(self, limits):
        self.limits = limits
        self.clock = HeldClock()
        self.limiter = Limiter(self.clock)
        self.naive = Naive(self.clock)
        self.open = []

    def play(self, step):
        what, *more = step
        getattr(self, what)(*more)

    def request(self, ids, prompt, named, price):
        return ask(prompt, named, price, who=limited(ids, **self.limits))

    def ask(self, *about):
        asked = self.request(*about)
        need = asked.prompt_tokens + (asked.max_tokens or 0)
        micro = asked.price.micro_usd(asked.prompt_tokens, asked.max_tokens or 0)
        due = self.naive.verdict(asked, need, micro)
        if due:
            with pytest.raises(due) as caught:
                self.limiter.admit(asked)
            assert type(caught.value) is due
            if due is RateLimited:
                self.assert_not_stuck(asked, caught.value.retry_after)
            return
        permit = self.limiter.admit(asked)
        day = self.clock.wall_us // DAY_US
        event = Event(about[0], asked.who.subjects, self.clock.at, day, need, micro)
        self.naive.events.append(event)
        self.naive.assert_never_over(asked)
        self.open.append((permit, event, asked))

    def assert_not_stuck(self, asked, retry_after):
        assert retry_after >= 1
        running = bool(self.open)
        limiter, clock, opened = copy.deepcopy((self.limiter, self.clock, self.open))
        for permit, event, _ in opened:
            permit.settle(event.tokens, 0)
        if retry_after > 1 and not running:
            clock.advance(retry_after - 1)
            with pytest.raises(RateLimited):
                limiter.admit(asked)
            clock.advance(1)
        else:
            clock.advance(retry_after)
        limiter.admit(asked)

    def settle(self, which, share, over):
        if not self.open:
            return
        permit, event, asked = self.open.pop(which % len(self.open))
        answer = over if asked.max_tokens is None else int(asked.max_tokens * share)
        event.used, event.ended = asked.prompt_tokens + answer, self.clock.at
        event.spent = asked.price.micro_usd(asked.prompt_tokens, answer)
        for _ in range(2):
            permit.settle(event.used, event.spent)
        permit.cancel()

    def cancel(self, which):
        if self.open:
            permit, event, _ = self.open.pop(which % len(self.open))
            permit.cancel()
            permit.settle(1000, 1000)
            self.naive.events.remove(event)

    def advance(self, seconds):
        self.clock.advance(seconds)

    def outcome(self, limiter, about):
        try:
            permit = limiter.admit(self.request(*about))
        except DarkhorseError as error:
            return type(error), error.message, error.retry_after, error.quota
        return permit.quota


few = st.none() | st.integers(1, 4)
any_limits = st.builds(
    Limits,
    requests_per_minute=few,
    requests_per_day=st.none() | st.integers(1, 8),
    tokens_per_minute=st.none() | st.integers(10, 100),
    concurrent=few,
    spend_usd=st.none() | st.integers(0, 300).map(lambda micro: Decimal(micro) / 10**6),
)
by_kind = st.dictionaries(
    st.sampled_from(["key", "address", "listing", "listing_key", "listing_address"]), any_limits
)
ids = st.tuples(
    st.sampled_from(["x/y", "x/z"]), st.sampled_from(["k", "l"]), st.sampled_from(["a", "b"])
)
asks = st.tuples(
    ids, st.integers(1, 30), st.none() | st.integers(1, 40), st.sampled_from([FREE, PAID])
)
indexes = st.integers(0, 20)
pauses = st.one_of(
    st.integers(0, 280).map(lambda quarters: quarters / 4),
    st.sampled_from([0.25, 59.75, 60.0, 61.0, 40_000.0]),
)
steps = st.one_of(
    asks.map(lambda about: ("ask", *about)),
    asks.map(lambda about: ("ask", *about)),
    st.tuples(st.just("settle"), indexes, st.floats(0, 1), st.integers(0, 200)),
    st.tuples(st.just("cancel"), indexes),
    st.tuples(st.just("advance"), pauses),
)


@settings(deadline=None, max_examples=150)
@given(by_kind, st.lists(steps, min_size=20, max_size=60))
def test_it_decides_as_one_who_remembers_everything(limits, script):
    world = World(limits)
    for step in script:
        world.play(step)
    for permit, event, _ in world.open:
        permit.settle(event.tokens, 0)
    world.clock.advance(61)
    for meter in world.limiter._meters._meters.values():
        assert meter.is_quiet(math.floor(world.clock.at))
        assert (meter.running, meter.reserved, meter.micro_usd) == (0, 0, 0)


@settings(deadline=None, max_examples=60)
@given(
    by_kind,
    st.lists(steps, min_size=10, max_size=40),
    st.lists(asks, min_size=1, max_size=6),
    pauses,
)
def test_a_restart_changes_nothing(limits, script, asked, pause):
    world = World(limits)
    for step in script:
        world.play(step)
    while world.open:
        world.settle(0, 0.5, 20)
    restarted = Limiter(world.clock)
    restarted.restore(*world.naive.rows())
    for about in asked:
        assert world.outcome(restarted, about) == world.outcome(world.limiter, about)
        world.clock.advance(pause)
