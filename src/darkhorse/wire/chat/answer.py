"""What a chat-completions client gets: chunks, a whole answer, errors. Only PublicChunks go in.

The fields are the union of what the SDKs of OpenAI and OpenRouter refuse to do without.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from darkhorse.base.errors import DarkhorseError
from darkhorse.wire.calls import joined_calls
from darkhorse.wire.chunks import PublicChunk, ToolDelta, Usage
from darkhorse.wire.dialect import Head
from darkhorse.wire.sse import event

__all__ = [
    "DONE",
    "KEEPALIVE",
    "NO_FINGERPRINT",
    "PROVIDER",
    "ChatAnswer",
    "error_body",
    "usage_object",
]

PROVIDER = "Stealth"
"""The provider every listing shows; the literal OpenRouter's SDKs know."""

NO_FINGERPRINT = ""
"""OpenRouter's SDKs want the key, OpenAI's schema a string; a build's name would name the maker."""

_NAME = 256  # characters of a name given back: a stranger's may be as long as a body

KEEPALIVE = b": processing\n\n"
DONE = b"data: [DONE]\n\n"

_encode = msgspec.json.Encoder().encode


class ChatAnswer:
    """Renders one generation under its public name."""

    def __init__(self, head: Head) -> None:
        facts = {"created": head.created, "model": head.model, "provider": PROVIDER}
        own, common = b'{"id":' + _encode(head.id), _encode(facts)[1:-1]
        self._stream = b"".join((own, b',"object":"chat.completion.chunk",', common))
        self._whole = b"".join((own, b',"object":"chat.completion",', common))
        self._shows_reasoning = head.request.shows_reasoning
        self._role_sent = False

    def chunks(self, batch: Sequence[PublicChunk]) -> bytes:
        """Events for a batch; a chunk with usage gets a last event of its own."""
        return b"".join(map(self._events, batch))

    def done(self) -> bytes:
        """The mark that all went well."""
        return DONE

    def keepalive(self) -> bytes:
        """A comment, for a silent stream."""
        return KEEPALIVE

    def fault(self, error: DarkhorseError) -> bytes:
        """The last event of a stream that broke; no `[DONE]` follows."""
        choice = b'"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}'
        body = b'"error":' + _encode(_error(error))
        return event(b",".join((self._stream, body, choice)))

    def whole(self, chunks: Sequence[PublicChunk]) -> bytes:
        """The unstreamed answer; the last chunk has finish and usage."""
        last = chunks[-1]
        message = self._message(chunks)
        choice = {
            "index": 0,
            "logprobs": None,
            "finish_reason": last.finish,
            "native_finish_reason": last.finish,
            "message": message,
        }
        rest: dict[str, Any] = {"system_fingerprint": NO_FINGERPRINT, "choices": [choice]}
        if last.usage:
            rest["usage"] = usage_object(last.usage)
        return b",".join((self._whole, _encode(rest)[1:]))

    def _events(self, chunk: PublicChunk) -> bytes:
        hidden = chunk.reasoning and not self._shows_reasoning
        events = [] if hidden else [self._event(chunk)]
        if chunk.usage:
            usage = b'"choices":[],"usage":' + _encode(usage_object(chunk.usage)) + b"}"
            events.append(event(b",".join((self._stream, usage))))
        return b"".join(events)

    def _event(self, chunk: PublicChunk) -> bytes:
        finish = _encode(chunk.finish)
        choice = (
            self._stream,
            b',"choices":[{"index":0,"delta":',
            self._delta(chunk),
            b',"finish_reason":',
            finish,
            b',"native_finish_reason":',
            finish,
            b',"logprobs":null}]}',
        )
        return event(b"".join(choice))

    def _delta(self, chunk: PublicChunk) -> bytes:
        role = b'{"content":' if self._role_sent else b'{"role":"assistant","content":'
        self._role_sent = True
        text = _encode(chunk.text)
        if not (chunk.reasoning or chunk.refusal or chunk.tools):
            return b"".join((role, text, b"}"))
        return b"".join((role, text, b",", _encode(_extras(chunk))[1:]))

    def _message(self, chunks: Sequence[PublicChunk]) -> dict[str, Any]:
        thought = "".join(chunk.reasoning for chunk in chunks)
        reasoning = thought if self._shows_reasoning else ""
        message: dict[str, Any] = {
            "role": "assistant",
            "content": "".join(chunk.text for chunk in chunks),
            "refusal": "".join(chunk.refusal for chunk in chunks) or None,
            "reasoning": reasoning or None,
        }
        if reasoning:
            message["reasoning_details"] = _reasoning_details(reasoning)
        calls = joined_calls(chunks)
        if calls:
            message["content"] = message["content"] or None
            message["tool_calls"] = [_whole_call(call) for call in calls]
        return message


def _extras(chunk: PublicChunk) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    if chunk.reasoning:
        extras["reasoning"] = chunk.reasoning
        extras["reasoning_details"] = _reasoning_details(chunk.reasoning)
    if chunk.refusal:
        extras["refusal"] = chunk.refusal
    if chunk.tools:
        extras["tool_calls"] = [_call(delta) for delta in chunk.tools]
    return extras


def _reasoning_details(text: str) -> list[dict[str, Any]]:
    """`format` names a vendor wherever it is anything but "unknown"."""
    return [{"type": "reasoning.text", "text": text, "format": "unknown", "index": 0}]


def _call(call: ToolDelta) -> dict[str, Any]:
    """A call's first delta carries id, type and name; later ones more of what there is."""
    function = {"arguments": call.arguments}
    if call.name or call.id:
        function["name"] = call.name
    if not call.id:
        return {"index": call.index, "function": function}
    return {"index": call.index, "id": call.id, "type": "function", "function": function}


def _whole_call(call: ToolDelta) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def usage_object(usage: Usage) -> dict[str, Any]:
    """OpenRouter's `usage`, in public tokens and dollars."""
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.total,
        "cost": usage.micro_usd / 1_000_000 if usage.micro_usd else 0,
        "is_byok": False,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    }


def _error(error: DarkhorseError) -> dict[str, Any]:
    return {
        "code": error.status,
        "message": error.message,
        "metadata": {"error_type": error.error_type},
    }


def error_body(error: DarkhorseError, request_id: str = "") -> bytes:  # noqa: ARG001 (others say it)
    """The JSON of a failure that was not streamed."""
    body = _error(error)
    if error.availability:
        body["availability"] = {
            "code": error.availability,
            "retryable": error.status >= 429,
            "requested_models": [error.requested[:_NAME]] if error.requested else [],
        }
        if error.retry_after is not None:
            body["availability"]["retry_after"] = error.retry_after
        if error.fallbacks:
            body["availability"]["fallback_models"] = list(error.fallbacks)
    return _encode({"error": body})
