"""What a channel is: one way in which an anonymous model can be told. Pure data."""

from typing import Literal

from msgspec import Struct

__all__ = ["Channel", "Treatment"]

Treatment = Literal["closed", "normalised", "measured"]
"""closed: nothing of the upstream passes. normalised: a value of ours stands in its place.
measured: the model itself speaks, or time does; it cannot be closed, so an audit says how much."""


class Channel(Struct, frozen=True):
    """One way to tell a maker. `by`: modules that treat it; `tests`: what holds them to it."""

    name: str
    what: str
    tells: str
    treatment: Treatment
    how: str
    by: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
