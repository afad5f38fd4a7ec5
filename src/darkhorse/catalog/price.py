"""What a listing costs, in US dollars a million public tokens: exact decimals, no floats."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from msgspec import Meta, Struct

from darkhorse.base.errors import ConfigError

__all__ = ["FREE", "Price"]

_MILLION = 1_000_000


class Price(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """US dollars, written as strings so that they stay exact; all zero is free."""

    prompt: Annotated[
        Decimal, Meta(description="A million public tokens of prompt.", examples=["0.60"])
    ] = Decimal(0)
    completion: Annotated[
        Decimal, Meta(description="A million public tokens of answer.", examples=["2.20"])
    ] = Decimal(0)
    request: Annotated[Decimal, Meta(description="Each request.", examples=["0.001"])] = Decimal(0)

    @property
    def is_free(self) -> bool:
        return not (self.prompt or self.completion or self.request)

    def micro_usd(self, prompt_tokens: int, completion_tokens: int) -> int:
        """The price of one answer in millionths of a dollar, rounded to the nearest."""
        if self.is_free:
            return 0
        tokens = self.prompt * prompt_tokens + self.completion * completion_tokens
        return int((tokens + self.request * _MILLION).quantize(Decimal(1), ROUND_HALF_UP))

    def check(self, whose: str) -> None:
        """Raise ConfigError where a value makes no sense."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if not (value.is_finite() and 0 <= value <= _MILLION):
                raise ConfigError(
                    f'{whose}.{name}: it must be from "0" to "1000000" dollars; '
                    'a free listing has "0".'
                )


FREE = Price()
