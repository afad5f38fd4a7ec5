"""A model that does as it is asked, behind an engine that refuses whatever is a little odd.

In the manner of engines that check a body field by field and quote it in their error. Which
parameters it takes, and in which ranges, tells it apart from others at once: a relay must not let
that be seen.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from darkhorse.upstream.scripted.ask import Ask, Shape
from darkhorse.upstream.scripted.book import Book
from darkhorse.upstream.scripted.delivery import body_steps
from darkhorse.upstream.scripted.obliging import obliging
from darkhorse.upstream.scripted.plant import JsonObject
from darkhorse.upstream.scripted.rendering import json_bytes
from darkhorse.upstream.scripted.steps import Steps

__all__ = ["book"]

book = Book()

_FIELDS = frozenset(
    {
        *("model", "messages", "stream", "stream_options", "max_tokens", "temperature", "top_p"),
        *("stop", "seed", "tools", "tool_choice", "response_format"),
    }
)
_SPANS: Mapping[str, tuple[float, float]] = {
    "max_tokens": (16, 8192),
    "temperature": (0, 1),
    "top_p": (0.01, 1),
    "seed": (0, 2**31 - 1),
}
_MOST_STOPS = 1
_MESSAGE = frozenset({"role", "content", "tool_calls", "tool_call_id"})
_TOOL = frozenset({"type", "function"})


@book.scenario(
    "strict",
    "As `obliging`, but with a 400 that quotes the field for parameters it does not know (`top_k`, "
    "penalties, reasoning, `parallel_tool_calls`), values out of narrow ranges, more than one stop "
    "sequence, unknown fields of messages and tools, a system message that is not the first, and "
    "two messages of one side in a row.",
    Shape(text="As you wish."),
    pure=False,
)
def strict(ask: Ask, *, thinks: bool = False) -> Steps:
    body: JsonObject = msgspec.json.decode(ask.body)
    if problem := next(_problems(body), None):
        error = ask.plant.error(400)
        error["error"]["message"] = f"{ask.plant.canary}: 1 validation error: body.{problem}"
        return body_steps(ask, json_bytes(error), status=400)
    return obliging(ask, thinks=thinks)


def _problems(body: JsonObject) -> Iterator[str]:
    yield from (f"{name}: extra fields not permitted" for name in body if name not in _FIELDS)
    for name, (low, high) in _SPANS.items():
        if (value := body.get(name)) is not None and not low <= value <= high:
            yield f"{name}: {value} is not in [{low}, {high}]"
    stop = body.get("stop")
    if isinstance(stop, list) and len(stop) > _MOST_STOPS:
        yield "stop: ensure this value has at most 1 item"
    yield from _in_a_row(body.get("messages") or ())
    yield from _unknown("messages", body.get("messages"), _MESSAGE)
    yield from _unknown("tools", body.get("tools"), _TOOL)


def _in_a_row(messages: Sequence[JsonObject]) -> Iterator[str]:
    """Templates of some families raise an exception at these."""
    roles = [each.get("role") for each in messages]
    if "system" in roles[1:]:
        yield "messages: the system message must be the first"
    if any(one == other != "tool" for one, other in itertools.pairwise(roles)):
        yield "messages: conversation roles must alternate user/assistant/user/assistant/…"


def _unknown(place: str, items: Any, known: frozenset[str]) -> Iterator[str]:
    for at, item in enumerate(items or ()):
        if isinstance(item, dict):
            yield from (f"{place}[{at}].{name}: unexpected" for name in item if name not in known)
