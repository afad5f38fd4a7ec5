"""What a client of Messages gets: events, or a whole message. Only PublicChunks go in.

Thoughts carry an empty signature: SDKs demand the field, and there is nothing that we could sign.
A stop sequence cannot be told from another end, so `stop_sequence` is always null.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from darkhorse.base.errors import DarkhorseError
from darkhorse.wire.calls import joined_calls
from darkhorse.wire.chunks import Finish, PublicChunk, ToolDelta, Usage
from darkhorse.wire.dialect import Head
from darkhorse.wire.messages.failures import error_object
from darkhorse.wire.messages.lanes import Lanes

__all__ = ["MessagesAnswer"]

_STOPS: dict[Finish | None, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}

_encode = msgspec.json.Encoder().encode
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


class MessagesAnswer:
    """Renders one generation under its public name."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self._shows_reasoning = head.request.shows_reasoning
        self._lanes = Lanes(shows_reasoning=self._shows_reasoning)
        self._begun = False

    def chunks(self, batch: Sequence[PublicChunk]) -> bytes:
        """Events for a batch, the message's own start before the first."""
        events: list[dict[str, Any]] = []
        if not self._begun:
            self._begun = True
            start = Usage(self._head.prompt_tokens, 0)
            events.append({"type": "message_start", "message": self._message([], None, start)})
        for chunk in batch:
            events.extend(self._lanes.take(chunk))
            if chunk.usage:
                events.extend(self._lanes.end())
                events.append(_delta(chunk.finish, chunk.usage))
        return _events(events)

    def done(self) -> bytes:
        """The mark that all went well."""
        return _events([{"type": "message_stop"}])

    def keepalive(self) -> bytes:
        """An event that clients know and pass over."""
        return _events([{"type": "ping"}])

    def fault(self, error: DarkhorseError) -> bytes:
        """The last event of a stream that broke."""
        return _events([error_object(error)])

    def whole(self, chunks: Sequence[PublicChunk]) -> bytes:
        """The unstreamed answer; the last chunk has finish and usage."""
        last = chunks[-1]
        usage = last.usage or Usage(self._head.prompt_tokens, 0)
        return _encode(self._message(self._blocks(chunks), last.finish, usage))

    def _message(
        self, content: list[dict[str, Any]], finish: Finish | None, usage: Usage
    ) -> dict[str, Any]:
        return {
            "id": self._head.id,
            "type": "message",
            "role": "assistant",
            "model": self._head.model,
            "content": content,
            **_stop(finish),
            "usage": _usage(usage),
        }

    def _blocks(self, chunks: Sequence[PublicChunk]) -> list[dict[str, Any]]:
        thought = "".join(chunk.reasoning for chunk in chunks) if self._shows_reasoning else ""
        text = "".join(chunk.text + chunk.refusal for chunk in chunks)
        blocks: list[dict[str, Any]] = []
        if thought:
            blocks.append({"type": "thinking", "thinking": thought, "signature": ""})
        if text:
            blocks.append({"type": "text", "text": text, "citations": None})
        return [*blocks, *map(_tool_use, joined_calls(chunks))]


def _events(events: Iterable[dict[str, Any]]) -> bytes:
    """Clients of this dialect go by the `event:` line."""
    lines = (
        b"event: " + event["type"].encode() + b"\ndata: " + _encode(event) + b"\n\n"
        for event in events
    )
    return b"".join(lines)


def _delta(finish: Finish | None, usage: Usage) -> dict[str, Any]:
    return {"type": "message_delta", "delta": _stop(finish), "usage": _counts(usage)}


def _stop(finish: Finish | None) -> dict[str, Any]:
    return {
        "stop_reason": _STOPS.get(finish),
        "stop_sequence": None,
        "stop_details": None,
        "container": None,
    }


def _tool_use(call: ToolDelta) -> dict[str, Any]:
    return {
        "type": "tool_use",
        "id": call.id,
        "name": call.name,
        "input": _input(call.arguments),
        "caller": {"type": "direct"},
    }


def _input(arguments: str) -> Any:
    """Arguments as the model wrote them; SDKs want an object, so anything else goes inside one."""
    if not arguments.strip():
        return {}
    try:
        _object.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return {"arguments": arguments}
    return msgspec.Raw(arguments.encode())


def _counts(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.prompt,
        "output_tokens": usage.completion,
        "output_tokens_details": {"thinking_tokens": usage.reasoning},
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "server_tool_use": None,
    }


def _usage(usage: Usage) -> dict[str, Any]:
    rest = {"cache_creation": None, "inference_geo": None, "service_tier": "standard"}
    return {**_counts(usage), **rest}
