"""A clock that is moved by hand, and requests that are short to write."""

from decimal import Decimal

from darkhorse.accounts.limits import Ask
from darkhorse.accounts.subjects import Who, subjects_of
from darkhorse.catalog.limits import Limits
from darkhorse.catalog.price import FREE, Price

NOON_US = 1_790_000_000_000_000 // 86_400_000_000 * 86_400_000_000 + 43_200_000_000

PAID = Price(prompt=Decimal(1), completion=Decimal(2), request=Decimal("0.000005"))
"""A millionth of a dollar a prompt token, two a completion token, five a request."""


class HeldClock:
    """Stands still until it is moved."""

    def __init__(self, monotonic: float = 1000.25, now_us: int = NOON_US) -> None:
        self.at = monotonic
        self.wall_us = now_us

    def now_us(self) -> int:
        return self.wall_us

    def monotonic(self) -> float:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += seconds
        self.wall_us += round(seconds * 1_000_000)


def limited(ids=("x/y", "k", "a"), **limits: Limits) -> Who:
    """Limits by kind; `/` is written `_`: `listing_key=Limits(…)`. Ids: listing, key, address."""
    subjects = subjects_of(*ids)
    given = {kind.replace("_", "/"): each for kind, each in limits.items()}
    return Who(subjects, tuple((each, given[each.kind]) for each in subjects if each.kind in given))


def ask(prompt_tokens=10, max_tokens=None, price=FREE, who=None, **limits) -> Ask:
    return Ask(
        who=who or limited(**limits),
        prompt_tokens=prompt_tokens,
        max_tokens=max_tokens,
        price=price,
    )


__all__ = ["NOON_US", "PAID", "HeldClock", "ask", "limited"]
