"""What a scenario is given: the question, the shape of the answer, the canary."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct

from darkhorse.upstream.scripted.plant import Plant

__all__ = ["Ask", "Shape", "last_user_text", "results_behind_user", "said_by", "tool_names"]

Millis = Annotated[float, Meta(ge=0, le=3_600_000)]


class Shape(Struct, frozen=True, kw_only=True):
    """Parameters every scenario takes; one that has no use for a parameter ignores it."""

    text: Annotated[str, Meta(description="The answer's text; default: one of our own.")] = ""
    deltas: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Pieces a streamed text comes in.")
    ] = 8
    size: Annotated[
        int, Meta(ge=0, le=16_000_000, description="Characters a piece; 0: the text cut evenly.")
    ] = 0
    first_ms: Annotated[Millis, Meta(description="Silence before the first byte.")] = 0
    delta_ms: Annotated[
        Millis, Meta(description="Silence between writes; unstreamed: all of it before the body.")
    ] = 0
    batch: Annotated[
        int, Meta(ge=0, description="Events a write; 0: all of them, or one where delta_ms > 0.")
    ] = 0
    usage: Annotated[bool, Meta(description="Whether usage is sent.")] = True
    seed: Annotated[int, Meta(description="Seed of whatever is random.")] = 0


class Ask(Struct, frozen=True, kw_only=True):
    """One question to a scenario."""

    stream: bool
    shape: Shape
    plant: Plant
    messages: Raw
    tools: Raw = Raw(b"[]")
    tool_choice: Raw = Raw(b"null")
    response_format: Raw = Raw(b"null")
    max_tokens: int | None = None
    count: Callable[[str], int]
    """count(key): how often this was asked before for that key, on any connection."""


def last_user_text(messages: Raw) -> str:
    """The last user message's text, its parts joined; "" where there is none."""
    users = [each for each in _objects(messages) if each.get("role") == "user"]
    return _text_of(users[-1].get("content")) if users else ""


def results_behind_user(messages: Raw) -> list[str]:
    """The texts of the tool results that follow the last user message, oldest first."""
    found: list[str] = []
    for each in _objects(messages):
        if each.get("role") == "user":
            found.clear()
        elif each.get("role") == "tool":
            found.append(_text_of(each.get("content")))
    return found


def said_by(messages: Raw, *roles: str) -> str:
    """Every text of these roles, a line each at least."""
    return "\n".join(
        _text_of(each.get("content")) for each in _objects(messages) if each.get("role") in roles
    )


def tool_names(tools: Raw) -> frozenset[str]:
    """The names of the functions a request offers."""
    functions = (each.get("function") for each in _objects(tools))
    names = (each.get("name") for each in functions if isinstance(each, dict))
    return frozenset(name for name in names if isinstance(name, str))


def _objects(raw: Raw) -> list[dict[str, Any]]:
    """The objects of a JSON list; what is none is left out."""
    try:
        items: Any = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return []
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []


def _text_of(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return "".join(text for text in texts if isinstance(text, str))
