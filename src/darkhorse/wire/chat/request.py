"""The body of POST /chat/completions: parsed once, unknown fields left alone."""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw

from darkhorse.wire.conversation import check_tools, measure
from darkhorse.wire.fields import (
    ABSENT,
    SAMPLING,
    Effort,
    Positive,
    Reasoning,
    Sampling,
    Stop,
    Stops,
    decode,
    raw_parameters,
    reasoning_parameter,
    wish,
)
from darkhorse.wire.request import GenerationRequest

__all__ = ["PARAMETERS", "ChatBody", "parse"]


class ChatBody(Sampling, kw_only=True):
    """What is read of a body; all else stays as it came, in the ledger alone."""

    messages: Raw
    n: Annotated[int, Meta(ge=1, le=1)] | None = None
    max_tokens: Positive | None = None
    max_completion_tokens: Positive | None = None
    stop: Stop | Stops | None = None
    parallel_tool_calls: bool | None = None
    tools: list[Raw] | None = None
    tool_choice: Raw = ABSENT
    response_format: Raw = ABSENT
    reasoning: Reasoning | None = None
    reasoning_effort: Effort | None = None
    include_reasoning: bool | None = None


_OWN = ("stop", "parallel_tool_calls", "tools", "tool_choice", "response_format", "reasoning")
PARAMETERS = (*SAMPLING, *_OWN)
"""Names a listing may support besides `max_tokens`; anything else in a body is ignored."""

_body = msgspec.json.Decoder(ChatBody)


def parse(body: bytes) -> GenerationRequest:
    """Raises InvalidRequest, in words that help whoever wrote the body."""
    fields = decode(_body, body)
    model, others = fields.names()
    functions = check_tools(fields.tools)
    conversation = measure(fields.messages, functions)
    reasoning, shown = reasoning_parameter(
        fields.reasoning, fields.reasoning_effort, include=fields.include_reasoning
    )
    given = {name: getattr(fields, name) for name in PARAMETERS}
    return GenerationRequest(
        dialect="chat",
        model=model,
        models=others,
        stream=bool(fields.stream),
        body=body,
        messages=fields.messages,
        message_count=conversation.messages,
        text_bytes=conversation.text_bytes,
        media=conversation.media,
        goes_on=conversation.goes_on,
        has_thoughts=conversation.has_thoughts,
        max_tokens=fields.max_completion_tokens or fields.max_tokens,
        parameters=raw_parameters({**given, "tools": functions, "reasoning": reasoning}),
        provider=wish(fields.provider),
        shows_reasoning=shown,
        session=fields.session,
        user=fields.user or "",
    )
