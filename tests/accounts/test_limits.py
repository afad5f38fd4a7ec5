import asyncio
from decimal import Decimal

import pytest
from limits_kit import NOON_US, PAID, HeldClock, ask, limited

from darkhorse.accounts.limits import Limiter, Recent
from darkhorse.accounts.subjects import subjects_of
from darkhorse.base.errors import OverLimit, PaymentRequired, RateLimited
from darkhorse.catalog.limits import Limits
from darkhorse.catalog.price import Price

DAY_S = 86_400


@pytest.fixture
def clock():
    return HeldClock()


@pytest.fixture
def limiter(clock):
    return Limiter(clock)


def refused(limiter, asked, kind=RateLimited):
    with pytest.raises(kind) as caught:
        limiter.admit(asked)
    assert type(caught.value) is kind
    return caught.value


# --- each rule at its edge ---


def test_requests_a_minute_come_back_when_the_oldest_is_a_minute_old(clock, limiter):
    limits = Limits(requests_per_minute=2)
    limiter.admit(ask(key=limits)).settle(1, 0)
    clock.advance(20)
    limiter.admit(ask(key=limits)).settle(1, 0)
    error = refused(limiter, ask(key=limits))
    assert error.message == "2 requests a minute for this key; try again in 41 s."
    assert error.retry_after == 41
    assert dict(error.quota)[b"x-ratelimit-remaining"] == b"0"
    assert dict(error.quota)[b"x-ratelimit-reset"] == b"%d" % (clock.wall_us // 1000 + 41_000)
    clock.advance(40)
    assert refused(limiter, ask(key=limits)).retry_after == 1
    clock.advance(1)
    limiter.admit(ask(key=limits))
    assert refused(limiter, ask(key=limits)).retry_after == 20


def test_another_key_has_its_own(limiter):
    limits = Limits(requests_per_minute=1)
    for key in ("one", "two"):
        who = limited(("x/y", key, "a"), key=limits)
        limiter.admit(ask(who=who))
        refused(limiter, ask(who=who))


@pytest.mark.parametrize(
    ("kind", "whom"),
    [
        ("key", "for this key"),
        ("address", "for your network address"),
        ("listing", "for this model"),
        ("listing_key", "for this key on this model"),
        ("listing_address", "for your network address on this model"),
    ],
)
def test_whoever_has_the_limit_is_named_and_nothing_else(limiter, kind, whom):
    limits = {kind: Limits(requests_per_minute=1)}
    limiter.admit(ask(**limits))
    assert refused(limiter, ask(**limits)).message == (
        f"1 request a minute {whom}; try again in 61 s."
    )


def test_a_day_ends_at_midnight_utc(clock, limiter):
    limits = Limits(requests_per_day=2)
    for _ in range(2):
        limiter.admit(ask(key=limits)).settle(1, 0)
        clock.advance(600)
    error = refused(limiter, ask(key=limits))
    assert error.retry_after == DAY_S // 2 - 1200
    assert error.message.startswith("2 requests a day (UTC) for this key; try again in 42,000 s")
    clock.advance(error.retry_after - 1)
    assert refused(limiter, ask(key=limits)).retry_after == 1
    clock.advance(1)
    limiter.admit(ask(key=limits))


def test_a_wall_clock_that_goes_back_gives_no_day_again(clock, limiter):
    limits = Limits(requests_per_day=1)
    limiter.admit(ask(key=limits)).settle(1, 0)
    clock.wall_us -= DAY_S * 1_000_000
    error = refused(limiter, ask(key=limits))
    clock.advance(error.retry_after - 1)
    assert refused(limiter, ask(key=limits)).retry_after == 1
    clock.advance(1)
    limiter.admit(ask(key=limits))


def test_a_wall_clock_that_was_wrongly_years_ahead_holds_nobody_for_years(clock, limiter):
    limits = Limits(requests_per_day=1)
    clock.wall_us += 5 * 365 * DAY_S * 1_000_000
    limiter.admit(ask(key=limits)).settle(1, 0)
    clock.wall_us -= 5 * 365 * DAY_S * 1_000_000
    clock.advance(1)
    error = refused(limiter, ask(key=limits))
    assert error.retry_after == DAY_S - 1
    clock.advance(error.retry_after - 1)
    refused(limiter, ask(key=limits))
    clock.advance(1)
    limiter.admit(ask(key=limits)).settle(1, 0)
    assert refused(limiter, ask(key=limits)).retry_after <= DAY_S


def test_concurrent_is_what_runs(limiter):
    limits = Limits(concurrent=2)
    first, _ = limiter.admit(ask(address=limits)), limiter.admit(ask(address=limits))
    error = refused(limiter, ask(address=limits))
    assert error.message == (
        "2 requests at once for your network address; try again when one has ended."
    )
    assert error.retry_after == 1
    first.settle(5, 0)
    first.settle(5, 0)
    first.cancel()
    limiter.admit(ask(address=limits))
    refused(limiter, ask(address=limits))


def test_tokens_are_set_aside_then_charged_as_used(clock, limiter):
    limits = Limits(tokens_per_minute=100)
    big = limiter.admit(ask(10, 60, key=limits))
    error = refused(limiter, ask(10, 21, key=limits))
    assert error.message == (
        "100 tokens a minute for this key: 30 left, 31 set aside for this one; "
        "try again in 61 s, or name a smaller max_tokens."
    )
    small = limiter.admit(ask(10, 20, key=limits))
    big.settle(40, 0)
    small.settle(30, 0)
    assert refused(limiter, ask(31, key=limits)).retry_after == 61
    limiter.admit(ask(30, key=limits)).settle(30, 0)
    clock.advance(61)
    limiter.admit(ask(10, 90, key=limits))


def test_an_open_answer_may_take_it_over_and_then_nothing_more_passes(clock, limiter):
    limits = Limits(tokens_per_minute=100)
    limiter.admit(ask(10, key=limits)).settle(500, 0)
    assert refused(limiter, ask(0, key=limits)).retry_after == 61
    clock.advance(61)
    limiter.admit(ask(10, 90, key=limits))


@pytest.mark.parametrize(
    ("prompt", "named", "said", "remedy"),
    [
        (101, None, "A prompt of 101 tokens can never pass", "Shorten the prompt."),
        (
            50,
            51,
            "A prompt of 50 tokens and an answer of up to 51 can never pass",
            "Lower max_tokens.",
        ),
    ],
)
def test_what_can_never_pass_is_the_requests_fault(limiter, prompt, named, said, remedy):
    limits = Limits(tokens_per_minute=100, concurrent=1)
    limiter.admit(ask(key=limits))
    error = refused(limiter, ask(prompt, named, key=limits), OverLimit)
    assert error.status == 400
    assert error.retry_after is None
    assert error.message == f"{said}: the limit is 100 tokens a minute for this key. {remedy}"


def test_money_is_set_aside_then_spent(limiter):
    limits = Limits(spend_usd=Decimal("0.0001"))  # 100 millionths
    permit = limiter.admit(ask(15, 20, PAID, key=limits))  # 15 + 40 + 5
    error = refused(limiter, ask(16, 10, PAID, key=limits), PaymentRequired)
    assert error.message == (
        "$0.0001 in all for this key: $0.00 spent, $0.00006 set aside for what runs, "
        "and this may cost $0.000041; a smaller max_tokens costs less."
    )
    other = limiter.admit(ask(15, 10, PAID, key=limits))  # 15 + 20 + 5: to the limit
    limiter.admit(ask(10**6, 10**6, key=limits)).settle(1, 0)  # free
    permit.settle(16, 22)
    other.cancel()
    limiter.admit(ask(15, 29, PAID, key=limits)).settle(40, 78)  # 15 + 58 + 5
    assert refused(limiter, ask(0, price=PAID, key=limits), PaymentRequired).status == 402
    limiter.admit(ask(10**6, 10**6, key=limits))


def test_a_price_too_small_for_a_millionth_is_a_price(limiter):
    cheap = Price(prompt=Decimal("0.000001"))
    assert cheap.micro_usd(10, 0) == 0
    refused(limiter, ask(10, price=cheap, key=Limits(spend_usd=0)), PaymentRequired)
    limiter.admit(ask(10, key=Limits(spend_usd=0)))


def test_of_several_limits_the_longest_wait_is_told(clock, limiter):
    limits = {
        "key": Limits(requests_per_minute=1, concurrent=1),
        "address": Limits(requests_per_day=1),
        "listing": Limits(requests_per_minute=1),
    }
    limiter.admit(ask(**limits))
    error = refused(limiter, ask(**limits))
    assert error.retry_after == DAY_S // 2
    assert "a day" in error.message
    reset = int(dict(error.quota)[b"x-ratelimit-reset"])
    assert reset == (NOON_US // 1000) + DAY_S * 500


# --- headers ---


def test_the_tightest_limits_are_in_the_headers(clock, limiter):
    limits = {
        "key": Limits(requests_per_minute=100, tokens_per_minute=1000),
        "listing": Limits(requests_per_day=10, tokens_per_minute=500),
        "address": Limits(concurrent=3),
    }
    now_ms = clock.wall_us // 1000
    assert limiter.admit(ask(10, 90, **limits)).quota == (
        (b"x-ratelimit-limit", b"10"),
        (b"x-ratelimit-remaining", b"9"),
        (b"x-ratelimit-reset", b"%d" % (now_ms + DAY_S * 500)),
        (b"x-ratelimit-limit-tokens", b"500"),
        (b"x-ratelimit-remaining-tokens", b"400"),
        (b"x-ratelimit-reset-tokens", b"%d" % (now_ms + 61_000)),
    )


def test_reset_is_when_more_will_be_left(clock, limiter):
    limits = Limits(requests_per_minute=10, tokens_per_minute=100)
    limiter.admit(ask(key=limits)).settle(30, 0)
    clock.advance(25)
    quota = dict(limiter.admit(ask(10, key=limits)).quota)
    soon = b"%d" % (clock.wall_us // 1000 + 36_000)
    assert quota[b"x-ratelimit-remaining"] == b"8"
    assert quota[b"x-ratelimit-reset"] == quota[b"x-ratelimit-reset-tokens"] == soon
    assert quota[b"x-ratelimit-remaining-tokens"] == b"60"


def test_no_limits_no_headers(limiter):
    assert limiter.admit(ask()).quota == ()
    assert limiter.admit(ask(key=Limits(concurrent=1, spend_usd=1))).quota == ()


# --- what lasts: limits set while running, restarts, memory ---


def test_a_limit_set_while_running_knows_the_day_and_the_money(limiter):
    for _ in range(3):
        limiter.admit(ask(price=PAID)).settle(10, 40)
    for kind in ("key", "address", "listing", "listing_key", "listing_address"):
        refused(limiter, ask(**{kind: Limits(requests_per_day=3)}))
        refused(
            limiter,
            ask(price=PAID, **{kind: Limits(spend_usd=Decimal("0.00012"))}),
            PaymentRequired,
        )
    limiter.admit(ask(key=Limits(requests_per_day=4)))


def test_a_restart_is_counted_for_every_kind_of_subject(clock, limiter):
    limiter.restore(
        recent=[(10.0, "x/y", "k", "a", 60), Recent(70.0, "x/y", "k", "a", 30, ended_ago=5.0)],
        today=[("x/y", "k", "a", 4)],
        spent=[("x/y", "k", "a", 100)],
    )
    for kind in ("key", "address", "listing", "listing_key", "listing_address"):
        minute = refused(limiter, ask(**{kind: Limits(requests_per_minute=1)}))
        assert minute.retry_after == 51
        tokens = refused(limiter, ask(11, **{kind: Limits(tokens_per_minute=100)}))
        assert tokens.retry_after == 56
        refused(limiter, ask(**{kind: Limits(requests_per_day=4)}))
        refused(
            limiter, ask(price=PAID, **{kind: Limits(spend_usd=Decimal("0.0001"))}), PaymentRequired
        )
    limiter.admit(ask(1, key=Limits(requests_per_day=5, requests_per_minute=2)))


def test_those_gone_quiet_are_forgotten_but_not_their_day(clock, limiter):
    def visit(address):
        subjects = subjects_of("x/y", "k", address)
        pair = (subjects[1], Limits(requests_per_minute=1, requests_per_day=2))
        who = limited()._replace(subjects=subjects, limited=(pair,))
        permit = limiter.admit(ask(who=who))
        permit.settle(1, 0)
        return who

    first = visit("first")
    running = limiter.admit(ask(key=Limits(concurrent=1)))
    for number in range(5000):
        visit(f"a{number}")
        clock.advance(1)
    assert len(limiter._meters) < 4 * 61
    limiter.admit(ask(who=first)).settle(1, 0)
    assert "a day" in refused(limiter, ask(who=first)).message
    refused(limiter, ask(key=Limits(concurrent=1)))
    running.settle(1, 0)
    limiter.admit(ask(key=Limits(concurrent=1)))


def test_cancelling_after_midnight_takes_nothing_from_the_new_day(clock, limiter):
    limits = Limits(requests_per_day=1)
    old = limiter.admit(ask(key=limits))
    clock.advance(DAY_S)
    limiter.admit(ask(key=limits))
    old.cancel()
    refused(limiter, ask(key=limits))


# --- many at once ---


def test_two_hundred_at_once_are_never_over_and_all_get_through(clock, limiter):
    most_running, a_minute = 7, 50
    limits = {
        "key": Limits(requests_per_minute=a_minute, concurrent=most_running),
        "listing": Limits(tokens_per_minute=5000),
    }
    running, begun, waits = set(), [], []

    async def client(number):
        while True:
            try:
                permit = limiter.admit(ask(10, 90, **limits))
            except RateLimited as error:
                waits.append(error.retry_after)
                await asyncio.sleep(0)
                continue
            break
        running.add(number)
        begun.append(clock.at)
        assert len(running) <= most_running
        assert sum(clock.at - 60 < at for at in begun) <= a_minute
        for _ in range(number % 5):
            await asyncio.sleep(0)
        running.remove(number)
        permit.settle(100, 0)

    async def scene():
        clients = [asyncio.create_task(client(number)) for number in range(200)]
        while not all(each.done() for each in clients):
            await asyncio.sleep(0)
            clock.advance(0.5)
        await asyncio.gather(*clients)

    asyncio.run(asyncio.wait_for(scene(), 60))
    assert len(begun) == 200
    assert 1 in waits
    assert max(waits) > 30
    clock.advance(61)
    limiter.admit(ask(10, 4990, **limits)).cancel()
    for _ in range(most_running):
        limiter.admit(ask(10, 90, **limits))
