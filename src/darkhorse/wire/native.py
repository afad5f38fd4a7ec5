"""Words and counts of an engine's answer, read leniently: they are only recorded. Private."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from darkhorse.wire.chunks import Finish, NativeUsage
from darkhorse.wire.faults import UpstreamFault

__all__ = ["count_of", "finish_of", "inner", "name_of", "read", "usage_of"]

Read = TypeVar("Read")

_LONGEST = 256  # characters of an id or a name


def read(decoder: "msgspec.json.Decoder[Read]", data: bytes) -> Read:
    """One object of an answer. Raises UpstreamFault."""
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise UpstreamFault("garbage", detail=f"{e}: {data[:512]!r}") from None


def count_of(value: Any) -> int:
    """A count of tokens; 0 for whatever is none."""
    return int(value) if isinstance(value, int | float) and 0 <= value < 2**53 else 0


def name_of(value: Any) -> str:
    """An id or a model's name; empty for whatever is none."""
    return value[:_LONGEST] if isinstance(value, str) else ""


def finish_of(word: str, known: Mapping[str, Finish]) -> Finish:
    """Our word for the engine's. An unknown one is a stop, unless it speaks of an error."""
    if found := known.get(word.lower()):
        return found
    return "error" if "error" in word.lower() else "stop"


def inner(value: Any, name: str) -> Any:
    """A field of what should be an object."""
    return value.get(name) if isinstance(value, dict) else None


def usage_of(usage: Any) -> NativeUsage | None:
    """OpenAI's `usage` object, of chat completions and of completions."""
    if not isinstance(usage, dict):
        return None
    return NativeUsage(
        prompt=count_of(usage.get("prompt_tokens")),
        completion=count_of(usage.get("completion_tokens")),
        reasoning=count_of(inner(usage.get("completion_tokens_details"), "reasoning_tokens")),
        cached=count_of(inner(usage.get("prompt_tokens_details"), "cached_tokens")),
    )
