"""What an engine is asked in: a conversation made into items, parameters under their names here."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Raw

from darkhorse.wire.conversation import Message, Part, Tool, decode_messages, text_of
from darkhorse.wire.responses.tools import flat_choice, flat_format, flat_tools
from darkhorse.wire.saying import saying

__all__ = ["write_items", "write_parameters"]

_tools = msgspec.json.Decoder(list[Tool])
_reasoning = msgspec.json.Decoder(dict[str, Any])
_decode = msgspec.json.Decoder().decode

Item = dict[str, Any]


def write_items(messages: Raw) -> list[Item]:
    """Raises UpstreamFault where a message is not as it should be."""
    with saying():
        return [item for message in decode_messages(messages) for item in _items(message)]


def _items(message: Message) -> Iterator[Item]:
    if message.role == "assistant":
        yield from _assistant(message)
    elif message.role in ("tool", "function"):
        name = message.tool_call_id or message.name or ""
        yield {"type": "function_call_output", "call_id": name, "output": _content(message)}
    else:
        yield {"type": "message", "role": message.role, "content": _content(message)}


def _assistant(message: Message) -> Iterator[Item]:
    """Thoughts, text, calls: in the order in which they came to be."""
    if thought := _thought(message):
        thoughts = [{"type": "reasoning_text", "text": thought}]
        yield {"type": "reasoning", "id": "rs_0", "summary": [], "content": thoughts}
    if message.refusal:
        content: list[Part] = [{"type": "refusal", "refusal": message.refusal}]
        if message.content is not None:
            text = text_of(message.content)
            content.insert(0, {"type": "output_text", "text": text, "annotations": []})
        yield {"type": "message", "role": "assistant", "content": content}
    elif message.content is not None or not message.tool_calls:
        yield {"type": "message", "role": "assistant", "content": text_of(message.content)}
    for call in message.tool_calls or ():
        function = {"name": call.function.name, "arguments": call.function.arguments}
        yield {"type": "function_call", "call_id": call.id, **function}


def _thought(message: Message) -> str:
    """What it thought then, whatever it is called; of OpenRouter's details what can be read."""
    if found := message.reasoning or message.reasoning_content:
        return found
    details = message.reasoning_details or ()
    texts = (detail.get("text") or detail.get("summary") for detail in details)
    return "".join(text for text in texts if isinstance(text, str))


def _content(message: Message) -> str | list[Part]:
    if not isinstance(message.content, list):
        return message.content or ""
    return [_part(part) for part in message.content]


def _part(part: Part) -> Part:
    """One part under its name here; one without a name goes as it is."""
    kind = part.get("type")
    if kind == "text":
        return {"type": "input_text", "text": part.get("text")}
    if kind == "image_url":
        image = _inner(part, "image_url")
        return {
            "type": "input_image",
            "image_url": image.get("url"),
            "detail": image.get("detail") or "auto",
        }
    if kind == "file":
        return {"type": "input_file", **_file(_inner(part, "file"))}
    if kind in ("video_url", "input_video"):
        return {"type": "input_video", "video_url": _inner(part, "video_url").get("url")}
    return part


def _file(file: Mapping[str, Any]) -> dict[str, Any]:
    data = file.get("file_data")
    if not isinstance(data, str) or not data.startswith(("http:", "https:")):
        return dict(file)
    rest = {name: value for name, value in file.items() if name != "file_data"}
    return {**rest, "file_url": data}


def _inner(part: Part, name: str) -> Mapping[str, Any]:
    inner = part.get(name)
    return inner if isinstance(inner, dict) else {}


def write_parameters(parameters: Mapping[str, Raw]) -> dict[str, Any]:
    """By their names here; any other goes on as it is, for the engine to judge.

    Raises UpstreamFault for a parameter that cannot be read.
    """
    with saying():
        return _written(dict(parameters))


def _written(given: dict[str, Raw]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if tools := given.pop("tools", None):
        written["tools"] = flat_tools(_tools.decode(tools))
    if choice := given.pop("tool_choice", None):
        written["tool_choice"] = flat_choice(_decode(choice))
    if form := given.pop("response_format", None):
        written["text"] = {"format": flat_format(_decode(form))}
    reasoning = _reasoning.decode(given.pop("reasoning", b"{}"))
    if effort := given.pop("reasoning_effort", None):
        reasoning = {"effort": _decode(effort), **reasoning}
    if reasoning:
        written["reasoning"] = {"summary": "auto", **reasoning}  # or some would show nothing of it
    return {**given, **written}
