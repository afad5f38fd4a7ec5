"""A client's content blocks, read into the canonical conversation.

What has a counterpart in chat completions becomes it. A search result, a text document and a
summary become text. Blocks that tell of tools run on another router's servers are left out of an
assistant's message, as are thoughts that only another server can read. All else is refused.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Raw, Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.conversation import FunctionCall, Message, Part, ToolCall
from darkhorse.wire.fields import ABSENT
from darkhorse.wire.media import MediaPart, inspect

__all__ = ["GivenMessage", "Notes", "assistant", "place_error", "system", "user"]

_SHOWN = 80  # characters of a client's own word in an error
_FILENAME = "document.pdf"
_FAILED = "The tool failed."


class GivenMessage(Struct):
    """One message as it came."""

    role: Literal["user", "assistant", "system"]
    content: str | list[Raw]


class _Typed(Struct):
    type: str


class _Text(Struct):
    text: str


class _Source(Struct):
    type: str
    media_type: str | None = None
    data: str | None = None
    url: str | None = None
    file_id: str | None = None
    content: str | list[Raw] | None = None


class _Image(Struct):
    source: _Source


class _Document(Struct):
    source: _Source
    title: str | None = None
    context: str | None = None


class _SearchResult(Struct):
    source: str
    title: str
    content: list[_Text]


class _ToolReference(Struct):
    tool_name: str


class _ToolUse(Struct):
    id: str
    name: str
    input: Raw = ABSENT


class _ToolResult(Struct):
    tool_use_id: str
    content: str | list[Raw] | None = None
    is_error: bool | None = None


class _Thinking(Struct):
    thinking: str


class _Summary(Struct):
    content: str | None = None


_typed = msgspec.json.Decoder(_Typed)
_result = msgspec.json.Decoder(_ToolResult)
_call = msgspec.json.Decoder(_ToolUse)
_thought = msgspec.json.Decoder(_Thinking)
_text = msgspec.json.Decoder(_Text)
_summary = msgspec.json.Decoder(_Summary)


class Notes:
    """What admission wants to know of the conversation, gathered as it is read."""

    def __init__(self) -> None:
        self.text_bytes: list[int] = []
        self.media: list[MediaPart] = []

    def size(self, text: str) -> str:
        """Note a text's size, and give it back."""
        self.text_bytes.append(len(text) if text.isascii() else len(text.encode()))
        return text

    def text(self, text: str) -> Part:
        return {"type": "text", "text": self.size(text)}

    def medium(self, part: Part, place: str) -> Part:
        """Raises InvalidRequest where the part is not what it says."""
        self.media.append(inspect(part, place))
        return part


def _read(decoder: "msgspec.json.Decoder[Any]", raw: Raw, place: str) -> Any:
    try:
        return decoder.decode(raw)
    except RecursionError:
        raise InvalidRequest("The body is nested too deeply.") from None
    except msgspec.DecodeError as e:
        raise place_error(e, place) from None


def place_error(problem: msgspec.DecodeError, place: str) -> InvalidRequest:
    """msgspec's words, with the place in the whole body."""
    text, found, path = str(problem).rpartition("`$")
    return InvalidRequest(f"{text}`$.{place}{path}." if found else f"{problem} - at `$.{place}`.")


def system(content: str | Sequence[Raw], notes: Notes, place: str) -> Message:
    """The system prompt, or a message of that role: text alone."""
    if isinstance(content, str):
        return Message(role="system", content=notes.size(content))
    parts: list[Part] = []
    for at, raw in enumerate(content):
        here = f"{place}[{at}]"
        if (kind := _read(_typed, raw, here).type) != "text":
            raise _unknown(kind, here, ("text",))
        parts.append(notes.text(_read(_text, raw, here).text))
    return Message(role="system", content=parts)


def user(content: str | Sequence[Raw], notes: Notes, place: str) -> list[Message]:
    """A user's turn: what tools gave back, each a message of its own, and then the rest.

    Engines want results right behind the calls, so they come first whatever stood before them.
    """
    if isinstance(content, str):
        return [Message(role="user", content=notes.size(content))]
    results: list[Message] = []
    parts: list[Part] = []
    for at, raw in enumerate(content):
        here = f"{place}[{at}]"
        kind = _read(_typed, raw, here).type
        if kind == "tool_result":
            results.append(_tool(_read(_result, raw, here), notes, f"{here}.content"))
        else:
            parts.extend(_parts(kind, raw, notes, here, _PARTS, besides=("tool_result",)))
    return [*results, Message(role="user", content=parts)] if parts else results


def _tool(block: _ToolResult, notes: Notes, place: str) -> Message:
    """`is_error` has no counterpart; the content says what went wrong, or we say that it did."""
    given = block.content or (_FAILED if block.is_error else "")
    content: str | list[Part]
    if isinstance(given, str):
        content = notes.size(given)
    else:
        content = _all_parts(given, notes, place, _PARTS)
    return Message(role="tool", tool_call_id=block.tool_use_id, content=content)


def _all_parts(
    content: Sequence[Raw], notes: Notes, place: str, kinds: "Mapping[str, _Kind]"
) -> list[Part]:
    parts: list[Part] = []
    for at, raw in enumerate(content):
        here = f"{place}[{at}]"
        parts.extend(_parts(_read(_typed, raw, here).type, raw, notes, here, kinds))
    return parts


def _parts(
    kind: str,
    raw: Raw,
    notes: Notes,
    place: str,
    kinds: "Mapping[str, _Kind]",
    *,
    besides: tuple[str, ...] = (),
) -> list[Part]:
    known = kinds.get(kind)
    if known is None:
        raise _unknown(kind, place, (*kinds, *besides))
    return known.convert(_read(known.decoder, raw, place), notes, place)


def _unknown(kind: str, place: str, known: Sequence[str]) -> InvalidRequest:
    shown = "".join(each if each.isprintable() else "?" for each in kind[:_SHOWN])
    return InvalidRequest(f"{place}: `{shown}` is not taken here, only {', '.join(known)}.")


def _text_part(block: _Text, notes: Notes, place: str) -> list[Part]:  # noqa: ARG001 (as the others)
    return [notes.text(block.text)]


def _image_part(block: _Image, notes: Notes, place: str) -> list[Part]:
    url = _url(block.source, place, ("base64", "url"))
    return [notes.medium({"type": "image_url", "image_url": {"url": url}}, place)]


def _document_parts(block: _Document, notes: Notes, place: str) -> list[Part]:
    """A text document is text; others are files, with what is said about them before them."""
    source = block.source
    if source.type == "text":
        return [notes.text(_lines(block.title, block.context, source.data))]
    if source.type == "content":
        said = _lines(block.title, block.context)
        lead = [notes.text(said)] if said else []
        if isinstance(source.content, list):
            inside = _all_parts(source.content, notes, f"{place}.source.content", _IN_DOCUMENT)
            return [*lead, *inside]
        return [*lead, notes.text(source.content or "")]
    lead = [notes.text(block.context)] if block.context else []
    file: dict[str, str] = {"filename": block.title or _FILENAME}
    if source.type == "file":
        file["file_id"] = source.file_id or ""
    else:
        file["file_data"] = _url(source, place, ("base64", "content", "file", "text", "url"))
    return [*lead, notes.medium({"type": "file", "file": file}, place)]


def _url(source: _Source, place: str, known: Sequence[str]) -> str:
    if source.type == "base64":
        return f"data:{source.media_type or ''};base64,{source.data or ''}"
    if source.type == "url":
        return source.url or ""
    raise _unknown(source.type, f"{place}.source", known)


def _search_part(block: _SearchResult, notes: Notes, place: str) -> list[Part]:  # noqa: ARG001 (as the others)
    texts = (each.text for each in block.content)
    return [notes.text(_lines(block.title, block.source, *texts))]


def _reference_part(block: _ToolReference, notes: Notes, place: str) -> list[Part]:  # noqa: ARG001 (as the others)
    """Every tool is offered from the start here, so its name is all there is to say."""
    return [notes.text(block.tool_name)]


def _lines(*texts: str | None) -> str:
    return "\n\n".join(text for text in texts if text)


class _Kind(NamedTuple):
    decoder: "msgspec.json.Decoder[Any]"
    convert: Callable[[Any, Notes, str], list[Part]]


_PARTS = {
    "text": _Kind(_text, _text_part),
    "image": _Kind(msgspec.json.Decoder(_Image), _image_part),
    "document": _Kind(msgspec.json.Decoder(_Document), _document_parts),
    "search_result": _Kind(msgspec.json.Decoder(_SearchResult), _search_part),
    "tool_reference": _Kind(msgspec.json.Decoder(_ToolReference), _reference_part),
}
"""What a user or a tool can say."""

_IN_DOCUMENT = {kind: _PARTS[kind] for kind in ("text", "image")}
"""What a document can hold. Not another one: each level would be read again from its start."""

_ELSEWHERE = ("redacted_thinking", "server_tool_use", "mcp_tool_use", "container_upload")
"""In an assistant's message: written by another server, for itself. So are `…_tool_result`s."""


def assistant(content: str | Sequence[Raw], notes: Notes, place: str) -> Message | None:
    """An assistant's turn; None where nothing of it is left."""
    if isinstance(content, str):
        return Message(role="assistant", content=notes.size(content))
    said = _Said()
    for at, raw in enumerate(content):
        here = f"{place}[{at}]"
        said.take(_read(_typed, raw, here).type, raw, here)
    return said.message(notes)


class _Said:
    """The blocks of an assistant's turn, by what they are."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._thoughts: list[str] = []
        self._calls: list[ToolCall] = []

    def take(self, kind: str, raw: Raw, place: str) -> None:
        if kind == "text":
            self._texts.append(_read(_text, raw, place).text)
        elif kind == "thinking":
            self._thoughts.append(_read(_thought, raw, place).thinking)
        elif kind == "tool_use":
            self._calls.append(_tool_call(_read(_call, raw, place), place))
        elif kind == "compaction":
            self._texts.append(_read(_summary, raw, place).content or "")
        elif kind not in _ELSEWHERE and not kind.endswith("_tool_result"):
            raise _unknown(kind, place, ("text", "thinking", "tool_use"))

    def message(self, notes: Notes) -> Message | None:
        text, thought = "".join(self._texts), "".join(self._thoughts)
        if not (text or thought or self._calls):
            return None
        for each in (text, thought):
            if each:
                notes.size(each)
        for call in self._calls:
            notes.size(call.function.name + call.function.arguments)
        return Message(
            role="assistant",
            content=text or None,
            reasoning=thought or None,
            tool_calls=self._calls or None,
        )


def _tool_call(block: _ToolUse, place: str) -> ToolCall:
    arguments = bytes(block.input).strip() or b"{}"
    if arguments == b"null":
        arguments = b"{}"
    if not arguments.startswith(b"{"):
        raise InvalidRequest(f"Expected `object` - at `$.{place}.input`.")
    return ToolCall(
        id=block.id, function=FunctionCall(name=block.name, arguments=arguments.decode())
    )
