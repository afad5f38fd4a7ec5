"""A conversation in items, as clients send it, made into messages.

What an assistant did in one go is several items: its thoughts, its text, each of its calls. They
become one message again, so that the results of parallel calls follow the calls.
"""

from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec
from msgspec import Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.conversation import FunctionCall, Message, Part, ToolCall, check_count

__all__ = ["Conversation", "Item", "read_items", "wrapped"]

_HOSTED = frozenset(
    {
        "code_interpreter_call",
        "file_search_call",
        "image_generation_call",
        "mcp_approval_request",
        "mcp_approval_response",
        "mcp_call",
        "mcp_list_tools",
        "web_search_call",
    }
)
"""What some server's own tools did in an earlier turn; what came of it is in the text."""

_REMEDIES = {
    "item_reference": "Nothing is stored here to refer to; send the item itself, `store: false`.",
    "compaction": "It can only be read where it was made; send the conversation itself.",
    "context_compaction": "It can only be read where it was made; send the conversation itself.",
}
_ROLES = {"user": "user", "system": "system", "developer": "developer", "assistant": "assistant"}
_SHOWN = 80  # characters of a client's own word in an error

_encode = msgspec.json.Encoder().encode


class Piece(Struct):
    """A part of an item's content."""

    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: str | dict[str, Any] | None = None
    detail: str | None = None
    file_data: str | None = None
    file_id: str | None = None
    file_url: str | None = None
    filename: str | None = None
    input_audio: dict[str, Any] | None = None
    video_url: str | None = None


class Item(Struct):
    """One item of `input`. A message may leave its type out."""

    type: str | None = None
    role: str | None = None
    content: str | list[Piece] | None = None
    summary: list[Piece] | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    input: str | None = None
    output: str | list[Piece] | None = None


class Conversation(Struct, frozen=True):
    """Messages, and where in the body each was found."""

    messages: list[Message]
    places: list[str]


def read_items(instructions: str | None, given: str | Sequence[Item]) -> Conversation:
    """The conversation. Raises InvalidRequest, naming the item."""
    reader = _Reader()
    if instructions:
        reader.add(Message(role="system", content=instructions), "instructions")
    if isinstance(given, str):
        reader.add(Message(role="user", content=given), "input")
    else:
        check_count(sum(map(_pieces_of, given)), "input")
        for at, item in enumerate(given):
            reader.take(item, f"input[{at}]")
    return reader.close()


def _pieces_of(item: Item) -> int:
    lists = (each for each in (item.content, item.summary, item.output) if isinstance(each, list))
    return 1 + sum(map(len, lists))


class _Turn:
    """What the assistant said and did up to its next result or question."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.thoughts: list[str] = []
        self.content: str | None = None
        self.refusal: str | None = None
        self.calls: list[ToolCall] = []

    @property
    def has_spoken(self) -> bool:
        return self.content is not None or self.refusal is not None

    def message(self) -> Message:
        return Message(
            role="assistant",
            content=self.content,
            reasoning="\n\n".join(self.thoughts) or None,
            refusal=self.refusal,
            tool_calls=self.calls or None,
        )


class _Reader:
    """Items in, messages out."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._places: list[str] = []
        self._turn: _Turn | None = None
        self._takers = {
            "message": self._message,
            "reasoning": self._reasoning,
            "function_call": self._call,
            "custom_tool_call": self._custom_call,
            "function_call_output": self._result,
            "custom_tool_call_output": self._result,
        }

    def close(self) -> Conversation:
        self._end_turn()
        return Conversation(self._messages, self._places)

    def add(self, message: Message, place: str) -> None:
        self._end_turn()
        self._messages.append(message)
        self._places.append(place)

    def take(self, item: Item, place: str) -> None:
        kind = item.type or ("message" if item.role else "")
        if kind in _HOSTED or kind.startswith("openrouter:"):
            return
        taker = self._takers.get(kind)
        if taker is None:
            remedy = _REMEDIES.get(kind) or f"There are {', '.join(self._takers)}."
            _refuse(place, f"an item of type `{kind[:_SHOWN]}` is not taken here. {remedy}")
        taker(item, place)

    def _end_turn(self) -> None:
        if self._turn is not None:
            self._messages.append(self._turn.message())
            self._places.append(self._turn.place)
            self._turn = None

    def _open_turn(self, place: str) -> _Turn:
        if self._turn is None:
            self._turn = _Turn(place)
        return self._turn

    def _message(self, item: Item, place: str) -> None:
        role = _ROLES.get(item.role or "")
        if role is None:
            known = ", ".join(_ROLES)
            _refuse(place, f"`{(item.role or '')[:_SHOWN]}` is no role; there are {known}.")
        if role == "assistant":
            self._said(item, place)
            return
        content = item.content if isinstance(item.content, str) else _parts(item.content, place)
        self.add(Message(role=role, content=content), place)  # type: ignore[arg-type]

    def _said(self, item: Item, place: str) -> None:
        if self._turn and self._turn.has_spoken:
            self._end_turn()
        turn = self._open_turn(place)
        if isinstance(item.content, str):
            turn.content = item.content
            return
        refusals = [piece.refusal or "" for piece in item.content or () if piece.type == "refusal"]
        others = [piece for piece in item.content or () if piece.type != "refusal"]
        if others or not refusals:
            turn.content = _text(others, place)
        turn.refusal = "".join(refusals) if refusals else None

    def _reasoning(self, item: Item, place: str) -> None:
        """Its readable text; `encrypted_content` is another server's and says nothing to us."""
        if self._turn and self._turn.has_spoken and not self._turn.calls:
            self._end_turn()
        pieces = item.content if isinstance(item.content, list) else []
        text = "".join(piece.text or "" for piece in pieces or item.summary or ())
        if text:
            self._open_turn(place).thoughts.append(text)

    def _call(self, item: Item, place: str) -> None:
        self._called(item, item.arguments or "", place)

    def _custom_call(self, item: Item, place: str) -> None:
        self._called(item, wrapped(item.input or ""), place)

    def _called(self, item: Item, arguments: str, place: str) -> None:
        if not item.call_id or not item.name:
            _refuse(place, "a call needs `call_id` and `name`.")
        function = FunctionCall(item.name, arguments)
        self._open_turn(place).calls.append(ToolCall(id=item.call_id, function=function))

    def _result(self, item: Item, place: str) -> None:
        if not item.call_id:
            _refuse(place, "a result needs the `call_id` of its call.")
        content: str | list[Part] = item.output if isinstance(item.output, str) else ""
        if isinstance(item.output, list):
            parts = _parts(item.output, place)
            texts = [part["text"] for part in parts if part["type"] == "text"]
            content = parts if len(texts) < len(parts) else "".join(texts)
        self.add(Message(role="tool", content=content, tool_call_id=item.call_id), place)


def wrapped(text: str) -> str:
    """The arguments of a function that stands for a custom tool: its one text."""
    return _encode({"input": text}).decode()


def _text(pieces: Sequence[Piece], place: str) -> str:
    """What an assistant wrote. It wrote nothing but text."""
    for at, piece in enumerate(pieces):
        if piece.text is None:
            _refuse(
                f"{place}.content[{at}]",
                f"an assistant's message holds text; `{piece.type[:_SHOWN]}` is none.",
            )
    return "".join(piece.text or "" for piece in pieces)


def _parts(pieces: Sequence[Piece] | None, place: str) -> list[Part]:
    return [_part(piece, f"{place}.content[{at}]") for at, piece in enumerate(pieces or ())]


def _part(piece: Piece, place: str) -> Part:
    """One part as chat completions shape it; wire/media.py looks at what it holds."""
    if piece.type in ("input_text", "output_text", "text"):
        if piece.text is None:
            _refuse(place, "a text part needs `text`.")
        return {"type": "text", "text": piece.text}
    if piece.type == "input_image":
        return {"type": "image_url", "image_url": _image(piece, place)}
    if piece.type == "input_file":
        return {"type": "file", "file": _file(piece)}
    if piece.type == "input_audio":
        return {"type": "input_audio", "input_audio": piece.input_audio}
    if piece.type == "input_video":
        return {"type": "video_url", "video_url": {"url": piece.video_url}}
    known = "input_text, input_image, input_file, input_audio, input_video"
    raise InvalidRequest(f"{place}: `{piece.type[:_SHOWN]}` is no type of part; there are {known}.")


def _image(piece: Piece, place: str) -> dict[str, Any]:
    if piece.image_url is None:
        _refuse(place, "an image needs `image_url`; no files are kept here to name by an id.")
    url = piece.image_url if isinstance(piece.image_url, dict) else {"url": piece.image_url}
    return {**url, "detail": piece.detail} if piece.detail else url


def _file(piece: Piece) -> dict[str, Any]:
    """A URL stands where chat completions have it: in place of the data."""
    held = {
        "filename": piece.filename,
        "file_data": piece.file_data or piece.file_url,
        "file_id": piece.file_id,
    }
    return {name: value for name, value in held.items() if value is not None}


def _refuse(place: str, problem: str) -> NoReturn:
    raise InvalidRequest(f"{place}: {problem}")
