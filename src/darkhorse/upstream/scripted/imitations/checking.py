"""What a house would not take of a request, the first thing that it looks at first."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from darkhorse.upstream.scripted.ask import Ask, objects_of
from darkhorse.upstream.scripted.imitations.house import Error, House, JsonObject, Refusal
from darkhorse.upstream.scripted.imitations.ids import Ids
from darkhorse.upstream.scripted.imitations.saying import prompt_count
from darkhorse.upstream.scripted.imitations.shapes import OPENAI_WORDS

__all__ = ["error_of", "refusal"]

_KNOWN = frozenset(
    [
        "model",
        "messages",
        "stream",
        "stream_options",
        "max_tokens",
        "max_completion_tokens",
        "temperature",
        "top_p",
        "n",
        "stop",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "response_format",
        "reasoning_effort",
        "reasoning",
        "thinking",
        "presence_penalty",
        "frequency_penalty",
        "logprobs",
        "top_logprobs",
        "logit_bias",
        "seed",
        "user",
        "metadata",
        "system",
        "stop_sequences",
        "top_k",
        "store",
        "service_tier",
        "prediction",
        "modalities",
        "audio",
        "include",
        "verbosity",
        "safety_identifier",
        "prompt_cache_key",
        "web_search_options",
    ]
)


def refusal(house: House, ask: Ask, key: str) -> Refusal | None:
    """`key`: the only one that is right; "" for any that does not look wrong."""
    return next(_refusals(house, ask, key), None)


def _refusals(house: House, ask: Ask, key: str) -> Iterator[Refusal]:
    if not ask.key or (ask.key != key if key else "bad" in ask.key or "invalid" in ask.key):
        yield Refusal("key", value=ask.key)
    body: JsonObject = msgspec.json.decode(ask.body)
    if house.strict:
        yield from (Refusal("unknown", name) for name in body if name not in _KNOWN)
    if not objects_of(ask.messages):
        yield Refusal("empty", "messages")
    for name, (low, high) in house.ranges.items():
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Refusal("type", name, value)
        elif not low <= value <= high:
            yield Refusal("range", name, value, low, high)
    prompt, answer = prompt_count(house, ask), ask.max_tokens or 0
    context = ask.shape.context or house.context
    if prompt + (answer if house.counts_answer else 0) > context:
        yield Refusal("context", "messages", high=context, asked=prompt, answer=answer)


def error_of(house: House, ids: Ids, refused: Refusal) -> Error:
    """The refusal in the house's words."""
    message, kind, code = house.words.get(refused.why) or OPENAI_WORDS[refused.why]
    slots: Mapping[str, Any] = {
        **msgspec.structs.asdict(refused),
        "bound": refused.bound,
        "total": refused.asked + refused.answer,
        "context": refused.high,
        "model": house.model,
    }
    shown = {name: _plain(value) for name, value in slots.items()}
    param = refused.name or None
    request = ids.fill("req_{alnum24}")
    text = message.format_map(shown)
    return Error(house.status(refused.why), text, kind, param, code, request)


def _plain(value: object) -> object:
    """Whole numbers without a point, and text short enough to be shown."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | float) else str(value)[:64]
