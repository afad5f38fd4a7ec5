"""The body of POST /chat/completions: parsed once, unknown fields left alone."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.request import GenerationRequest

__all__ = ["PARAMETERS", "parse"]

Penalty = Annotated[float, Meta(ge=-2, le=2)]
Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[int, Meta(ge=1)]
Stop = Annotated[str, Meta(min_length=1)]
Stops = Annotated[list[Stop], Meta(max_length=4)]

_ABSENT = Raw()


class _Body(Struct):
    messages: Raw
    model: str
    stream: bool | None = None
    n: Annotated[int, Meta(ge=1, le=1)] | None = None
    max_tokens: Positive | None = None
    max_completion_tokens: Positive | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Share | None = None
    top_k: Annotated[int, Meta(ge=0)] | None = None
    min_p: Share | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None
    repetition_penalty: Annotated[float, Meta(gt=0, le=2)] | None = None
    seed: int | None = None
    stop: Stop | Stops | None = None
    parallel_tool_calls: bool | None = None
    tools: list[Raw] | None = None
    tool_choice: Raw = _ABSENT  # not `Raw | None`: msgspec reads that as null alone
    response_format: Raw = _ABSENT
    reasoning: Raw = _ABSENT
    reasoning_effort: str | None = None
    session_id: Annotated[str, Meta(max_length=256)] | None = None
    user: str | None = None


_NOT_PARAMETERS = frozenset(
    {
        "messages",
        "model",
        "stream",
        "n",
        "max_tokens",
        "max_completion_tokens",
        "session_id",
        "user",
    }
)

PARAMETERS = tuple(name for name in _Body.__struct_fields__ if name not in _NOT_PARAMETERS)
"""Names a listing may support besides `max_tokens`; anything else in a body is ignored."""


class _Function(Struct):
    name: str = ""
    arguments: str = ""


class _ToolCall(Struct):
    function: _Function | None = None


class _Part(Struct):
    type: str
    text: str | None = None


class _Message(Struct):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[_Part] | None = None
    reasoning: str | None = None
    tool_calls: list[_ToolCall] | None = None


_body = msgspec.json.Decoder(_Body)
_messages = msgspec.json.Decoder(list[_Message])
_encode = msgspec.json.Encoder().encode


def parse(body: bytes) -> GenerationRequest:
    """Raises InvalidRequest, in words that help whoever wrote the body."""
    try:
        if not body.isascii():
            body.decode()  # what we only relay is not looked into below
        fields = _body.decode(body)
        messages = _decode_messages(fields.messages)
    except UnicodeDecodeError as e:
        raise InvalidRequest(f"The body is not valid UTF-8 (byte {e.start}).") from None
    except RecursionError:
        raise InvalidRequest("The body is nested too deeply.") from None
    except msgspec.DecodeError as e:
        raise InvalidRequest(_explain(e)) from None
    measure = _Measure()
    for at, message in enumerate(messages):
        measure.message(message, at)
    measure.tools(fields.tools or ())
    return GenerationRequest(
        dialect="chat",
        model=fields.model,
        stream=bool(fields.stream),
        body=body,
        messages=fields.messages,
        message_count=len(messages),
        text_bytes=tuple(measure.sizes),
        media=frozenset(measure.media),
        media_parts=len(measure.media),
        max_tokens=fields.max_completion_tokens or fields.max_tokens,
        parameters=_parameters(fields),
        session=fields.session_id or "",
        user=fields.user or "",
    )


def _decode_messages(raw: Raw) -> list[_Message]:
    try:
        messages = _messages.decode(raw)
    except msgspec.ValidationError as e:
        raise InvalidRequest(_relocate(str(e))) from None
    if not messages:
        raise InvalidRequest("`messages` must hold at least one message.")
    return messages


def _relocate(problem: str) -> str:
    """A path inside the messages, as one inside the body."""
    text, found, path = problem.rpartition("`$")
    return f"{text}`$.messages{path}." if found else f"{problem} - at `$.messages`."


def _parameters(fields: _Body) -> dict[str, Raw]:
    found: dict[str, Raw] = {}
    for name in PARAMETERS:
        value: Any = getattr(fields, name)
        if isinstance(value, Raw):
            if bytes(value) not in (b"", b"null"):
                found[name] = value
        elif value not in (None, []):  # an empty list of tools is none
            found[name] = Raw(_encode(value))
    return found


class _Measure:
    """UTF-8 length of each text part, and the kinds of the other parts."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.media: list[str] = []

    def message(self, message: _Message, at: int) -> None:
        if isinstance(message.content, str):
            self._text(message.content)
        else:
            self._parts(message.content or (), at)
        if message.reasoning:
            self._text(message.reasoning)
        for call in message.tool_calls or ():
            if call.function:
                self._text(call.function.name + call.function.arguments)

    def tools(self, tools: Sequence[Raw]) -> None:
        self.sizes.extend(len(bytes(tool)) for tool in tools)

    def _parts(self, parts: Sequence[_Part], at: int) -> None:
        for part in parts:
            if part.type != "text":
                self.media.append(part.type)
            elif part.text is None:
                where = f"$.messages[{at}].content"
                raise InvalidRequest(f"A text part needs `text` - at `{where}`.")
            else:
                self._text(part.text)

    def _text(self, text: str) -> None:
        self.sizes.append(len(text) if text.isascii() else len(text.encode()))


def _explain(problem: msgspec.DecodeError) -> str:
    """msgspec's own words, but for the one case where they mislead (half a surrogate pair)."""
    text = str(problem)
    if text == "Input data was truncated":
        return "The body is not complete JSON, or holds half a surrogate pair."
    return f"{text}."
