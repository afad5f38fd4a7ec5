"""The engine's side of completions, for engines that continue a text and know no messages.

A bare prompt goes as it is. A conversation goes as a plain transcript, which is all that such an
engine can be told: instructions first, then `User:` and `Assistant:` in turn, and the answer ends
where it would go on as the user. No tools, no media, no schema.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.chunks import Chunk, Finish
from darkhorse.wire.conversation import Message, decode_messages, text_of
from darkhorse.wire.dialect import Engine
from darkhorse.wire.done import DoneStream, decode_answer, first_choice
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.fields import SAMPLING
from darkhorse.wire.native import finish_of, name_of, usage_of
from darkhorse.wire.request import EngineRequest

__all__ = ["ENGINE", "parse_event", "parse_whole", "render"]

_PARAMETERS = frozenset({*SAMPLING, "stop"})
_FINISHES: dict[str, Finish] = {
    "content_filter": "content_filter",
    "length": "length",
    "max_tokens": "length",
    "abort": "error",
    "cancelled": "error",
}
_SPEAKERS = {"assistant": "Assistant", "tool": "Tool", "function": "Tool"}
_END = "\nUser:"
_MOST_STOPS = 4


class _Choice(Struct):
    index: int | None = None
    text: str | None = None
    reasoning: str | None = None
    finish_reason: str | None = None


class _Event(Struct):
    id: Any = None
    model: Any = None
    choices: list[_Choice] | None = None
    usage: Any = None
    error: Any = None


_event = msgspec.json.Decoder(_Event)
_encode = msgspec.json.Encoder().encode


def render(
    request: EngineRequest,
    model: str,
    *,
    limit_name: str = "max_tokens",
    extra: Mapping[str, Any] = MappingProxyType({}),
) -> bytes:
    """The body for the engine. `extra` is the operator's, and wins.

    Raises UpstreamFault for what cannot be said.
    """
    given = {name: value for name, value in request.parameters.items() if name in _PARAMETERS}
    try:
        messages = decode_messages(request.messages)
        stop = msgspec.json.decode(given.pop("stop", b"[]"), type=str | list[str])
    except (InvalidRequest, msgspec.DecodeError) as e:
        raise UpstreamFault("status", status=400, detail=f"cannot be said: {e}") from None
    stops = [stop] if isinstance(stop, str) else stop
    if request.kind == "chat":
        prompt = _transcript(messages)
        stops = [*stops, _END][:_MOST_STOPS]
    else:
        prompt = "".join(text_of(each.content) for each in messages)
    body: dict[str, Any] = {"model": model, "prompt": prompt, "stream": request.stream}
    if request.stream:
        body["stream_options"] = {"include_usage": True}
    if request.max_tokens is not None:
        body[limit_name] = request.max_tokens
    if stops:
        body["stop"] = stops
    return _encode({**body, **given, **extra})


def _transcript(messages: Sequence[Message]) -> str:
    turns = [_turn(each) for each in messages]
    if messages and messages[-1].role != "assistant":  # else it goes on from what it said
        turns.append("Assistant:")
    return "\n\n".join(turns)


def _turn(message: Message) -> str:
    if isinstance(message.content, list):
        odd = next((part for part in message.content if part.get("type") != "text"), None)
        if odd is not None:
            kind = odd.get("type")
            raise UpstreamFault("status", status=400, detail=f"a part of type {kind!r} is no text")
    text = text_of(message.content)
    if message.role in ("system", "developer"):
        return text
    return f"{_SPEAKERS.get(message.role, 'User')}: {text}"


def parse_event(data: bytes) -> Chunk:
    """One event of a stream. Raises UpstreamFault."""
    event = decode_answer(_event, data)
    return _chunk(event, first_choice(event.choices))


def parse_whole(data: bytes) -> Chunk:
    """A whole answer. Raises UpstreamFault; without a choice it is no answer."""
    event = decode_answer(_event, data)
    choice = first_choice(event.choices)
    if choice is None or choice.text is None:
        raise UpstreamFault("garbage", detail="no text in the answer")
    chunk = _chunk(event, choice)
    return chunk if chunk.finish else msgspec.structs.replace(chunk, finish="stop")


def _chunk(event: _Event, choice: _Choice | None) -> Chunk:
    native = (choice and choice.finish_reason) or ""
    return Chunk(
        text=(choice and choice.text) or "",
        reasoning=(choice and choice.reasoning) or "",
        finish=finish_of(native, _FINISHES) if native else None,
        native_finish=native,
        usage=usage_of(event.usage),
        upstream_id=name_of(event.id),
        upstream_model=name_of(event.model),
    )


def _stream() -> DoneStream:
    return DoneStream(parse_event)


ENGINE = Engine(path="/completions", render=render, reader=_stream, whole=parse_whole)
