"""[public.rhythm]: how an answer flows, whatever the engine's own pace."""

from typing import Annotated

from msgspec import Meta, Struct

from darkhorse.base.errors import ConfigError

__all__ = ["USUAL_RHYTHM", "Rhythm"]

Millis = Annotated[int, Meta(ge=1, le=600_000)]
Rate = Annotated[int, Meta(ge=1, le=1_000_000)]


class Rhythm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[public.rhythm]: how an answer flows. Without an envelope it flows as the engine writes."""

    piece: Annotated[
        int,
        Meta(
            ge=1,
            le=4096,
            description="Characters of each piece of a stream; an engine's tokens do not show.",
        ),
    ] = 24
    first_ms: Annotated[
        Millis | None,
        Meta(description="An answer begins so many milliseconds after its request, never sooner."),
    ] = None
    chars_per_s: Annotated[
        Rate | None,
        Meta(description="And flows so many characters a second, never faster."),
    ] = None

    @property
    def is_paced(self) -> bool:
        """Is there an envelope?"""
        return self.first_ms is not None

    def check(self) -> None:
        """Raise ConfigError where one half of an envelope is missing."""
        if (self.first_ms is None) != (self.chars_per_s is None):
            raise ConfigError(
                "public.rhythm: an envelope needs both first_ms and chars_per_s; give both or none."
            )


USUAL_RHYTHM = Rhythm()
