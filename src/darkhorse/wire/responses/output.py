"""The items of one answer, put together from chunks; and the events that tell of it.

An item of text ends where another kind begins. Calls stay open to the end: parallel ones may come
in pieces that alternate. Events have no `sequence_number` yet: whoever sends them counts.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Protocol

import msgspec
from msgspec import Struct

from darkhorse.wire.chunks import PublicChunk, ToolDelta

__all__ = ["Event", "Output", "Thoughts", "unwrapped"]

Event = dict[str, Any]
Shown = dict[str, Any]
Thoughts = Literal["text", "summary", "hidden"]
"""How what was thought is shown: as it is, under the name of a summary, or not at all."""

_decode = msgspec.json.Decoder().decode


class _Kind(Struct, frozen=True):
    """One kind of text: what its events and its parts are called."""

    event: str  # what its delta and done begin with
    part: str  # the part's type
    field: str = "text"
    part_event: str = "response.content_part"
    index: str = "content_index"
    of_part: dict[str, Any] = {}  # what a part has besides
    of_event: dict[str, Any] = {}  # and what its events have

    def show(self, text: str) -> Shown:
        return {"type": self.part, self.field: text, **self.of_part}


_TEXT = _Kind(
    event="response.output_text",
    part="output_text",
    of_part={"annotations": [], "logprobs": []},
    of_event={"logprobs": []},
)
_REFUSAL = _Kind(event="response.refusal", part="refusal", field="refusal")
_THOUGHT = _Kind(event="response.reasoning_text", part="reasoning_text")
_SUMMARY = _Kind(
    event="response.reasoning_summary_text",
    part="summary_text",
    part_event="response.reasoning_summary_part",
    index="summary_index",
)


class _Item(Protocol):
    def close(self, status: str) -> Iterator[Event]: ...

    def show(self) -> Shown: ...


class _Part:
    def __init__(self, kind: _Kind) -> None:
        self.kind = kind
        self.pieces: list[str] = []

    def show(self) -> Shown:
        return self.kind.show("".join(self.pieces))


class _Prose:
    """A message, or thoughts: parts of text, of which the last is being written."""

    def __init__(self, item_id: str, at: int, *, thinks: bool) -> None:
        self._id = item_id
        self._at = at
        self.thinks = thinks
        self._parts: list[_Part] = []
        self._status = "in_progress"

    def open(self) -> Event:
        return _item_event("added", self._at, self.show())

    def add(self, kind: _Kind, text: str) -> Iterator[Event]:
        if not self._parts or self._parts[-1].kind is not kind:
            yield from self._end_part()
            self._parts.append(_Part(kind))
            yield self._event(f"{kind.part_event}.added", part=kind.show(""))
        self._parts[-1].pieces.append(text)
        yield self._event(f"{kind.event}.delta", delta=text, **kind.of_event)

    def close(self, status: str) -> Iterator[Event]:
        if self._status == "in_progress":
            yield from self._end_part()
            self._status = status
            yield _item_event("done", self._at, self.show())

    def show(self) -> Shown:
        parts = [part.show() for part in self._parts]
        if not self.thinks:
            usual = {"id": self._id, "type": "message", "role": "assistant"}
            return {**usual, "status": self._status, "content": parts}
        shown: Shown = {"id": self._id, "type": "reasoning", "summary": [], "status": self._status}
        is_summary = bool(self._parts) and self._parts[0].kind is _SUMMARY
        return {**shown, "summary" if is_summary else "content": parts}

    def _end_part(self) -> Iterator[Event]:
        if self._parts:
            part = self._parts[-1].show()
            kind = self._parts[-1].kind
            told = {kind.field: part[kind.field]}
            yield self._event(f"{kind.event}.done", **told, **kind.of_event)
            yield self._event(f"{kind.part_event}.done", part=part)

    def _event(self, name: str, **told: Any) -> Event:
        index = self._parts[-1].kind.index
        where = {"item_id": self._id, "output_index": self._at, index: len(self._parts) - 1}
        return {"type": name, **where, **told}


class _Call:
    """A call of a function, told of once its name is whole: with its arguments, or at the end."""

    def __init__(self, item_id: str, at: int, call: ToolDelta) -> None:
        self._id = item_id
        self._at = at
        self._call_id = call.id
        self._name: list[str] = []
        self._arguments: list[str] = []
        self._told = False
        self._status = "in_progress"

    def add(self, delta: ToolDelta) -> Iterator[Event]:
        self._name.append(delta.name)
        if delta.arguments:
            yield from self._tell()
            self._arguments.append(delta.arguments)
            yield from self._grown(delta.arguments)

    def close(self, status: str) -> Iterator[Event]:
        yield from self._tell()
        yield from self._ended()
        self._status = status
        yield _item_event("done", self._at, self.show())

    def show(self) -> Shown:
        usual = {"id": self._id, "call_id": self._call_id, "name": "".join(self._name)}
        return {**usual, "status": self._status, **self._shown()}

    def _tell(self) -> Iterator[Event]:
        if not self._told:
            self._told = True
            yield _item_event("added", self._at, self.show())

    def _shown(self) -> Shown:
        return {"type": "function_call", "arguments": "".join(self._arguments)}

    def _grown(self, more: str) -> Iterator[Event]:
        yield self._event("response.function_call_arguments.delta", delta=more)

    def _ended(self) -> Iterator[Event]:
        name = "response.function_call_arguments.done"
        yield self._event(name, name="".join(self._name), arguments="".join(self._arguments))

    def _event(self, event: str, **told: Any) -> Event:
        return {"type": event, "item_id": self._id, "output_index": self._at, **told}


class _CustomCall(_Call):
    """A call of a custom tool. Its text is inside the arguments, and known when they are whole."""

    def _shown(self) -> Shown:
        done = self._status != "in_progress"
        text = unwrapped("".join(self._arguments)) if done else ""
        return {"type": "custom_tool_call", "input": text}

    def _grown(self, more: str) -> Iterator[Event]:  # noqa: ARG002 (told when it is whole)
        yield from ()

    def _ended(self) -> Iterator[Event]:
        text = unwrapped("".join(self._arguments))
        yield self._event("response.custom_tool_call_input.delta", delta=text)
        yield self._event("response.custom_tool_call_input.done", input=text)


def unwrapped(arguments: str) -> str:
    """The text of a custom tool's call; what is not as it was asked for is left as it came."""
    try:
        found = _decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return arguments
    text = found.get("input") if isinstance(found, dict) else None
    return text if isinstance(text, str) else arguments


class Output:
    """All of an answer's items. `tail` makes their ids; `custom` names the custom tools."""

    def __init__(self, tail: str, *, custom: frozenset[str], thoughts: Thoughts) -> None:
        self._tail = tail
        self._custom = custom
        self._is_hidden = thoughts == "hidden"
        self._thought = _SUMMARY if thoughts == "summary" else _THOUGHT
        self._items: list[_Item] = []
        self._prose: _Prose | None = None
        self._calls: dict[int, _Call] = {}

    def take(self, chunk: PublicChunk) -> Iterator[Event]:
        """The events of a chunk."""
        if chunk.reasoning and not self._is_hidden:
            yield from self._write(self._thought, chunk.reasoning)
        if chunk.text:
            yield from self._write(_TEXT, chunk.text)
        if chunk.refusal:
            yield from self._write(_REFUSAL, chunk.refusal)
        for delta in chunk.tools:
            yield from self._call(delta)

    def close(self, status: str) -> Iterator[Event]:
        """The end of whatever is still open. Only the last item can be cut short."""
        for item in self._items:
            yield from item.close(status if item is self._items[-1] else "completed")

    def show(self) -> Sequence[Shown]:
        """The items as they are."""
        return [item.show() for item in self._items]

    def _write(self, kind: _Kind, text: str) -> Iterator[Event]:
        thinks = kind is self._thought
        if self._prose is None or self._prose.thinks is not thinks:
            yield from self._end_prose()
            item_id = self._id("rs" if thinks else "msg")
            self._prose = _Prose(item_id, len(self._items), thinks=thinks)
            self._items.append(self._prose)
            yield self._prose.open()
        yield from self._prose.add(kind, text)

    def _end_prose(self) -> Iterator[Event]:
        if self._prose is not None:
            yield from self._prose.close("completed")
            self._prose = None

    def _call(self, delta: ToolDelta) -> Iterator[Event]:
        call = self._calls.get(delta.index)
        if call is None:
            yield from self._end_prose()
            is_custom = delta.name in self._custom
            kind = _CustomCall if is_custom else _Call
            call = kind(self._id("ctc" if is_custom else "fc"), len(self._items), delta)
            self._calls[delta.index] = call
            self._items.append(call)
        yield from call.add(delta)

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{self._tail}_{len(self._items)}"


def _item_event(name: str, at: int, item: Shown) -> Event:
    return {"type": f"response.output_item.{name}", "output_index": at, "item": item}
