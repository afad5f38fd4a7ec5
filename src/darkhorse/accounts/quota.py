"""What a client is told of its limits, whether it was let in or not: `X-RateLimit-*`.

`Reset` is the moment at which more will be left, in milliseconds since the epoch as OpenRouter
writes it. Of several limits the tightest is shown: the one with the smallest share left.
"""

from collections.abc import Iterable

from msgspec import Struct

from darkhorse.accounts.meters import Meter
from darkhorse.accounts.refusals import Moment, Standing
from darkhorse.accounts.windows import HELD_S

__all__ = ["Headers", "quota"]

Headers = tuple[tuple[bytes, bytes], ...]

_REQUESTS = (b"x-ratelimit-limit", b"x-ratelimit-remaining", b"x-ratelimit-reset")
_TOKENS = (
    b"x-ratelimit-limit-tokens",
    b"x-ratelimit-remaining-tokens",
    b"x-ratelimit-reset-tokens",
)


class _Tightest(Struct, gc=False):
    """The limit with the smallest share left so far; of two as tight, the later one."""

    share: float = 2.0
    limit: int = 0
    left: int = 0
    meter: Meter | None = None  # None: a day's limit, or none at all

    def hold_against(self, limit: int, used: int, meter: Meter | None) -> None:
        left = limit - used if used < limit else 0
        share = left / limit
        if share <= self.share:
            self.share, self.limit, self.left, self.meter = share, limit, left, meter


def quota(standings: Iterable[Standing], moment: Moment) -> Headers:
    """The headers, in small letters; none where neither requests nor tokens have a limit."""
    second = moment.second
    minute, day, tokens = _Tightest(), _Tightest(), _Tightest()
    for each in standings:
        limits, meter = each.limits, each.meter
        if limits.requests_per_minute is not None:
            minute.hold_against(limits.requests_per_minute, meter.requests.total(second), meter)
        if limits.requests_per_day is not None:
            day.hold_against(limits.requests_per_day, each.today, None)
        if limits.tokens_per_minute is not None:
            used = meter.reserved + meter.tokens.total(second)
            tokens.hold_against(limits.tokens_per_minute, used, meter)
    return _of_requests(minute, day, moment) + _of_tokens(tokens, moment)


def _of_requests(minute: _Tightest, day: _Tightest, moment: Moment) -> Headers:
    if day.limit and day.share <= minute.share:
        return _headers(_REQUESTS, day, moment.now_us, moment.day_left_s)
    if minute.meter is None:
        return ()
    window = minute.meter.requests
    counted = min(minute.limit, window.total(moment.second))
    wait_s = window.wait_s(moment.second, counted - 1) if counted else 0
    return _headers(_REQUESTS, minute, moment.now_us, wait_s)


def _of_tokens(tokens: _Tightest, moment: Moment) -> Headers:
    meter = tokens.meter
    if meter is None:
        return ()
    charged = meter.tokens.total(moment.second)
    counted = min(tokens.limit - meter.reserved, charged)
    if charged and counted > 0:
        wait_s = meter.tokens.wait_s(moment.second, counted - 1)
    else:
        wait_s = HELD_S if meter.reserved else 0  # what runs counts for a minute from its end
    return _headers(_TOKENS, tokens, moment.now_us, wait_s)


def _headers(
    names: tuple[bytes, bytes, bytes], tightest: _Tightest, now_us: int, wait_s: int
) -> Headers:
    limit, remaining, reset = names
    return (
        (limit, b"%d" % tightest.limit),
        (remaining, b"%d" % tightest.left),
        (reset, b"%d" % (now_us // 1000 + wait_s * 1000)),
    )
