"""Which days a page is about; all by UTC."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from darkhorse.base.clock import DAY_US
from darkhorse.catalog.launch import PublicLaunch

__all__ = ["MONTH", "Span", "day_of", "last_days", "life", "times"]

MONTH = 30
"""Days that a chart by day goes back."""

_LONGEST = 366  # days of a past launch that its page draws


class Span(Struct, frozen=True):
    """From one day to another, both among them."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(each) for each in range(len(self)))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Span":
        """As many days, up to the one before."""
        return Span(self.first - timedelta(len(self)), self.first - timedelta(1))

    @property
    def since_us(self) -> int:
        """Its first moment."""
        return times([self.first])[0] * 1_000_000

    @property
    def until_us(self) -> int:
        """The moment after its last."""
        return times([self.last])[0] * 1_000_000 + DAY_US


def last_days(now_us: int, count: int) -> Span:
    """Today, as far as it has come, and those before it."""
    today = day_of(now_us)
    return Span(today - timedelta(count - 1), today)


def life(launch: PublicLaunch, now_us: int) -> Span:
    """A past launch's days, the last year of them; of a live one up to the last thirty."""
    began = day_of(launch.life.live_us or launch.life.created_us)
    if launch.life.state_at(now_us) == "live":
        span = last_days(now_us, MONTH)
        return Span(min(max(began, span.first), span.last), span.last)
    ends = filter(None, (launch.life.retired_us, launch.life.closes_us, now_us))
    ended = max(began, day_of(min(ends)))
    return Span(max(began, ended - timedelta(_LONGEST - 1)), ended)


def day_of(at_us: int) -> date:
    """The day of a moment."""
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).date()


def times(days: "Span | list[date]") -> list[int]:
    """Seconds since the epoch at which they begin."""
    return [(each.toordinal() - _EPOCH) * 86_400 for each in days]


_EPOCH = date(1970, 1, 1).toordinal()
