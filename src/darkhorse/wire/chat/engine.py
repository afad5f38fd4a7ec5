"""The engine's side of chat completions: the body we send, and the answer, whole or in events.

Engines differ; this parser takes what any of them has been seen to send and keeps nothing it does
not know. Counts, ids and names are read leniently, since they are only recorded; the text is not.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

from darkhorse.wire.chunks import Chunk, Finish, NativeUsage, ToolDelta
from darkhorse.wire.faults import FaultKind, UpstreamFault
from darkhorse.wire.request import EngineRequest

__all__ = ["DONE", "parse_event", "parse_whole", "refusal", "render"]

DONE = b"[DONE]"

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
    event = _decode(data)
    choice = _first(event.choices)
    delta = choice and (choice.delta or choice.message)
    return _chunk(event, choice, delta or None)


def parse_whole(data: bytes) -> Chunk:
    """A whole answer. Raises UpstreamFault; without a choice it is no answer."""
    event = _decode(data)
    choice = _first(event.choices)
    if choice is None or choice.message is None:
        raise UpstreamFault("garbage", detail="no choice in the answer")
    chunk = _chunk(event, choice, choice.message)
    if chunk.finish is None:
        finish: Finish = "tool_calls" if chunk.tools else "stop"
        chunk = msgspec.structs.replace(chunk, finish=finish)
    return chunk


def _decode(data: bytes) -> _Event:
    try:
        event = _event.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise UpstreamFault("garbage", detail=f"{e}: {data[:512]!r}") from None
    if event.error:
        raise _error_event(event.error)
    return event


def _error_event(error: Any) -> UpstreamFault:
    detail = repr(error)
    kind: FaultKind = "context" if _OVERFLOW.search(detail) else "error_event"
    return UpstreamFault(kind, status=_code(error), detail=detail)


def _code(error: Any) -> int:
    code = error.get("code") if isinstance(error, dict) else None
    try:
        status = int(code) if isinstance(code, int | str) else 0
    except ValueError:
        return 0
    return status if 100 <= status <= 599 else 0


def _first(choices: list[_Choice] | None) -> _Choice | None:
    """Choice 0; we never ask for more."""
    for choice in choices or ():
        if not choice.index:
            return choice
    return None


def _chunk(event: _Event, choice: _Choice | None, delta: _Delta | None) -> Chunk:
    native = (choice and choice.finish_reason) or ""
    return Chunk(
        text=_text(delta.content) if delta else "",
        reasoning=(delta.reasoning_content or delta.reasoning or "") if delta else "",
        refusal=(delta.refusal or "") if delta else "",
        tools=_tools(delta.tool_calls) if delta and delta.tool_calls else (),
        finish=_finish(native) if native else None,
        native_finish=native,
        usage=_usage(event.usage) if event.usage else None,
        upstream_id=_name(event.id),
        upstream_model=_name(event.model),
    )


def _text(content: str | list[_Part] | None) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part.text or "" for part in content)


def _tools(calls: list[_Call]) -> tuple[ToolDelta, ...]:
    return tuple(
        ToolDelta(
            index=at if call.index is None else call.index,
            id=_name(call.id),
            name=(call.function and call.function.name) or "",
            arguments=(call.function and call.function.arguments) or "",
        )
        for at, call in enumerate(calls)
    )


def _finish(word: str) -> Finish:
    """Our word for the engine's. An unknown one is a stop, unless it speaks of an error."""
    known = _FINISHES.get(word.lower())
    if known:
        return known
    return "error" if "error" in word.lower() else "stop"


def _name(value: Any) -> str:
    return value[:256] if isinstance(value, str) else ""


def _count(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value < 2**53 else 0


def _usage(usage: Any) -> NativeUsage | None:
    if not isinstance(usage, dict):
        return None
    prompt_details = usage.get("prompt_tokens_details") or {}
    answer_details = usage.get("completion_tokens_details") or {}
    return NativeUsage(
        prompt=_count(usage.get("prompt_tokens")),
        completion=_count(usage.get("completion_tokens")),
        reasoning=_count(_get(answer_details, "reasoning_tokens")),
        cached=_count(_get(prompt_details, "cached_tokens")),
    )


def _get(details: Any, name: str) -> Any:
    return details.get(name) if isinstance(details, dict) else None


_OVERFLOW = re.compile(
    r"context_length_exceeded|exceed_context_size|maximum context length|context (length|window)"
    r"|prompt is too long|input is too long|too many (input )?tokens",
    re.IGNORECASE,
)
"""How engines say that a prompt is too long (OpenAI, llama.cpp, vLLM, SGLang, Anthropic, …)."""


def refusal(status: int, body: bytes) -> UpstreamFault:
    """The fault for a status that is no answer; what came with it is for the ledger."""
    detail = body[:4096].decode("utf-8", "replace")
    if status in (400, 413, 422) and _OVERFLOW.search(detail):
        return UpstreamFault("context", status=status, detail=detail)
    return UpstreamFault("status", status=status, detail=detail)
