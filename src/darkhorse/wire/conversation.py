"""The conversation every dialect is read into: messages and tools as chat completions shape them.

What a client sends in that shape goes on as it came. Other dialects build it from these structs;
engines of other dialects are sent what is decoded with them.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.media import MediaPart, inspect

__all__ = [
    "Function",
    "FunctionCall",
    "Measure",
    "Message",
    "Part",
    "Role",
    "Tool",
    "ToolCall",
    "check_tools",
    "decode_messages",
    "encode_messages",
    "measure",
    "text_of",
]

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]
Part = dict[str, Any]
"""`{"type": "text", "text": …}`, or image_url, input_audio, video_url, file."""


class FunctionCall(Struct, frozen=True):
    """What an assistant calls; `arguments` is JSON in a string."""

    name: str = ""
    arguments: str = ""


class ToolCall(Struct, frozen=True):
    """One call in an assistant's message."""

    id: str = ""
    type: str = "function"
    function: FunctionCall = FunctionCall()


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message. `reasoning_details` are OpenRouter's, as the client got them."""

    role: Role
    content: str | list[Part] | None = None
    name: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None  # what some engines, and upstream/fitting.py, call it
    reasoning_details: list[dict[str, Any]] | None = None
    refusal: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None


class Function(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A function that may be called; `parameters` is a JSON Schema."""

    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(Struct, frozen=True, kw_only=True):
    """A tool. Only functions are ours to pass on: others would run on a router's own servers."""

    type: str = "function"
    function: Function | None = None


class _MeasuredCall(Struct):
    function: FunctionCall | None = None


class _MeasuredPart(Struct):
    type: str
    text: str | None = None


class _MeasuredMessage(Struct):
    """As little of a message as must be right for it to be passed on."""

    role: Role
    content: str | list[_MeasuredPart] | None = None
    reasoning: str | None = None
    tool_calls: list[_MeasuredCall] | None = None


class _Pieces(Struct):
    content: str | list[dict[str, Any]] | None = None


_light = msgspec.json.Decoder(list[_MeasuredMessage])
_pieces = msgspec.json.Decoder(list[_Pieces])
_whole = msgspec.json.Decoder(list[Message])
_tool = msgspec.json.Decoder(Tool)
_encode = msgspec.json.Encoder().encode


class Measure(Struct, frozen=True):
    """What admission wants to know of a conversation: sizes in UTF-8 bytes, and its media."""

    messages: int
    text_bytes: tuple[int, ...]
    media: tuple[MediaPart, ...]


def measure(
    raw: Raw, tools: Sequence[Raw] = (), place: str = "messages", places: Sequence[str] = ()
) -> Measure:
    """Check the form of `raw`, a list of messages. Raises InvalidRequest, naming `place`.

    Where a body has its messages in another order or shape, `places` names each one's own.
    """
    messages = _decode(_light, raw, place)
    if not messages:
        raise InvalidRequest(f"`{place}` must hold at least one message.")
    places = places or [f"{place}[{at}]" for at in range(len(messages))]
    sizes: list[int] = []
    has_media = False
    for at, message in enumerate(messages):
        has_media |= _measure(message, places[at], sizes)
    sizes.extend(len(bytes(tool)) for tool in tools)
    media = tuple(_media(_pieces.decode(raw), places)) if has_media else ()
    return Measure(len(messages), tuple(sizes), media)


def _decode(decoder: Any, raw: Raw, place: str) -> Any:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as e:
        text, found, path = str(e).rpartition("`$")
        where = f"{text}`$.{place}{path}." if found else f"{e} - at `$.{place}`."
        raise InvalidRequest(where) from None
    except RecursionError:
        raise InvalidRequest("The body is nested too deeply.") from None


def _measure(message: _MeasuredMessage, place: str, sizes: list[int]) -> bool:
    """Note the sizes of its texts; has it any other part?"""
    has_media = False
    if isinstance(message.content, str):
        sizes.append(_size(message.content))
    else:
        for part in message.content or ():
            if part.type != "text":
                has_media = True
            elif part.text is None:
                raise InvalidRequest(f"A text part needs `text` - at `$.{place}.content`.")
            else:
                sizes.append(_size(part.text))
    if message.reasoning:
        sizes.append(_size(message.reasoning))
    calls = (call.function for call in message.tool_calls or () if call.function)
    sizes.extend(_size(call.name + call.arguments) for call in calls)
    return has_media


def _media(messages: Iterable[_Pieces], places: Sequence[str]) -> Iterable[MediaPart]:
    for message, place in zip(messages, places, strict=True):
        if isinstance(message.content, list):
            for number, part in enumerate(message.content):
                if part.get("type") != "text":
                    yield inspect(part, f"{place}.content[{number}]")


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def check_tools(tools: Sequence[Raw] | None, place: str = "tools") -> list[Raw]:
    """The functions among `tools`. Raises InvalidRequest for one without a name."""
    functions: list[Raw] = []
    for at, raw in enumerate(tools or ()):
        tool = _decode(_tool, raw, f"{place}[{at}]")
        if tool.type != "function":
            continue
        if tool.function is None or not tool.function.name:
            raise InvalidRequest(f"A function needs a name - at `$.{place}[{at}].function`.")
        functions.append(raw)
    return functions


def decode_messages(raw: Raw) -> list[Message]:
    """All of a conversation. Raises InvalidRequest where a message is not as it should be."""
    messages: list[Message] = _decode(_whole, raw, "messages")
    return messages


def encode_messages(messages: Sequence[Message]) -> Raw:
    """A conversation as it goes on."""
    return Raw(_encode(messages))


def text_of(content: str | list[Part] | None) -> str:
    """The text of a message's content; its other parts are left out."""
    if content is None or isinstance(content, str):
        return content or ""
    texts = (part.get("text") for part in content if part.get("type") == "text")
    return "".join(text for text in texts if isinstance(text, str))
