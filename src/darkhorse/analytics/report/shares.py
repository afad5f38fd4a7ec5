"""Shares of counts, and how far they can be trusted. Pure."""

import math

from msgspec import Struct

__all__ = ["LEAST", "Share", "differ", "share_of", "wilson"]

LEAST = 30
"""Of fewer, no share is said: an interval around it would be wider than what it says."""
_SHOWN, _TOLD = 1.959964, 3.290527
"""Normal quantiles: intervals are shown at 95 %; a difference is told where those at 99.9 % do not
meet, so that of some 200 that a report looks at chance makes one in ten reports, or fewer."""


class Share(Struct, frozen=True, kw_only=True):
    """`count` of `of`, 0 to 1 with a 95 % interval. All three None where `of` is under `LEAST`."""

    count: int
    of: int
    share: float | None = None
    low: float | None = None
    high: float | None = None


def share_of(count: int, of: int) -> Share:
    """With Wilson's interval."""
    if of < LEAST:
        return Share(count=count, of=of)
    low, high = wilson(count, of, _SHOWN)
    return Share(count=count, of=of, share=count / of, low=low, high=high)


def wilson(count: int, of: int, z: float) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share; `of` is over 0."""
    share, spread = count / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    reach = z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / of / 4)
    return middle - reach if count else 0.0, middle + reach if count < of else 1.0


def differ(one: Share, other: Share) -> int:
    """1 where the first is surely higher, -1 where it is lower, 0 where nobody can say."""
    if one.share is None or other.share is None:
        return 0
    low, high = wilson(one.count, one.of, _TOLD)
    other_low, other_high = wilson(other.count, other.of, _TOLD)
    return (low > other_high) - (high < other_low)
