"""The body of POST /responses: parsed once, unknown fields left alone.

`store`, `include`, `service_tier`, `truncation`, `metadata` and the like are taken and change
nothing: SDKs send some of them unasked. What would need a memory of ours is refused.
"""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.conversation import encode_messages, measure
from darkhorse.wire.fields import (
    ABSENT,
    SAMPLING,
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
from darkhorse.wire.responses.echo import echo_decoder
from darkhorse.wire.responses.items import Item, read_items
from darkhorse.wire.responses.tools import Format, nested_format, read_choice, read_tools

__all__ = ["ResponsesBody", "parse"]

_MEMORY = {
    "previous_response_id": "Nothing is kept between requests; send the conversation in `input`.",
    "conversation": "Nothing is kept between requests; send the conversation in `input`.",
    "prompt": "No prompts are stored here; send it in `input`.",
}

_encode = msgspec.json.Encoder().encode


class _Text(Struct):
    format: Format | None = None


class ResponsesBody(Sampling, kw_only=True):
    """What is read of a body. `seed`, `stop` and more sampling than OpenAI has: chat's words."""

    input: str | list[Item] | None = None
    instructions: str | None = None
    max_output_tokens: Positive | None = None
    stop: Stop | Stops | None = None
    tools: list[Raw] | None = None
    tool_choice: Raw = ABSENT
    parallel_tool_calls: bool | None = None
    text: _Text | None = None
    reasoning: Reasoning | None = None
    background: bool | None = None
    previous_response_id: Any = None
    conversation: Any = None
    prompt: Any = None
    safety_identifier: str | None = None


_body = msgspec.json.Decoder(ResponsesBody)


def parse(body: bytes) -> GenerationRequest:
    """Raises InvalidRequest, in words that help whoever wrote the body."""
    fields = decode(_body, body)
    decode(echo_decoder, body)
    model, others = fields.names()
    _check_stateless(fields)
    if not fields.input:
        raise InvalidRequest("`input` must be a text or a list of items, and not empty.")
    conversation = read_items(fields.instructions, fields.input)
    messages = encode_messages(conversation.messages)
    chosen = read_choice(fields.tool_choice, read_tools(fields.tools))
    functions = [Raw(_encode(tool)) for tool in chosen.tools.functions]
    size = measure(messages, functions, "input", conversation.places)
    reasoning, shown = reasoning_parameter(fields.reasoning)
    return GenerationRequest(
        dialect="responses",
        model=model,
        models=others,
        stream=bool(fields.stream),
        body=body,
        messages=messages,
        message_count=size.messages,
        text_bytes=size.text_bytes,
        media=size.media,
        goes_on=size.goes_on,
        has_thoughts=size.has_thoughts,
        max_tokens=fields.max_output_tokens,
        parameters=_parameters(fields, functions, chosen.choice, reasoning),
        provider=wish(fields.provider),
        shows_reasoning=shown,
        session=fields.session,
        user=fields.user or fields.safety_identifier or "",
    )


def _check_stateless(fields: ResponsesBody) -> None:
    for name, remedy in _MEMORY.items():
        if getattr(fields, name) not in (None, ""):
            raise InvalidRequest(f"`{name}` is not taken here. {remedy}")
    if fields.background:
        raise InvalidRequest("`background` is not taken here; leave it out, or stream the answer.")


def _parameters(
    fields: ResponsesBody, functions: list[Raw], choice: Any, reasoning: Reasoning | None
) -> dict[str, Raw]:
    """By chat's names."""
    given = {name: getattr(fields, name) for name in (*SAMPLING, "stop")}
    given |= {
        "reasoning": reasoning,
        "response_format": nested_format(fields.text.format if fields.text else None),
    }
    if functions:  # engines refuse a choice between none
        given |= {
            "tools": functions,
            "tool_choice": choice,
            "parallel_tool_calls": fields.parallel_tool_calls,
        }
    return raw_parameters(given)
