"""The engine's side of Messages: the body we send, and the answer, whole or in events.

Only fields that Anthropic's API knows are sent, as it refuses all others: penalties, `seed`,
`min_p` and `json_object` have no words here. Its scale of temperatures ends at 1.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Raw, Struct

from darkhorse.wire.chunks import Chunk, Finish, NativeUsage, ToolDelta
from darkhorse.wire.dialect import Engine
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.fields import ABSENT
from darkhorse.wire.messages.failures import STATUSES
from darkhorse.wire.messages.parameters import DEFAULT_MAX_TOKENS, parameters_of
from darkhorse.wire.messages.prompt import prompt_of
from darkhorse.wire.native import count_of, finish_of, inner, name_of, read
from darkhorse.wire.refusals import error_event
from darkhorse.wire.request import EngineRequest
from darkhorse.wire.saying import saying

__all__ = ["ENGINE", "Events", "parse_whole", "render"]

_FINISHES: dict[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


class _Block(Struct):
    type: str = ""
    text: str | None = None
    thinking: str | None = None
    id: Any = None
    name: str | None = None
    input: Raw = ABSENT


class _Delta(Struct):
    text: str | None = None
    thinking: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None


class _Message(Struct):
    id: Any = None
    model: Any = None
    content: list[_Block] | None = None
    stop_reason: str | None = None
    usage: Any = None
    error: Any = None


class _Event(Struct):
    type: str = ""
    index: int | None = None
    message: _Message | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: Any = None
    error: Any = None


_event = msgspec.json.Decoder(_Event)
_message = msgspec.json.Decoder(_Message)
_encode = msgspec.json.Encoder().encode


def render(
    request: EngineRequest,
    model: str,
    *,
    limit_name: str = "max_tokens",
    extra: Mapping[str, Any] = MappingProxyType({}),
) -> bytes:
    """The body for the engine: nothing of the client's beyond conversation and parameters.

    `extra` is the operator's, and wins. Raises UpstreamFault for what cannot be said.
    """
    limit = request.max_tokens or DEFAULT_MAX_TOKENS
    with saying():
        prompt = prompt_of(request.messages)
        parameters = parameters_of(request.parameters, limit)
    body: dict[str, Any] = {"model": model, limit_name: limit, "stream": request.stream}
    if prompt.system:
        body["system"] = prompt.system
    return _encode({**body, "messages": prompt.messages, **parameters, **extra})


class Events:
    """A stream up to `message_stop` or its end; without a stop reason, it was cut."""

    def __init__(self) -> None:
        self.done = False
        self._finished = False
        self._calls: set[int] = set()  # the blocks whose JSON is a call's arguments
        self._prompt = NativeUsage()

    def event(self, data: bytes) -> Chunk | None:
        """See Reader."""
        event: _Event = _decode(_event, data)
        if event.type == "message_stop":
            self.done = True
            finished, self._finished = self._finished, True
            return None if finished else Chunk(finish="stop")
        if event.type == "message_start" and event.message:
            return self._start(event.message)
        if event.type == "content_block_start" and event.content_block:
            return self._open(event.content_block, event.index or 0)
        if event.type == "content_block_delta" and event.delta:
            return self._piece(event.delta, event.index or 0)
        if event.type == "message_delta":
            return self._end(event)
        return None

    def close(self) -> Chunk | None:
        """See Reader."""
        if not self._finished:
            raise UpstreamFault("cut", detail="the stream ended without a stop reason")
        return None

    def _start(self, message: _Message) -> Chunk:
        self._prompt = _usage(message.usage) or self._prompt
        return Chunk(
            upstream_id=name_of(message.id),
            upstream_model=name_of(message.model),
            usage=self._prompt if message.usage else None,
        )

    def _open(self, block: _Block, index: int) -> Chunk:
        if block.type == "tool_use":
            self._calls.add(index)
        return _opening(block, index)

    def _piece(self, delta: _Delta, index: int) -> Chunk:
        """Arguments of tools that the engine's own side runs are nobody's here."""
        is_call = bool(delta.partial_json) and index in self._calls
        tools = (ToolDelta(index, arguments=delta.partial_json or ""),) if is_call else ()
        return Chunk(text=delta.text or "", reasoning=delta.thinking or "", tools=tools)

    def _end(self, event: _Event) -> Chunk:
        native = (event.delta and event.delta.stop_reason) or ""
        self._finished = self._finished or bool(native)
        usage = _usage(event.usage)
        if usage and not usage.prompt:
            usage = msgspec.structs.replace(
                usage, prompt=self._prompt.prompt, cached=self._prompt.cached
            )
        finish = finish_of(native, _FINISHES) if native else None
        return Chunk(finish=finish, native_finish=native, usage=usage)


def parse_whole(data: bytes) -> Chunk:
    """A whole answer. Raises UpstreamFault; without content it is no answer."""
    message: _Message = _decode(_message, data)
    if message.content is None:
        raise UpstreamFault("garbage", detail="no content in the answer")
    pieces = [_opening(block, at) for at, block in enumerate(message.content)]
    tools = tuple(call for piece in pieces for call in piece.tools)
    native = message.stop_reason or ""
    usual: Finish = "tool_calls" if tools else "stop"
    return Chunk(
        text="".join(piece.text for piece in pieces),
        reasoning="".join(piece.reasoning for piece in pieces),
        tools=tools,
        finish=finish_of(native, _FINISHES) if native else usual,
        native_finish=native,
        usage=_usage(message.usage),
        upstream_id=name_of(message.id),
        upstream_model=name_of(message.model),
    )


def _decode(decoder: "msgspec.json.Decoder[Any]", data: bytes) -> Any:
    answer = read(decoder, data)
    if answer.error:
        raise _fault(answer.error)
    return answer


def _fault(error: Any) -> UpstreamFault:
    """Their errors have a type where others have a code."""
    kind = inner(error, "type")
    if isinstance(kind, str) and kind in STATUSES and "code" not in error:
        error = {**error, "code": STATUSES[kind]}
    return error_event(error)


def _opening(block: _Block, index: int) -> Chunk:
    """A block's beginning; in a whole answer, all of it."""
    if block.type == "tool_use":
        written = bytes(block.input)
        arguments = "" if written in (b"{}", b"null") else written.decode("utf-8", "replace")
        call = ToolDelta(index, name_of(block.id), block.name or "", arguments)
        return Chunk(tools=(call,))
    return Chunk(text=block.text or "", reasoning=block.thinking or "")


def _usage(usage: Any) -> NativeUsage | None:
    """`input_tokens` leaves out what was read from a cache, or written to one."""
    if not isinstance(usage, dict):
        return None
    cached = count_of(usage.get("cache_read_input_tokens"))
    stored = count_of(usage.get("cache_creation_input_tokens"))
    return NativeUsage(
        prompt=count_of(usage.get("input_tokens")) + cached + stored,
        completion=count_of(usage.get("output_tokens")),
        reasoning=count_of(inner(usage.get("output_tokens_details"), "thinking_tokens")),
        cached=cached,
    )


ENGINE = Engine(
    path="/messages",
    render=render,
    reader=Events,
    whole=parse_whole,
    headers={"anthropic-version": "2023-06-01"},
    key_header="x-api-key: ",
)
