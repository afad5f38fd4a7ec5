"""The time that a page is about: `?span=24h` in its address."""

from msgspec import Struct

from darkhorse.base.errors import ConfigError

__all__ = ["DEFAULT", "SPANS", "Span", "read_span"]

_HOUR_US = 3_600_000_000
SPANS: dict[str, tuple[str, int]] = {
    "1h": ("this hour", 1),
    "24h": ("last 24 hours", 24),
    "7d": ("last 7 days", 24 * 7),
    "30d": ("last 30 days", 24 * 30),
    "all": ("all of it", 0),
}
"""By name: what a page calls it, and its hours; 0: since the launch began."""
DEFAULT = "24h"


class Span(Struct, frozen=True):
    """From `since_us` to before `until_us`, in microseconds since the epoch."""

    name: str
    label: str
    since_us: int
    until_us: int

    @property
    def hours(self) -> int:
        """How many, at least one."""
        return max(1, -(-(self.until_us - self.since_us) // _HOUR_US))

    @property
    def before(self) -> "Span | None":
        """As long a time just before it, to compare with; None where it is all there is."""
        if self.name == "all":
            return None
        long_us = self.until_us - self.since_us
        since_us = max(0, self.since_us - long_us)
        return Span(self.name, "the time before", since_us, self.since_us)


def read_span(name: str, now_us: int, began_us: int = 0) -> Span:
    """`began_us`: where `all` begins. Empty: the default. Raises ConfigError."""
    found = SPANS.get(name or DEFAULT)
    if found is None:
        raise ConfigError(
            f"`{name[:20]}` is no time that a page can be about; choose {', '.join(SPANS)}."
        )
    label, hours = found
    since_us = now_us - hours * _HOUR_US if hours else min(began_us, now_us)
    return Span(name or DEFAULT, label, max(0, since_us), now_us)
