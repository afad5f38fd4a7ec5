"""The engine's side of Responses: the body we send, and the answer, whole or in events.

Engines differ in which events they send. What came as deltas is taken from those; what did not,
from the finished item or the finished response.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

from darkhorse.wire.chunks import Chunk, Finish, NativeUsage, ToolDelta
from darkhorse.wire.dialect import Engine
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.native import count_of, inner, name_of, read
from darkhorse.wire.refusals import error_event
from darkhorse.wire.request import EngineRequest
from darkhorse.wire.responses.asking import write_items, write_parameters
from darkhorse.wire.responses.slots import Slot, Slots

__all__ = ["ENGINE", "Events", "parse_whole", "render"]

DONE = b"[DONE]"

_STATUSES = {
    "invalid_prompt": 400,
    "rate_limit_exceeded": 429,
    "server_is_overloaded": 503,
    "slow_down": 503,
}
"""Of error codes that are words; any other is the engine's own trouble."""

_encode = msgspec.json.Encoder().encode


class _Piece(Struct):
    type: str = ""
    text: str | None = None
    refusal: str | None = None


class _Item(Struct):
    type: str = ""
    id: Any = None
    call_id: Any = None
    name: str | None = None
    arguments: str | None = None
    content: list[_Piece] | None = None
    summary: list[_Piece] | None = None


class _Response(Struct):
    id: Any = None
    model: Any = None
    status: str | None = None
    output: list[_Item] | None = None
    incomplete_details: Any = None
    usage: Any = None
    error: Any = None


class _Event(Struct):
    type: str = ""
    output_index: int | None = None
    item_id: Any = None
    delta: Any = None
    item: _Item | None = None
    response: _Response | None = None
    error: Any = None


_event = msgspec.json.Decoder(_Event)
_whole = msgspec.json.Decoder(_Response)


def render(
    request: EngineRequest,
    model: str,
    *,
    limit_name: str = "",  # noqa: ARG001 (there is but one name for it here)
    extra: Mapping[str, Any] = MappingProxyType({}),
) -> bytes:
    """The body for the engine. It is asked to keep nothing. `extra` is the operator's, and wins."""
    body: dict[str, Any] = {
        "model": model,
        "input": write_items(request.messages),
        "stream": request.stream,
        "store": False,
        **write_parameters(request.parameters),
    }
    if request.max_tokens is not None:
        body["max_output_tokens"] = request.max_tokens
    return _encode({**body, **extra})


class Events:
    """A stream up to the event that ends the response, or its end; without one, it was cut."""

    def __init__(self) -> None:
        self.done = False
        self._slots = Slots()
        self._takers = {
            "response.output_text.delta": self._text,
            "response.refusal.delta": self._refusal,
            "response.reasoning_text.delta": self._thought,
            "response.reasoning.delta": self._thought,
            "response.reasoning_summary_text.delta": self._thought,
            "response.reasoning_summary.delta": self._thought,
            "response.function_call_arguments.delta": self._arguments,
            "response.output_item.added": self._begun,
            "response.output_item.done": self._ended,
            "response.completed": self._finished,
            "response.incomplete": self._finished,
            "response.failed": self._finished,
        }

    def event(self, data: bytes) -> Chunk | None:
        """See Reader."""
        if data.strip() == DONE:
            return None
        event = read(_event, data)
        if event.error or event.type == "error":
            raise _fault(event.error or msgspec.json.decode(data))
        taker = self._takers.get(event.type)
        return taker(event) if taker else None

    def close(self) -> Chunk | None:
        """See Reader."""
        if not self.done:
            raise UpstreamFault("cut", detail="the stream ended without a finished response")
        return None

    def _slot(self, kind: str, event: _Event) -> Slot:
        item_id = event.item_id or (event.item and event.item.id)
        return self._slots.of(kind, event.output_index, name_of(item_id))

    def _text(self, event: _Event) -> Chunk | None:
        self._slot("message", event).told_by = event.type
        return Chunk(text=_word(event.delta))

    def _refusal(self, event: _Event) -> Chunk | None:
        self._slot("message", event).told_by = event.type
        return Chunk(refusal=_word(event.delta))

    def _thought(self, event: _Event) -> Chunk | None:
        """Some tell their thoughts and a summary of them; the first to come is taken."""
        slot = self._slot("reasoning", event)
        slot.told_by = slot.told_by or event.type
        return Chunk(reasoning=_word(event.delta)) if slot.told_by == event.type else None

    def _begun(self, event: _Event) -> Chunk | None:
        if (item := event.item) is None:
            return None
        slot = self._slots.begin(item.type, event.output_index, name_of(item.id))
        if not _is_call(item):
            return None
        slot.is_named = True
        return Chunk(tools=(ToolDelta(slot.number, name_of(item.call_id), item.name or ""),))

    def _arguments(self, event: _Event) -> Chunk | None:
        slot = self._slot("function_call", event)
        slot.told_by = event.type
        return Chunk(tools=(ToolDelta(slot.number, arguments=_word(event.delta)),))

    def _ended(self, event: _Event) -> Chunk | None:
        return self._rest(self._slot(event.item.type, event), event.item) if event.item else None

    def _rest(self, slot: Slot, item: _Item) -> Chunk | None:
        """What of an item has not been told yet."""
        has_told, has_named = bool(slot.told_by), slot.is_named
        slot.told_by = slot.told_by or item.type
        if not _is_call(item):
            return None if has_told else _item(slot.number, item)
        slot.is_named = True
        if has_told and has_named:
            return None
        call = _call(slot.number, item)
        if has_named:
            call = ToolDelta(slot.number, arguments=call.arguments)
        elif has_told:
            call = ToolDelta(slot.number, call.id, call.name)
        return Chunk(tools=(call,))

    def _finished(self, event: _Event) -> Chunk | None:
        response = event.response or _Response()
        response.status = event.type.removeprefix("response.")
        items = response.output or []
        slots = [
            self._slots.repeated(item.type, at, name_of(item.id)) for at, item in enumerate(items)
        ]
        rest = [self._rest(slot, item) for slot, item in zip(slots, items, strict=True)]
        last = _last(response, calls=any(map(_is_call, items)))
        self.done = True
        return _joined([*(chunk for chunk in rest if chunk), last])


def parse_whole(data: bytes) -> Chunk:
    """A whole answer. Raises UpstreamFault; without output and without error it is no answer."""
    response = read(_whole, data)
    if response.output is None and not response.error:
        raise UpstreamFault("garbage", detail="no output in the answer")
    items = response.output or []
    last = _last(response, calls=any(map(_is_call, items)))
    return _joined([*(_item(at, item) for at, item in enumerate(items)), last])


def _fault(error: Any) -> UpstreamFault:
    """Codes are words here; where a word means a status, that is what it is read as."""
    code = error.get("code") if isinstance(error, dict) else None
    fault = error_event(error)
    if isinstance(code, str) and code in _STATUSES:
        return UpstreamFault(fault.kind, status=_STATUSES[code], detail=fault.detail)
    return fault


def _last(response: _Response, *, calls: bool) -> Chunk:
    """How it ended. Raises UpstreamFault where it failed."""
    if response.error or response.status in ("failed", "cancelled"):
        raise _fault(response.error or {"status": response.status})
    details = response.incomplete_details
    reason = details.get("reason") if isinstance(details, dict) else None
    return Chunk(
        finish=_finish(response.status or "", reason, calls=calls),
        native_finish=name_of(reason) or response.status or "",
        usage=_usage(response.usage),
        upstream_id=name_of(response.id),
        upstream_model=name_of(response.model),
    )


def _finish(status: str, reason: Any, *, calls: bool) -> Finish:
    if reason == "content_filter":
        return "content_filter"
    if status == "incomplete":
        return "length"
    return "tool_calls" if calls else "stop"


def _is_call(item: _Item) -> bool:
    return item.type == "function_call"


def _call(at: int, item: _Item) -> ToolDelta:
    return ToolDelta(at, name_of(item.call_id), item.name or "", item.arguments or "")


def _item(at: int, item: _Item) -> Chunk:
    """A whole item; of a kind we know nothing of, nothing."""
    pieces = item.content or []
    if _is_call(item):
        return Chunk(tools=(_call(at, item),))
    if item.type == "reasoning":
        return Chunk(reasoning="".join(piece.text or "" for piece in pieces or item.summary or ()))
    if item.type != "message":
        return Chunk()
    return Chunk(
        text="".join(piece.text or "" for piece in pieces),
        refusal="".join(piece.refusal or "" for piece in pieces),
    )


def _joined(chunks: list[Chunk]) -> Chunk:
    """One chunk of several, the last of which says how it ended."""
    return msgspec.structs.replace(
        chunks[-1],
        text="".join(chunk.text for chunk in chunks),
        reasoning="".join(chunk.reasoning for chunk in chunks),
        refusal="".join(chunk.refusal for chunk in chunks),
        tools=tuple(call for chunk in chunks for call in chunk.tools),
    )


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _usage(usage: Any) -> NativeUsage | None:
    if not isinstance(usage, dict):
        return None
    return NativeUsage(
        prompt=count_of(usage.get("input_tokens")),
        completion=count_of(usage.get("output_tokens")),
        reasoning=count_of(inner(usage.get("output_tokens_details"), "reasoning_tokens")),
        cached=count_of(inner(usage.get("input_tokens_details"), "cached_tokens")),
    )


ENGINE = Engine(path="/responses", render=render, reader=Events, whole=parse_whole)
