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
from darkhorse.wire.request import EngineRequest, GenerationRequest

__all__ = [
    "MOST_PIECES",
    "Function",
    "FunctionCall",
    "Measure",
    "Message",
    "Part",
    "Role",
    "Surroundings",
    "Tool",
    "ToolCall",
    "begun_text",
    "check_count",
    "check_tools",
    "decode_messages",
    "encode_messages",
    "goes_on",
    "instructed",
    "latest_user_text",
    "measure",
    "surroundings",
    "text_of",
]

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]
Part = dict[str, Any]
"""`{"type": "text", "text": …}`, or image_url, input_audio, video_url, file."""
MOST_PIECES = 20_000
"""Messages or items of one request, and parts and calls in them: each is an object or more here."""


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


_ABSENT = Raw()


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
    reasoning_content: Raw = _ABSENT
    reasoning_details: Raw = _ABSENT
    tool_calls: list[_MeasuredCall] | None = None

    @property
    def has_thoughts(self) -> bool:
        """Of a past turn, in any of the fields they may be in."""
        return (
            self.reasoning is not None
            or self.reasoning_content is not _ABSENT
            or self.reasoning_details is not _ABSENT
        )


class _Pieces(Struct):
    content: str | list[dict[str, Any]] | None = None


_light = msgspec.json.Decoder(list[_MeasuredMessage])
_pieces = msgspec.json.Decoder(list[_Pieces])
_whole = msgspec.json.Decoder(list[Message])
_tool = msgspec.json.Decoder(Tool)
_encode = msgspec.json.Encoder().encode


class Measure(Struct, frozen=True):
    """What is to be known of a conversation: sizes in UTF-8 bytes, its media, what is special.

    `goes_on`: it ends with words of the assistant's own, to go on from. `has_thoughts`: of past
    turns.
    """

    messages: int
    text_bytes: tuple[int, ...]
    media: tuple[MediaPart, ...]
    goes_on: bool
    has_thoughts: bool


def measure(
    raw: Raw, tools: Sequence[Raw] = (), place: str = "messages", places: Sequence[str] = ()
) -> Measure:
    """Check the form of `raw`, a list of messages. Raises InvalidRequest, naming `place`.

    Where a body has its messages in another order or shape, `places` names each one's own.
    """
    messages = _decode(_light, raw, place)
    if not messages:
        raise InvalidRequest(f"`{place}` must hold at least one message.")
    check_count(sum(map(_pieces_of, messages)), place)
    sizes: list[int] = []
    has_media = False
    for at, message in enumerate(messages):
        try:
            has_media |= _measure(message, sizes)
        except _NoText:
            where = places[at] if places else f"{place}[{at}]"
            raise InvalidRequest(f"A text part needs `text` - at `$.{where}.content`.") from None
    sizes.extend(len(bytes(tool)) for tool in tools)
    media: tuple[MediaPart, ...] = ()
    if has_media:
        places = places or [f"{place}[{at}]" for at in range(len(messages))]
        media = tuple(_media(_decode(_pieces, raw, place), places))
    last = messages[-1]
    return Measure(
        messages=len(messages),
        text_bytes=tuple(sizes),
        media=media,
        goes_on=last.role == "assistant" and not last.tool_calls,
        has_thoughts=any(message.has_thoughts for message in messages),
    )


def check_count(pieces: int, place: str) -> None:
    """Raises InvalidRequest where a conversation has more pieces than are taken."""
    if pieces > MOST_PIECES:
        raise InvalidRequest(
            f"`{place}` has {pieces} messages, parts and calls; {MOST_PIECES} are the most."
        )


def _pieces_of(message: _MeasuredMessage) -> int:
    parts = message.content if isinstance(message.content, list) else ()
    return 1 + len(parts) + len(message.tool_calls or ())


def _decode(decoder: Any, raw: Raw, place: str) -> Any:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as e:
        text, found, path = str(e).rpartition("`$")
        where = f"{text}`$.{place}{path}." if found else f"{e} - at `$.{place}`."
        raise InvalidRequest(where) from None
    except RecursionError:
        raise InvalidRequest("The body is nested too deeply.") from None


class _NoText(Exception):
    """A text part without text."""


def _measure(message: _MeasuredMessage, sizes: list[int]) -> bool:
    """Note the sizes of its texts; has it any other part? Raises _NoText."""
    has_media = False
    if isinstance(message.content, str):
        sizes.append(_size(message.content))
    else:
        for part in message.content or ():
            if part.type != "text":
                has_media = True
            elif part.text is None:
                raise _NoText
            else:
                sizes.append(_size(part.text))
    if message.reasoning:
        sizes.append(_size(message.reasoning))
    for call in message.tool_calls or ():
        if call.function:
            sizes.append(_size(call.function.name + call.function.arguments))  # noqa: PERF401 (rare)
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


class _Last(Struct):
    role: str = ""
    tool_calls: Any = None


_roles = msgspec.json.Decoder(list[_Last])


def goes_on(request: GenerationRequest | EngineRequest) -> bool:
    """Are its last words the assistant's own, to go on from? Looked up where nobody has yet."""
    if request.goes_on is not None:
        return request.goes_on
    if b"assistant" not in bytes(request.messages):
        return False
    last = _roles.decode(request.messages)[-1]
    return last.role == "assistant" and not last.tool_calls


_RULING = (b"system", b"developer", b"\\u")  # a role can be written with escapes
_list = msgspec.json.Decoder(list[Raw])
_ruling = msgspec.json.Decoder(dict[str, Any])


def instructed(raw: Raw, instruction: str) -> Raw:
    """The conversation under an instruction: a system message, or the first part of its own.

    Many templates take one system message, and that only at the beginning.
    """
    text = bytes(raw)
    line = b'{"role":"system","content":' + _encode(instruction) + b"}"
    if any(mark in text for mark in _RULING):
        messages = _list.decode(text)
        first = _ruling.decode(messages[0])
        if first.get("role") in ("system", "developer"):
            first["content"] = _under(instruction, first.get("content"))
            messages[0] = Raw(_encode(first))
            return Raw(_encode(messages))
    return Raw(b"[" + line + b"," + text.lstrip()[1:])


def _under(instruction: str, content: Any) -> Any:
    if isinstance(content, list):
        return [{"type": "text", "text": instruction}, *content]
    return f"{instruction}\n\n{content}" if content else instruction


def latest_user_text(raw: Raw) -> str:
    """What the user said last; "" where nobody did."""
    messages: list[_MeasuredMessage] = _decode(_light, raw, "messages")
    said = (each.content for each in reversed(messages) if each.role == "user")
    return _said(next(said, None))


def _said(content: str | list[_MeasuredPart] | None, between: str = "\n") -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return between.join(part.text for part in content if part.text)


_BEGUN = 640  # characters: as far back as words are looked at


def begun_text(request: GenerationRequest) -> str:
    """The end of what the answer's text goes on from; "" where it begins afresh.

    The last words of a bare prompt, or of an assistant's message that is not over.
    """
    if request.kind == "embedding" or (request.kind == "chat" and not goes_on(request)):
        return ""
    messages: list[_MeasuredMessage] = _decode(_light, request.messages, "messages")
    return _said(messages[-1].content, "")[-_BEGUN:] if messages else ""


class Surroundings(Struct, frozen=True):
    """What stands around the user's latest message and may ask, too.

    `beside` it since the assistant last spoke: other messages of the user's, results of tools.
    `before`: the user's before that; of all two. `rules`: the system's end. Long ones are cut.
    """

    beside: tuple[str, ...]
    before: tuple[str, ...]
    rules: str


_TURNS = 2  # messages of the user's in front of the latest
_EARLIER, _RULES = 300, 600  # characters of one of them, and of the system's
_RESULT_FIRST, _RESULT_LAST = 1_000, 3_000
_RESULTS = 8  # of tools, the latest


def surroundings(raw: Raw) -> Surroundings:
    """Of the latest message of the user's in `raw`."""
    messages: list[_MeasuredMessage] = _decode(_light, raw, "messages")
    talk = [(each.role, _said(each.content)) for each in messages]
    while talk and talk[-1][0] == "assistant":  # words to go on from
        talk.pop()
    spoken = [at for at, (role, text) in enumerate(talk) if role == "assistant" and text]
    spoke = spoken[-1] if spoken else -1
    users = [at for at, (role, _) in enumerate(talk) if role == "user"][-1 - _TURNS : -1]
    results = [text for role, text in talk[spoke + 1 :] if role in ("tool", "function")]
    rules = next((text for role, text in talk if role in ("system", "developer")), "")
    return Surroundings(
        beside=(
            *(talk[at][1][-_EARLIER:] for at in users if at > spoke),
            *map(_ends, results[-_RESULTS:]),
        ),
        before=tuple(talk[at][1][-_EARLIER:] for at in users if at < spoke),
        rules=rules[-_RULES:],
    )


def _ends(text: str) -> str:
    if len(text) <= _RESULT_FIRST + _RESULT_LAST:
        return text
    return f"{text[:_RESULT_FIRST]}\n{text[-_RESULT_LAST:]}"


def text_of(content: str | list[Part] | None) -> str:
    """The text of a message's content; its other parts are left out."""
    if content is None or isinstance(content, str):
        return content or ""
    texts = (part.get("text") for part in content if part.get("type") == "text")
    return "".join(text for text in texts if isinstance(text, str))
