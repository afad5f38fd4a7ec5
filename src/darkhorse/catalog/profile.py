"""[public.ranges], [public.stops]: which values a listing takes, whatever its engines would take.

Which values are taken, and which refused, tells a product line. So a launch says it once, and what
it says holds in front of every endpoint alike: router/profile.py. The defaults are what the API
takes of any listing (wire/fields.py), but for whole numbers, which end where engines' own do.
"""

from collections.abc import Container, Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

from darkhorse.base.errors import ConfigError

__all__ = [
    "EFFORTS",
    "TOOL_MODES",
    "USUAL_RANGES",
    "USUAL_STOPS",
    "Effort",
    "Profile",
    "Ranges",
    "Stops",
    "ToolMode",
    "narrowed",
]

Effort = Literal["minimal", "low", "medium", "high", "xhigh", "max"]
"""How much to think. Not at all, `none`, is no step of it: `reasoning_always` says whether it is
taken."""
EFFORTS: tuple[Effort, ...] = ("minimal", "low", "medium", "high", "xhigh", "max")
ToolMode = Literal["none", "auto", "required", "function"]
"""Words of `tool_choice`; function: it names one."""
TOOL_MODES: tuple[ToolMode, ...] = ("none", "auto", "required", "function")

_MOST = 2**63 - 1
Reals = tuple[float, float]
Wholes = tuple[int, int]


def _range(what: str) -> Meta:
    return Meta(description=f"The least and the most of {what}.")


class Ranges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[public.ranges]: a request outside of them is refused."""

    frequency_penalty: Annotated[Reals, _range("`frequency_penalty`")] = (-2.0, 2.0)
    max_tokens: Annotated[Wholes, _range("`max_tokens`, though an answer ends at `max_output`")] = (
        1,
        _MOST,
    )
    min_p: Annotated[Reals, _range("`min_p`")] = (0.0, 1.0)
    presence_penalty: Annotated[Reals, _range("`presence_penalty`")] = (-2.0, 2.0)
    reasoning_max_tokens: Annotated[Wholes, _range("`reasoning.max_tokens`; 0 turns it off")] = (
        0,
        _MOST,
    )
    repetition_penalty: Annotated[Reals, _range("`repetition_penalty`, which is over 0")] = (
        0.0,
        2.0,
    )
    seed: Annotated[Wholes, _range("`seed`")] = (-_MOST - 1, _MOST)
    temperature: Annotated[Reals, _range("`temperature`")] = (0.0, 2.0)
    top_k: Annotated[Wholes, _range("`top_k`; 0 turns it off")] = (0, 2**31 - 1)
    top_p: Annotated[Reals, _range("`top_p`")] = (0.0, 1.0)

    def check(self) -> None:
        """Raise ConfigError where a range is upside down, or wider than the API's own."""
        for name in self.__struct_fields__:
            low, high = getattr(self, name)
            least, most = getattr(USUAL_RANGES, name)
            if not low <= high:
                raise ConfigError(
                    f"public.ranges.{name}: {low} is over {high}; write the least first."
                )
            if low < least or high > most:
                raise ConfigError(
                    f"public.ranges.{name}: the API takes {least} to {most} of any model; stay "
                    "within."
                )


class Stops(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[public.stops]: a request with more or longer ones is refused."""

    max_count: Annotated[int, Meta(ge=1, le=4, description="The most in one request.")] = 4
    max_bytes: Annotated[
        int, Meta(ge=1, le=65_536, description="Bytes of the longest one, in UTF-8.")
    ] = 1024


USUAL_RANGES = Ranges()
USUAL_STOPS = Stops()


PARAMETER_OF = {
    "stops": "stop",
    "efforts": "reasoning",
    "reasoning_always": "reasoning",
    "tool_choice": "tool_choice",
    "parallel_calls": "tools",
}
"""Fields of the public side, and the parameter each is about."""


class Profile(Struct, frozen=True):
    """What a listing says of its parameters' values, by the names of its own fields."""

    ranges: Ranges = USUAL_RANGES
    stops: Stops = USUAL_STOPS
    efforts: tuple[Effort, ...] = EFFORTS
    reasoning_always: bool = False
    tool_choice: tuple[ToolMode, ...] = TOOL_MODES
    parallel_calls: bool = True

    def check(self, honoured: Container[str]) -> None:
        """Raise ConfigError for what makes no sense, or is about a parameter not `honoured`."""
        self.ranges.check()
        if "auto" not in self.tool_choice:
            raise ConfigError(
                "public.tool_choice: `auto` is what happens unasked; add it to the others."
            )
        for place, parameter in self._unusual():
            if parameter not in honoured:
                raise ConfigError(
                    f"public.{place}: `{parameter}` is not among `parameters`; add it there, or "
                    f"leave {place} out."
                )

    def _unusual(self) -> Iterator[tuple[str, str]]:
        """What is not as usual: its place, and the parameter that it is about."""
        for name in Ranges.__struct_fields__:
            if getattr(self.ranges, name) != getattr(USUAL_RANGES, name):
                yield f"ranges.{name}", "reasoning" if name == "reasoning_max_tokens" else name
        for name, parameter in PARAMETER_OF.items():
            if getattr(self, name) != getattr(USUAL, name):
                yield name, parameter


USUAL = Profile()


def narrowed(before: Profile, after: Profile, honoured: Container[str]) -> str | None:
    """The first thing it takes less of than before, where people could use it; None for nothing."""
    for name in Ranges.__struct_fields__:
        was, now = getattr(before.ranges, name), getattr(after.ranges, name)
        parameter = "reasoning" if name == "reasoning_max_tokens" else name
        if parameter in honoured and (now[0] > was[0] or now[1] < was[1]):
            return f"ranges.{name}"
    for name, parameter in PARAMETER_OF.items():
        if parameter in honoured and _takes_less(getattr(before, name), getattr(after, name)):
            return name
    return None


def _takes_less(was: object, now: object) -> bool:
    if isinstance(was, Stops) and isinstance(now, Stops):
        return now.max_count < was.max_count or now.max_bytes < was.max_bytes
    if isinstance(was, tuple) and isinstance(now, tuple):
        return not set(was) <= set(now)
    return was is True and now is False  # parallel_calls; reasoning_always is no live edit
