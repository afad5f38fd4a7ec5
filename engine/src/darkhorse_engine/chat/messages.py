"""Messages and tools of an OpenAI request, brought into the one shape that templates take.

Roles are system, user, assistant and tool; content is text; arguments are a mapping. Every string
that came from a client is guarded (`Tokenizer.guard`), so that none becomes a control token.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from darkhorse_engine.chat.errors import ChatError

__all__ = ["Message", "normal_messages", "normal_tools"]

Message = dict[str, Any]
"""`role`, `content`; for an assistant perhaps `reasoning_content` (None: it did not think) and
`tool_calls`, each `{"id", "type", "function": {"name", "arguments": mapping, "raw": JSON text}}`;
for a tool perhaps `tool_call_id` and `name`."""

_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}


def normal_messages(
    messages: Sequence[Mapping[str, Any]], guard: Callable[[str], str]
) -> list[Message]:
    """Raises ChatError, naming the message."""
    if not messages:
        raise ChatError("`messages` must hold at least one message.")
    return [_normal(message, f"messages[{at}]", guard) for at, message in enumerate(messages)]


def normal_tools(
    tools: Sequence[Mapping[str, Any]], guard: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Raises ChatError for what is no function with a name."""
    for at, tool in enumerate(tools):
        function = tool.get("function")
        if not isinstance(function, Mapping) or not function.get("name"):
            raise ChatError(f"tools[{at}]: a function with a name is needed.")
    return [_guarded(tool, guard) for tool in tools]


def _normal(message: Mapping[str, Any], place: str, guard: Callable[[str], str]) -> Message:
    role = _ROLES.get(message.get("role", ""))
    if role is None:
        raise ChatError(f"{place}: role {message.get('role')!r}; known are {', '.join(_ROLES)}.")
    normal: Message = {"role": role, "content": guard(_text(message.get("content"), place))}
    for key in ("name", "tool_call_id"):
        if isinstance(message.get(key), str):
            normal[key] = guard(message[key])
    if role == "assistant":
        thoughts = message.get("reasoning_content", message.get("reasoning"))
        normal["reasoning_content"] = guard(thoughts) if isinstance(thoughts, str) else None
        if calls := message.get("tool_calls"):
            normal["tool_calls"] = [_call(call, place, guard) for call in calls]
    return normal


def _text(content: Any, place: str) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    parts = content if isinstance(content, list) else [content]
    texts = [part if isinstance(part, str) else _text_of_part(part, place) for part in parts]
    return "".join(texts)


def _text_of_part(part: Any, place: str) -> str:
    if isinstance(part, Mapping) and isinstance(part.get("text"), str):
        return str(part["text"])
    kind = part.get("type") if isinstance(part, Mapping) else type(part).__name__
    raise ChatError(f"{place}: a part of type {kind!r}; this model reads text only.")


def _call(call: Any, place: str, guard: Callable[[str], str]) -> dict[str, Any]:
    function = call.get("function") if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        raise ChatError(f"{place}: a call needs a function with a name.")
    raw = function.get("arguments") or "{}"
    raw = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
    try:
        arguments = msgspec.json.decode(raw)  # unlike json, it takes no half of a surrogate pair
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        raise ChatError(f"{place}: the arguments of {function['name']!r} are not a JSON object.")
    return {
        "id": guard(str(call.get("id", ""))),
        "type": "function",
        "function": {
            "name": guard(function["name"]),
            "arguments": _guarded(arguments, guard),
            "raw": guard(raw),
        },
    }


def _guarded(value: Any, guard: Callable[[str], str]) -> Any:
    """All strings in it, keys too."""
    if isinstance(value, str):
        return guard(value)
    if isinstance(value, Mapping):
        return {guard(str(key)): _guarded(each, guard) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_guarded(each, guard) for each in value]
    return value
