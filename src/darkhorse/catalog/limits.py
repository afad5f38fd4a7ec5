"""Limits on whoever asks and on what is asked of. A limit that is not there does not limit."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct, structs

from darkhorse.base.errors import ConfigError

__all__ = ["UNLIMITED", "LimitSettings", "Limits", "short_limits"]

Count = Annotated[int, Meta(ge=1)]


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one key, one address or one listing may use. Tokens are public tokens."""

    requests_per_minute: Annotated[
        Count | None, Meta(description="Requests begun in any 60 seconds.", examples=[20])
    ] = None
    requests_per_day: Annotated[
        Count | None, Meta(description="Requests begun in a UTC day.", examples=[1000])
    ] = None
    tokens_per_minute: Annotated[
        Count | None,
        Meta(description="Prompt and answer tokens in any 60 seconds.", examples=[200_000]),
    ] = None
    concurrent: Annotated[
        Count | None, Meta(description="Requests running at once.", examples=[4])
    ] = None
    spend_usd: Annotated[
        Decimal | None, Meta(description="US dollars in all; a free listing costs none.")
    ] = None

    def check(self, whose: str) -> None:
        """Raise ConfigError where a value makes no sense."""
        spend = self.spend_usd
        if spend is not None and not (spend.is_finite() and 0 <= spend <= 10**9):
            raise ConfigError(f"{whose}.spend_usd: it must be from 0 to 1,000,000,000 dollars.")


UNLIMITED = Limits()
_SHORT = {
    "requests_per_minute": "{:,} requests/min",
    "requests_per_day": "{:,} requests/day",
    "tokens_per_minute": "{:,} tokens/min",
    "concurrent": "{:,} at once",
    "spend_usd": "${:,}",
}


def short_limits(limits: Limits) -> str:
    """For tables: `20 requests/min, 4 at once`; empty where there is none."""
    given = {name: value for name, value in structs.asdict(limits).items() if value is not None}
    return ", ".join(_SHORT[name].format(value) for name, value in given.items())


class LimitSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[limits]: for every key and every network address, on all listings together."""

    key: Annotated[
        Limits, Meta(description="For each key, where its own limits leave one open.")
    ] = UNLIMITED
    address: Annotated[Limits, Meta(description="For each network address.")] = UNLIMITED

    def check(self) -> None:
        """Raise ConfigError where a value makes no sense."""
        self.key.check("limits.key")
        self.address.check("limits.address")
