"""What a parser makes of an answer's text."""

from msgspec import Struct

__all__ = ["CallArguments", "CallFinished", "CallStarted", "Content", "Event", "Reasoning"]


class Reasoning(Struct, frozen=True):
    """More of the thoughts."""

    text: str


class Content(Struct, frozen=True):
    """More of the answer itself."""

    text: str


class CallStarted(Struct, frozen=True):
    """A tool call, counted from 0, with its whole name."""

    index: int
    name: str


class CallArguments(Struct, frozen=True):
    """More of a call's arguments, as JSON."""

    index: int
    text: str


class CallFinished(Struct, frozen=True):
    """The end of a call; not `is_whole`: the answer ended, or went wrong, inside it.

    Only a whole call's arguments are sure to be JSON.
    """

    index: int
    is_whole: bool


Event = Reasoning | Content | CallStarted | CallArguments | CallFinished
