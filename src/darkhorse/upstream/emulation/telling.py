"""Tools in plain words, for a model whose template has none. Pure.

Past calls are told in words as well: a small model that sees one as JSON writes it again and again.
Their results are what the user says; those in a row become one turn, since many templates take no
other.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw, structs

from darkhorse.wire.conversation import (
    Function,
    Message,
    Part,
    ToolCall,
    decode_messages,
    encode_messages,
    text_of,
)

__all__ = ["told"]

_HOW = """\
You can use tools. To use one, answer with {"tool": NAME, "arguments": {...}}. \
To answer in words: {"reply": TEXT}. Your tools:"""

_encode = msgspec.json.Encoder().encode


def told(messages: Raw, functions: Sequence[Function]) -> Raw:
    """The conversation with its tools in words; as it came where it has none."""
    text = bytes(messages)
    if not functions and b'"tool' not in text and b'"function"' not in text:
        return messages
    plain = _plain(decode_messages(messages))
    return encode_messages(_with_tools(plain, functions) if functions else plain)


def _with_tools(messages: list[Message], functions: Sequence[Function]) -> list[Message]:
    told = "\n".join([_HOW, *map(_described, functions)])
    first = messages[0]
    if first.role not in ("system", "developer"):
        return [Message(role="system", content=told), *messages]
    content = _joined(first.content, told)
    return [structs.replace(first, role="system", content=content), *messages[1:]]


def _described(function: Function) -> str:
    about: dict[str, Any] = {"name": function.name}
    if function.description:
        about["description"] = function.description
    return _encode({**about, "parameters": function.parameters or {}}).decode()


def _plain(messages: Sequence[Message]) -> list[Message]:
    names: dict[str, str] = {}  # of the tools, by the ids of their calls
    turns: list[Message] = []
    for message in messages:
        for call in message.tool_calls or ():
            names[call.id] = call.function.name
        turn, is_result = _turn(message, names)
        last = turns[-1] if turns else None
        if last and last.role == turn.role == "user" and (is_result or _is_result(last)):
            turns[-1] = structs.replace(last, content=_joined(last.content, turn.content))
        else:
            turns.append(turn)
    return turns


_RESULT = "Result of "


def _is_result(message: Message) -> bool:
    return text_of(message.content).startswith(_RESULT)


def _turn(message: Message, names: dict[str, str]) -> tuple[Message, bool]:
    if message.role in ("tool", "function"):
        name = names.get(message.tool_call_id or "") or message.name or "the tool"
        return Message(role="user", content=_headed(f"{_RESULT}{name}:", message.content)), True
    if message.tool_calls:
        said = _joined(message.content, _called(message.tool_calls))
        return Message(role="assistant", content=said), False
    return message, False


def _called(calls: Sequence[ToolCall]) -> str:
    used = [f"I used {call.function.name} with {call.function.arguments}." for call in calls]
    return "\n".join(used)


def _headed(head: str, content: str | list[Part] | None) -> str | list[Part]:
    if isinstance(content, list):
        return [{"type": "text", "text": head}, *content]
    return f"{head} {content or ''}"


def _joined(one: str | list[Part] | None, other: str | list[Part] | None) -> str | list[Part]:
    if isinstance(one, list) or isinstance(other, list):
        return [*_parts(one), *_parts(other)]
    return f"{one}\n{other}" if one and other else one or other or ""


def _parts(content: str | list[Part] | None) -> list[Part]:
    if isinstance(content, list):
        return content
    return [{"type": "text", "text": content}] if content else []
