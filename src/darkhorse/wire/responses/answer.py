"""What a Responses client gets: events, or one response. Only PublicChunks go in.

The fields are the union of what OpenRouter's and OpenAI's SDKs and openresponses.org refuse to do
without. Of what the client sent it is told back no field over 64 KiB.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from darkhorse.base.errors import DarkhorseError
from darkhorse.wire.chunks import Finish, PublicChunk, Usage
from darkhorse.wire.dialect import Head
from darkhorse.wire.responses.echo import Echo, EchoedReasoning, echo_decoder
from darkhorse.wire.responses.output import Event, Output, Thoughts
from darkhorse.wire.responses.tools import Tools, flat_tools, read_tools
from darkhorse.wire.sse import event

__all__ = ["ResponsesAnswer"]

KEEPALIVE = b": processing\n\n"
DONE = b"data: [DONE]\n\n"

_ECHO = 64 * 1024  # bytes
_CUT: dict[Finish, str] = {"length": "max_output_tokens", "content_filter": "content_filter"}
"""Why an answer is incomplete."""
_CODES = {400: "invalid_prompt", 429: "rate_limit_exceeded"}
"""Of the codes that SDKs know, by status."""

_encode = msgspec.json.Encoder().encode


class ResponsesAnswer:
    """Renders one generation under its public name."""

    def __init__(self, head: Head) -> None:
        asked = echo_decoder.decode(head.request.body)
        tools = read_tools(asked.tools)
        self._facts = _facts(head, asked, tools)
        thoughts: Thoughts = "text"
        if not head.request.shows_reasoning:
            thoughts = "hidden"
        elif asked.reasoning and _word(asked.reasoning.summary):
            thoughts = "summary"  # who asks for one looks nowhere else
        tail = head.id.rpartition("-")[2]
        self._output = Output(tail, custom=tools.custom, thoughts=thoughts)
        self._sent = 0

    def chunks(self, batch: Sequence[PublicChunk]) -> bytes:
        """See Answer."""
        events = self._opening()
        for chunk in batch:
            events.extend(self._output.take(chunk))
            if chunk.usage:
                status = "incomplete" if chunk.finish in _CUT else "completed"
                events.extend(self._output.close(status))
                response = self._ended(status, chunk.finish, chunk.usage)
                events.append({"type": f"response.{status}", "response": response})
        return self._send(events)

    def done(self) -> bytes:
        """See Answer."""
        return DONE

    def keepalive(self) -> bytes:
        """A comment."""
        return KEEPALIVE

    def fault(self, error: DarkhorseError) -> bytes:
        """`response.failed` ends it; before it `error`, which is all that some clients look at."""
        code = _CODES.get(error.status, "server_error")
        told = {"type": "error", "code": code, "message": error.message, "param": None}
        opening = self._opening()
        _unseen(self._output.close("incomplete"))
        response = self._response("failed", error={"code": code, "message": error.message})
        response["error_type"] = error.error_type
        failed = {"type": "response.failed", "response": response}
        return self._send([*opening, told, failed])

    def whole(self, chunks: Sequence[PublicChunk]) -> bytes:
        """See Answer."""
        for chunk in chunks:
            _unseen(self._output.take(chunk))
        last = chunks[-1]
        status = "incomplete" if last.finish in _CUT else "completed"
        _unseen(self._output.close(status))
        return _encode(self._ended(status, last.finish, last.usage))

    def _opening(self) -> list[Event]:
        if self._sent:
            return []
        response = self._response("in_progress")
        return [
            {"type": f"response.{name}", "response": response}
            for name in ("created", "in_progress")
        ]

    def _ended(self, status: str, finish: Finish | None, usage: Usage | None) -> Event:
        reason = _CUT.get(finish) if finish else None
        return self._response(
            status,
            incomplete_details={"reason": reason} if reason else None,
            usage=usage and _usage(usage),
            output_text=_text(self._output.show()),
        )

    def _response(self, status: str, **known: Any) -> Event:
        return {**self._facts, "status": status, "output": self._output.show(), **known}

    def _send(self, events: Iterable[Event]) -> bytes:
        return b"".join(map(self._one, events))

    def _one(self, told: Event) -> bytes:
        name = told["type"].encode()
        data = _encode({**told, "sequence_number": self._sent})
        self._sent += 1
        return b"".join((b"event: ", name, b"\n", event(data)))


def _text(output: Sequence[Event]) -> str:
    """All text in one piece, where clients look who want no more."""
    parts = [part for item in output for part in item.get("content") or ()]
    return "".join(part["text"] for part in parts if part.get("type") == "output_text")


def _unseen(events: Iterable[Event]) -> None:
    """Go through steps that nobody is told of."""
    for _ in events:
        pass


def _facts(head: Head, asked: Echo, tools: Tools) -> Event:
    """What every response of this generation says, until more is known."""
    return {
        "id": head.id,
        "object": "response",
        "created_at": head.created,
        "completed_at": None,
        "model": head.model,
        "error": None,
        "incomplete_details": None,
        "usage": None,
        **_sampling(asked),
        **_echoes(asked, tools),
        "background": False,
        "max_tool_calls": None,
        "previous_response_id": None,
        "service_tier": "default",
        "store": False,
        "top_logprobs": 0,
        "truncation": "disabled",
    }


def _sampling(asked: Echo) -> Event:
    """Numbers, or what they are where nothing was said."""
    return {
        "temperature": 1 if asked.temperature is None else asked.temperature,
        "top_p": 1 if asked.top_p is None else asked.top_p,
        "presence_penalty": asked.presence_penalty or 0,
        "frequency_penalty": asked.frequency_penalty or 0,
        "max_output_tokens": asked.max_output_tokens,
    }


def _echoes(asked: Echo, tools: Tools) -> Event:
    choice = bytes(asked.tool_choice)
    form = asked.text.format if asked.text else None
    return {
        "instructions": _small(asked.instructions),
        "tools": _small(flat_tools(tools.functions)) or [],
        "tool_choice": "auto" if choice in (b"", b"null") else asked.tool_choice,
        "parallel_tool_calls": asked.parallel_tool_calls is not False,
        "reasoning": _reasoning(asked.reasoning),
        "text": {"format": _small(form) or {"type": "text"}},
        "metadata": _small(_words(asked.metadata)) or {},
        "prompt_cache_key": _small(_word(asked.prompt_cache_key)),
        "safety_identifier": _small(_word(asked.safety_identifier)),
    }


def _reasoning(asked: EchoedReasoning | None) -> Event | None:
    if asked is None:
        return None
    return {"effort": asked.effort, "summary": _word(asked.summary)}


def _small(value: Any) -> Any:
    """As JSON; None for what is too big to send back in three events."""
    data = _encode(value)
    return Raw(data) if len(data) <= _ECHO and value else None


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _words(value: Any) -> dict[str, str] | None:
    """Metadata, where it is what metadata are: words by name."""
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        return None
    return value


def _usage(usage: Usage) -> Event:
    """In public tokens and dollars."""
    return {
        "input_tokens": usage.prompt,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": usage.completion,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.total,
        "cost": usage.micro_usd / 1_000_000 if usage.micro_usd else 0,
        "is_byok": False,
    }
