"""`X-RateLimit-*` where limits crowd: never below nothing, and always of the tightest."""

import pytest
from limits_kit import HeldClock, ask

from darkhorse.accounts.limits import Limiter
from darkhorse.base.errors import RateLimited
from darkhorse.catalog.limits import Limits

KINDS = ("key", "address", "listing", "listing_key", "listing_address")
TIGHT = Limits(requests_per_minute=4, tokens_per_minute=100)
LOOSE = Limits(requests_per_minute=9, tokens_per_minute=900)


@pytest.fixture
def clock():
    return HeldClock()


@pytest.fixture
def limiter(clock):
    return Limiter(clock)


def told(quota):
    """(limit, remaining) of requests and of tokens."""
    said = {name.decode().removeprefix("x-ratelimit-"): int(value) for name, value in quota}
    return (said["limit"], said["remaining"]), (said["limit-tokens"], said["remaining-tokens"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_tightest_is_told_whoever_has_it(limiter, kind):
    limits = dict.fromkeys(KINDS, LOOSE) | {kind: TIGHT}
    assert told(limiter.admit(ask(10, **limits)).quota) == ((4, 3), (100, 90))


@pytest.mark.parametrize(("large", "small"), [("key", "address"), ("address", "key")])
def test_the_tightest_has_the_smallest_share_left_not_the_smallest_limit(limiter, large, small):
    hundred, ten = Limits(requests_per_minute=100), Limits(requests_per_minute=10)
    for _ in range(95):
        limiter.admit(ask(**{large: hundred})).settle(1, 0)
    quota = dict(limiter.admit(ask(**{large: hundred, small: ten})).quota)
    assert (quota[b"x-ratelimit-limit"], quota[b"x-ratelimit-remaining"]) == (b"100", b"4")


def test_a_limit_set_below_what_is_used_leaves_nothing_not_less(limiter, clock):
    loose = Limits(requests_per_minute=100, tokens_per_minute=1000)
    for _ in range(9):
        limiter.admit(ask(key=loose)).settle(50, 0)
    with pytest.raises(RateLimited) as refused:
        limiter.admit(ask(key=TIGHT))
    assert told(refused.value.quota) == ((4, 0), (100, 0))
    reset = dict(refused.value.quota)[b"x-ratelimit-reset-tokens"]
    assert reset == b"%d" % (clock.wall_us // 1000 + 61_000)


def test_what_runs_over_a_lowered_limit_is_in_the_way_for_a_minute(limiter, clock):
    loose = Limits(tokens_per_minute=1000)
    limiter.admit(ask(5, key=loose)).settle(5, 0)
    clock.advance(10)
    limiter.admit(ask(150, key=loose))
    with pytest.raises(RateLimited) as refused:
        limiter.admit(ask(1, key=TIGHT))
    assert dict(refused.value.quota)[b"x-ratelimit-reset-tokens"] == (
        b"%d" % (clock.wall_us // 1000 + 61_000)
    )


def test_tokens_come_back_a_minute_after_what_runs_has_ended(limiter, clock):
    limiter.admit(ask(5, key=TIGHT)).settle(5, 0)
    clock.advance(10)
    quota = dict(limiter.admit(ask(95, key=TIGHT)).quota)  # all of it is set aside
    assert quota[b"x-ratelimit-remaining-tokens"] == b"0"
    now_ms = clock.wall_us // 1000
    assert quota[b"x-ratelimit-reset-tokens"] == b"%d" % (now_ms + 51_000)
    running = dict(limiter.admit(ask(0, listing=TIGHT)).quota)
    assert running[b"x-ratelimit-remaining-tokens"] == b"100"
    assert running[b"x-ratelimit-reset-tokens"] == b"%d" % now_ms  # nothing is to come back
