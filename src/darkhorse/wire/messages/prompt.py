"""The canonical conversation, written as an engine of the Messages dialect wants it.

Thoughts go back with an empty signature, since the cloak keeps an engine's own: one that checks
signatures needs `reasoning_back = "drop"` among its quirks.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from darkhorse.wire.conversation import Message, Part, ToolCall, decode_messages, text_of
from darkhorse.wire.faults import UpstreamFault

__all__ = ["Prompt", "prompt_of"]

Block = dict[str, Any]

_ODD = re.compile(r"[^A-Za-z0-9_-]")
_DATA_URL = re.compile(r"data:([^;,]*)[^,]*;base64,", re.IGNORECASE)
_object = msgspec.json.Decoder(dict[str, Raw])


class Prompt(Struct, frozen=True):
    """`system` is empty where there is none."""

    system: str | list[Block]
    messages: list[dict[str, Any]]


def prompt_of(raw: Raw) -> Prompt:
    """Raises InvalidRequest, and UpstreamFault for what this dialect cannot say."""
    instructions: list[Message] = []
    turns: list[dict[str, Any]] = []
    results: list[Block] | None = None  # of the turn that is being filled with them
    for message in decode_messages(raw):
        if message.role in ("system", "developer"):
            instructions.append(message)
        elif message.role == "tool":
            if results is None:
                results = []
                turns.append({"role": "user", "content": results})
            results.append(_result(message))
        else:
            results = None
            turns.extend(_turn(message))
    return Prompt(_system(instructions), turns)


def _system(messages: Sequence[Message]) -> str | list[Block]:
    """All instructions stand in front here, wherever they stood."""
    if len(messages) == 1 and isinstance(messages[0].content, str):
        return messages[0].content
    return [block for each in messages for block in _blocks(each.content)]


def _turn(message: Message) -> list[dict[str, Any]]:
    """None at all for an assistant that said nothing: an empty turn is refused."""
    if message.role != "assistant":
        content = message.content if isinstance(message.content, str) else _blocks(message.content)
        return [{"role": "user", "content": content}]
    blocks: list[Block] = []
    if message.reasoning:
        blocks.append({"type": "thinking", "thinking": message.reasoning, "signature": ""})
    if text := text_of(message.content):
        blocks.append({"type": "text", "text": text})
    blocks.extend(map(_call, message.tool_calls or ()))
    if not blocks:
        return []
    plain = len(blocks) == 1 and blocks[0]["type"] == "text"
    return [{"role": "assistant", "content": blocks[0]["text"] if plain else blocks}]


def _result(message: Message) -> Block:
    content = message.content if isinstance(message.content, str) else _blocks(message.content)
    return {
        "type": "tool_result",
        "tool_use_id": _id(message.tool_call_id or ""),
        "content": content,
    }


def _call(call: ToolCall) -> Block:
    return {
        "type": "tool_use",
        "id": _id(call.id),
        "name": call.function.name,
        "input": _input(call.function.arguments),
    }


def _id(given: str) -> str:
    """Ids of other servers' making may hold what is refused here (`functions.read:0`)."""
    return _ODD.sub("_", given) or "_"


def _input(arguments: str) -> Any:
    """Arguments as they were; what is no object goes inside one, as it must be one."""
    if not arguments.strip():
        return {}
    try:
        _object.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return {"arguments": arguments}
    return Raw(arguments.encode())


def _blocks(content: str | list[Part] | None) -> list[Block]:
    if not isinstance(content, list):
        return [{"type": "text", "text": content}] if content else []
    return [_block(part) for part in content]


def _block(part: Part) -> Block:
    kind = part.get("type")
    if kind == "text":
        return {"type": "text", "text": part.get("text")}
    if kind == "image_url":
        return {"type": "image", "source": _source(_field(part, "image_url").get("url"))}
    if kind == "file":
        return _document(_field(part, "file"))
    raise UpstreamFault("status", status=400, detail=f"a part of type {kind!r} cannot be said")


def _field(part: Part, name: str) -> Mapping[str, Any]:
    inner = part.get(name)
    return inner if isinstance(inner, Mapping) else {}


def _source(url: object) -> Block:
    text = url if isinstance(url, str) else ""
    if data := _DATA_URL.match(text):
        return {"type": "base64", "media_type": data[1].lower(), "data": text[data.end() :]}
    return {"type": "url", "url": text}


def _document(file: Mapping[str, Any]) -> Block:
    title = {"title": file["filename"]} if file.get("filename") else {}
    if file.get("file_data") is None:
        return {
            "type": "document",
            "source": {"type": "file", "file_id": file.get("file_id")},
            **title,
        }
    source = _source(_as_url(file["file_data"]))
    if source.get("media_type", "").startswith("text/"):
        return {"type": "document", "source": _as_text(source), **title}
    return {"type": "document", "source": source, **title}


def _as_url(data: object) -> object:
    """A file may come as bare base64; the only kind that needs no name is the usual one."""
    if isinstance(data, str) and not re.match(r"(data|https?):", data, re.IGNORECASE):
        return f"data:application/pdf;base64,{data}"
    return data


def _as_text(source: Block) -> Block:
    try:
        text = base64.b64decode(source["data"]).decode("utf-8", "replace")
    except ValueError:
        text = ""
    return {"type": "text", "media_type": "text/plain", "data": text}
