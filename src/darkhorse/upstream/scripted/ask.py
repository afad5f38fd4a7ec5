"""What a scenario is given: the question, the shape of the answer, the canary."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from darkhorse.upstream.scripted.measured import NOTHING, Measured
from darkhorse.upstream.scripted.plant import Plant
from darkhorse.upstream.scripted.prefixes import Prefixes
from darkhorse.upstream.scripted.templates import TemplateName
from darkhorse.upstream.scripted.vocabulary import VocabularyName
from darkhorse.upstream.scripted.window import WindowWords

__all__ = [
    "Ask",
    "Shape",
    "last_user_text",
    "objects_of",
    "results_behind_user",
    "said_by",
    "text_of",
    "tool_names",
]

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
    vocabulary: Annotated[
        VocabularyName,
        Meta(
            description="An invented tokenizer: `quads`, `words`, `syllables`, `pairs`, `merges`. "
            "Counts, one token a delta and the cut at `max_tokens` follow it."
        ),
    ] = ""
    template: Annotated[
        TemplateName,
        Meta(
            description="What it adds to messages, tools and answers: `bare`, `tags`, `marks`, "
            "`channels`. Like the three below, only with a vocabulary."
        ),
    ] = "bare"
    block: Annotated[
        int, Meta(ge=0, description="Native tokens a block of its cache; 0: it has none.")
    ] = 0
    context: Annotated[
        int, Meta(ge=0, description="Native tokens of its context; over it, a 400. 0: no end.")
    ] = 0
    window: Annotated[
        WindowWords, Meta(description="In whose words: `vllm`, `llamacpp`, `vendor`.")
    ] = "vllm"


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
    dialect: Literal["chat", "messages"] = "chat"
    path: str = "/v1/chat/completions"
    key: str = ""
    body: bytes = b"{}"
    count: Callable[[str], int]
    """count(key): how often this was asked before for that key, on any connection."""
    prefixes: Prefixes = msgspec.field(default_factory=Prefixes)
    measured: Measured = NOTHING


def last_user_text(messages: Raw) -> str:
    """The last user message's text, its parts joined; "" where there is none."""
    users = [each for each in objects_of(messages) if each.get("role") == "user"]
    return text_of(users[-1].get("content")) if users else ""


def results_behind_user(messages: Raw) -> list[str]:
    """The texts of the tool results that follow the last user message, oldest first."""
    found: list[str] = []
    for each in objects_of(messages):
        if each.get("role") == "user":
            found.clear()
        elif each.get("role") == "tool":
            found.append(text_of(each.get("content")))
    return found


def said_by(messages: Raw, *roles: str) -> str:
    """Every text of these roles, a line each at least."""
    return "\n".join(
        text_of(each.get("content")) for each in objects_of(messages) if each.get("role") in roles
    )


def tool_names(tools: Raw) -> frozenset[str]:
    """The names of the functions a request offers."""
    functions = (each.get("function") for each in objects_of(tools))
    names = (each.get("name") for each in functions if isinstance(each, dict))
    return frozenset(name for name in names if isinstance(name, str))


def objects_of(raw: Raw) -> list[dict[str, Any]]:
    """The objects of a JSON list; what is none is left out."""
    try:
        items: Any = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return []
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []


def text_of(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return "".join(text for text in texts if isinstance(text, str))
