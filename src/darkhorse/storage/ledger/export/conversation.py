"""A generation as a chat: whatever dialect it came in, messages and the assistant's answer."""

from typing import Any

import msgspec

from darkhorse.base.errors import DarkhorseError
from darkhorse.storage.records import Answer
from darkhorse.wire.chunks import ToolDelta
from darkhorse.wire.dialects import CLIENTS
from darkhorse.wire.request import GenerationRequest

__all__ = ["NoConversation", "answer_of", "messages_of", "turn_of"]

_messages = msgspec.json.Decoder(list[dict[str, Any]])
_tools = msgspec.json.Decoder(list[dict[str, Any]])
_answer = msgspec.json.Decoder(Answer)


class NoConversation(Exception):
    """It cannot be told as a chat; the text says why, in words for a manifest."""


def messages_of(dialect: str, request: bytes) -> list[dict[str, Any]]:
    """The messages of a request, as chat completions shape them. Raises NoConversation."""
    return _messages.decode(_parsed(dialect, request).messages)


def turn_of(dialect: str, request: bytes, answer: bytes) -> dict[str, Any]:
    """`messages` with the answer as the last of them, and `tools` where there were any.

    Raises NoConversation, also where nothing was answered.
    """
    parsed = _parsed(dialect, request)
    said = answer_of(answer)
    if said is None:
        raise NoConversation("nothing was answered")
    messages = _joined(_messages.decode(parsed.messages), said)
    raw = parsed.parameters.get("tools")
    tools = _tools.decode(raw) if raw else []
    return {"messages": messages, "tools": tools} if tools else {"messages": messages}


def _parsed(dialect: str, request: bytes) -> GenerationRequest:
    client = CLIENTS.get(dialect)
    if client is None:
        raise NoConversation(f"the dialect {dialect} is not known here")
    try:
        parsed = client.parse(request)
    except DarkhorseError:
        raise NoConversation("the request cannot be read by this version") from None
    if parsed.kind == "embedding":
        raise NoConversation("an embedding is no conversation")
    return parsed


def answer_of(answer: bytes) -> dict[str, Any] | None:
    """The assistant's message; None where it said nothing, or an older version wrote otherwise."""
    try:
        said = _answer.decode(answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    calls = _calls(said.tools)
    if not (said.content or said.refusal or said.reasoning or calls):
        return None
    message: dict[str, Any] = {"role": "assistant", "content": said.content or None}
    if said.reasoning:
        message["reasoning"] = said.reasoning
    if said.refusal:
        message["refusal"] = said.refusal
    if calls:
        message["tool_calls"] = calls
    return message


def _calls(deltas: tuple[ToolDelta, ...]) -> list[dict[str, Any]]:
    """Whole calls; pieces of one have its index."""
    joined: dict[int, ToolDelta] = {}
    for each in deltas:
        before = joined.get(each.index, ToolDelta(each.index))
        joined[each.index] = ToolDelta(
            each.index,
            before.id or each.id,
            before.name or each.name,
            before.arguments + each.arguments,
        )
    return [
        {
            "id": each.id,
            "type": "function",
            "function": {"name": each.name, "arguments": each.arguments},
        }
        for each in joined.values()
    ]


def _joined(messages: list[dict[str, Any]], said: dict[str, Any]) -> list[dict[str, Any]]:
    """An answer that goes on from the assistant's own words is one message with them."""
    last = messages[-1]
    begun, rest = last.get("content"), said["content"]
    if last.get("role") != "assistant" or last.get("tool_calls") or not isinstance(begun, str):
        return [*messages, said]
    return [*messages[:-1], {**said, "content": begun + (rest or "")}]
