"""The same question in plainer words, for an engine that refuses what the listing takes. Pure.

A refusal that a client could see would tell which parameters, values and fields the engine knows,
and so which engine it is. Nothing that is left out here is left out of the record.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, structs

from darkhorse.wire.conversation import Tool
from darkhorse.wire.request import EngineRequest

__all__ = ["plainer"]

_TUNING = frozenset(
    {
        *("frequency_penalty", "min_p", "parallel_tool_calls", "presence_penalty", "reasoning"),
        *("repetition_penalty", "seed", "temperature", "top_k", "top_p"),
    }
)
"""Without these an answer is still one to what was asked."""
_SHAPING = frozenset({"response_format", "stop", "tool_choice"})
"""Without these it may not be; a promise of them is looked at all the same (router/promises.py)."""

_KNOWN = ("role", "content", "tool_calls", "tool_call_id")

_messages = msgspec.json.Decoder(list[dict[str, Any]])
_tools = msgspec.json.Decoder(list[Tool])
_encode = msgspec.json.Encoder().encode


def plainer(asked: EngineRequest) -> EngineRequest | None:
    """The same with less for an engine to refuse; None where nothing is left to leave out.

    First without what only tunes, and a chat without its limit (ours cuts) and without fields of
    its messages and tools that are nobody's contract; then without what shapes the answer. A bare
    text keeps its limit, since many engines have a short one of their own; and an embedding is
    asked for as it is: vectors of another length are of no use.
    """
    if asked.kind == "embedding":
        return None
    for names in (_TUNING, _TUNING | _SHAPING):
        rest = {name: raw for name, raw in asked.parameters.items() if name not in names}
        less = _plain(structs.replace(asked, parameters=rest))
        if _differ(less, asked):
            return less
    return None


def _plain(asked: EngineRequest) -> EngineRequest:
    if asked.kind != "chat":
        return asked
    parameters = dict(asked.parameters)
    if "tools" in parameters:
        parameters["tools"] = _plain_tools(parameters["tools"])
    messages = _plain_messages(asked.messages)
    return structs.replace(asked, messages=messages, parameters=parameters, max_tokens=None)


def _differ(one: EngineRequest, other: EngineRequest) -> bool:
    """In what they say, not in how their JSON is written. Of parameters, only tools may change."""
    if one.max_tokens != other.max_tokens or one.parameters.keys() != other.parameters.keys():
        return True
    pairs = [(one.messages, other.messages)]
    if "tools" in one.parameters:
        pairs.append((one.parameters["tools"], other.parameters["tools"]))
    return any(msgspec.json.decode(some) != msgspec.json.decode(more) for some, more in pairs)


def _plain_messages(messages: Raw) -> Raw:
    """As the strictest templates want them: the system's first, no two of one side in a row."""
    plain: list[dict[str, Any]] = []
    for each in map(_plain_message, _messages.decode(messages)):
        if each["role"] == "system" and plain and plain[-1]["role"] != "system":
            each["role"] = "user"
        if plain and _are_one(plain[-1], each):
            plain[-1]["content"] = _together(plain[-1]["content"], each["content"])
        else:
            plain.append(each)
    return _written(plain)


def _are_one(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Calls and their results stay apart."""
    sides = ("system", "user", "assistant")
    has_calls = "tool_calls" in before or "tool_calls" in after
    return before["role"] == after["role"] in sides and not has_calls


def _together(before: Any, after: Any) -> Any:
    if isinstance(before, list) or isinstance(after, list):
        return [part for content in (before, after) for part in _parts(content)]
    return "\n\n".join(filter(None, (before, after)))


def _parts(content: Any) -> list[Any]:
    if isinstance(content, list):
        return content
    return [{"type": "text", "text": content}] if content else []


def _plain_message(message: dict[str, Any]) -> dict[str, Any]:
    """What every engine knows: no names of people, no thoughts of past turns, no odd role."""
    kept = {name: message[name] for name in _KNOWN if message.get(name) is not None}
    if message.get("role") == "developer":
        kept["role"] = "system"
    if message.get("role") == "function" and "name" in message:
        kept["name"] = message["name"]
    content = kept.get("content")
    if content is None and isinstance(refusal := message.get("refusal"), str):
        content = refusal
    if isinstance(content, list):
        content = [_plain_part(part) for part in content]
    return {**kept, "content": content}


def _plain_part(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return {name: value for name, value in part.items() if name in ("type", part.get("type"))}


def _plain_tools(tools: Raw) -> Raw:
    try:
        return _written(_tools.decode(tools))
    except msgspec.DecodeError:
        return tools


def _written(value: object) -> Raw:
    return Raw(_encode(value))
