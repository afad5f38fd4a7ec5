"""The engine's side of chat completions: the body we send, and the answer, whole or in events.

Engines differ; this parser takes what any of them has been seen to send and keeps nothing it does
not know. Counts, ids and names are read leniently, since they are only recorded; the text is not.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

from darkhorse.wire.chunks import Chunk, Finish, ToolDelta
from darkhorse.wire.dialect import Engine
from darkhorse.wire.done import DoneStream, decode_answer, first_choice
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.native import finish_of, name_of, usage_of
from darkhorse.wire.request import EngineRequest

__all__ = ["ENGINE", "parse_event", "parse_whole", "render"]

_FINISHES: dict[str, Finish] = {
    "content_filter": "content_filter",
    "safety": "content_filter",
    "sensitive": "content_filter",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "abort": "error",
    "cancelled": "error",
}


class _Function(Struct):
    name: str | None = None
    arguments: str | None = None


class _Call(Struct):
    index: int | None = None
    id: Any = None
    function: _Function | None = None


class _Part(Struct):
    type: str = ""
    text: str | None = None


class _Delta(Struct):
    content: str | list[_Part] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(Struct):
    index: int | None = None
    delta: _Delta | None = None
    message: _Delta | None = None
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
    """The body for the engine: nothing of the client's beyond conversation and parameters.

    `extra` is the operator's, and wins.
    """
    body: dict[str, Any] = {"model": model, "messages": request.messages, "stream": request.stream}
    if request.stream:
        body["stream_options"] = {"include_usage": True}
    if request.max_tokens is not None:
        body[limit_name] = request.max_tokens
    return _encode({**body, **request.parameters, **extra})


def parse_event(data: bytes) -> Chunk:
    """One event of a stream. Raises UpstreamFault."""
    event = decode_answer(_event, data)
    choice = first_choice(event.choices)
    delta = choice and (choice.delta or choice.message)
    return _chunk(event, choice, delta or None)


def parse_whole(data: bytes) -> Chunk:
    """A whole answer. Raises UpstreamFault; without a choice it is no answer."""
    event = decode_answer(_event, data)
    choice = first_choice(event.choices)
    if choice is None or choice.message is None:
        raise UpstreamFault("garbage", detail="no choice in the answer")
    chunk = _chunk(event, choice, choice.message)
    if chunk.finish is None:
        finish: Finish = "tool_calls" if chunk.tools else "stop"
        chunk = msgspec.structs.replace(chunk, finish=finish)
    return chunk


def _chunk(event: _Event, choice: _Choice | None, delta: _Delta | None) -> Chunk:
    native = (choice and choice.finish_reason) or ""
    return Chunk(
        text=_text(delta.content) if delta else "",
        reasoning=(delta.reasoning_content or delta.reasoning or "") if delta else "",
        refusal=(delta.refusal or "") if delta else "",
        tools=_tools(delta.tool_calls) if delta and delta.tool_calls else (),
        finish=finish_of(native, _FINISHES) if native else None,
        native_finish=native,
        usage=usage_of(event.usage) if event.usage else None,
        upstream_id=name_of(event.id),
        upstream_model=name_of(event.model),
    )


def _text(content: str | list[_Part] | None) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part.text or "" for part in content)


def _tools(calls: list[_Call]) -> tuple[ToolDelta, ...]:
    return tuple(
        ToolDelta(
            index=at if call.index is None else call.index,
            id=name_of(call.id),
            name=(call.function and call.function.name) or "",
            arguments=(call.function and call.function.arguments) or "",
        )
        for at, call in enumerate(calls)
    )


def _stream() -> DoneStream:
    return DoneStream(parse_event)


ENGINE = Engine(path="/chat/completions", render=render, reader=_stream, whole=parse_whole)
