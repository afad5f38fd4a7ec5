"""The forms in which models write tool calls, and what reads one of them."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from darkhorse_engine.chat.events import Event
from darkhorse_engine.chat.glm_calls import GlmCall
from darkhorse_engine.chat.hermes_calls import HermesCall

__all__ = ["Call", "Form", "new_call"]

Form = Literal["glm", "hermes"]


class Call(Protocol):
    """Reads one call, from behind its `<tool_call>`."""

    has_begun: bool
    """Its name is known; before that, it may turn out to be no call."""
    rest: str | None
    """Once it is over: the text behind it, or all its text if it never began."""

    def feed(self, text: str) -> list[Event]:
        """What is certain now."""
        ...

    def close(self) -> list[Event]:
        """The answer has ended in it."""
        ...


def new_call(form: Form, index: int, tools: Mapping[str, Mapping[str, Any]]) -> Call:
    """A reader of the answer's call number `index`; `tools` are the functions by name."""
    kinds: dict[Form, type[GlmCall | HermesCall]] = {"glm": GlmCall, "hermes": HermesCall}
    return kinds[form](index, tools)
