"""A request of Anthropic's messages as the scenarios read one: in the shape of chat completions."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Raw

from darkhorse.upstream.scripted.ask import Ask, objects_of
from darkhorse.upstream.scripted.plant import JsonObject

__all__ = ["as_chat"]


def as_chat(ask: Ask) -> Ask:
    """The same question; its body stays what was sent."""
    body: JsonObject = msgspec.json.decode(ask.body)
    system = [{"role": "system", "content": body["system"]}] if body.get("system") else []
    messages = [turn for each in objects_of(ask.messages) for turn in _turns(each)]
    tools = [_tool(each) for each in objects_of(ask.tools)]
    return msgspec.structs.replace(
        ask,
        messages=_raw([*system, *messages]),
        tools=_raw(tools),
        tool_choice=_raw(_choice(body.get("tool_choice"))),
    )


def _raw(value: Any) -> Raw:
    return Raw(msgspec.json.encode(value))


def _turns(message: JsonObject) -> Iterator[JsonObject]:
    """The message, and the results in it as turns of their own."""
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    results = [part for part in parts if _is_result(part)]
    if len(results) < len(parts) or not parts:
        yield message
    for result in results:
        yield {"role": "tool", "content": result.get("content")}


def _is_result(part: object) -> bool:
    return isinstance(part, dict) and part.get("type") == "tool_result"


def _tool(tool: JsonObject) -> JsonObject:
    function = {"name": tool.get("name"), "parameters": tool.get("input_schema")}
    return {"type": "function", "function": function}


def _choice(choice: object) -> object:
    if not isinstance(choice, dict):
        return None
    name = choice.get("name")
    return {"function": {"name": name}} if name else choice.get("type")
