"""How pages name what is counted."""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from darkhorse.analytics.topics.names import category_name, language
from darkhorse.storage.records import Outcome
from darkhorse.storage.traits import Facet, Trouble

__all__ = [
    "BADGES",
    "OUTCOMES",
    "TROUBLES",
    "Kind",
    "facet_value",
    "language",
    "trouble",
]

Kind = Literal["good", "doubt", "bad", ""]

BADGES: Final[Mapping[str, tuple[str, Kind]]] = {
    "done": ("done", "good"),
    "failed": ("failed", "bad"),
    "interrupted": ("interrupted", "bad"),
    "cancelled": ("cancelled", "doubt"),
    "running": ("running", ""),
}
"""By outcome: its word, and how a badge looks."""

TROUBLES: Final[Mapping[Trouble, tuple[str, str]]] = {
    "refused": ("Refused", "the answer declined what was asked"),
    "retried": ("Asked again", "the same words by the same key within ten minutes"),
    "cut": ("Cut", "the answer ended at its longest"),
    "empty": ("Empty", "no word and no call"),
    "tool_call": ("Broken tool calls", "no tool of that name, or arguments that do not fit it"),
    "schema": ("Form not kept", "a JSON form was asked for, and the answer does not hold it"),
}
"""By trouble: a heading, and what it means."""

OUTCOMES: Final[tuple[Outcome | Literal["running"], ...]] = (
    "done",
    "failed",
    "cancelled",
    "interrupted",
    "running",
)


def trouble(name: Trouble) -> str:
    """Its heading."""
    return TROUBLES[name][0]


def facet_value(facet: Facet, value: str, apps: Mapping[int, str]) -> str:
    """A value as a page says it. `apps`: names by id."""
    if facet == "app":
        return _app(value, apps)
    say = _SAY.get(facet)
    return say(value) if say else value or "none"


def _app(value: str, apps: Mapping[int, str]) -> str:
    if value == "0":
        return "named no app"
    if not value.isdecimal():
        return "others"
    return apps.get(int(value)) or f"app {value}"


_SAY: Final[Mapping[Facet, Callable[[str], str]]] = {
    "category": category_name,
    "language": language,
    "length": lambda value: f"{value} tokens",
    "turns": lambda value: "1" if value == "0-1" else value,
    "tools": lambda value: "offered" if value == "yes" else "none",
}
