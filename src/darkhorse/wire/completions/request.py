"""The body of POST /completions: one prompt, a text.

What would change the answer and cannot be done is refused; unknown fields are left alone.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.conversation import Message, encode_messages, measure
from darkhorse.wire.fields import (
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

__all__ = ["parse"]

One = Annotated[int, Meta(ge=1, le=1)]


class CompletionsBody(Sampling, kw_only=True):
    """What is read of a body; all else stays as it came, in the ledger alone."""

    prompt: str | list[Any]
    n: One | None = None
    best_of: One | None = None
    echo: bool | None = None
    suffix: str | None = None
    logprobs: int | bool | None = None
    max_tokens: Positive | None = None
    max_completion_tokens: Positive | None = None
    stop: Stop | Stops | None = None
    reasoning: Reasoning | None = None
    reasoning_effort: Effort | None = None
    include_reasoning: bool | None = None


_PARAMETERS = (*SAMPLING, "stop")
_body = msgspec.json.Decoder(CompletionsBody)


def parse(body: bytes) -> GenerationRequest:
    """Raises InvalidRequest, in words that help whoever wrote the body."""
    fields = decode(_body, body)
    model, others = fields.names()
    _check(fields)
    messages = encode_messages([Message(role="user", content=_prompt(fields.prompt))])
    reasoning, shown = reasoning_parameter(
        fields.reasoning, fields.reasoning_effort, include=fields.include_reasoning
    )
    given = {name: getattr(fields, name) for name in _PARAMETERS}
    return GenerationRequest(
        dialect="completions",
        kind="text",
        model=model,
        models=others,
        stream=bool(fields.stream),
        body=body,
        messages=messages,
        message_count=1,
        text_bytes=measure(messages).text_bytes,
        max_tokens=fields.max_completion_tokens or fields.max_tokens,
        parameters=raw_parameters({**given, "reasoning": reasoning}),
        provider=wish(fields.provider),
        shows_reasoning=shown,
        session=fields.session,
        user=fields.user or "",
    )


def _check(fields: CompletionsBody) -> None:
    """Left out in silence, each of these would give another answer than was asked for."""
    if fields.echo:
        raise InvalidRequest("`echo` is not done here; leave it out and put the prompt in front.")
    if fields.suffix:
        raise InvalidRequest("`suffix` is not done here; a text is only ever continued.")
    if fields.logprobs is not None and fields.logprobs is not False:
        raise InvalidRequest("`logprobs` is not done here: no model shows its probabilities.")


def _prompt(prompt: str | list[Any]) -> str:
    if isinstance(prompt, str):
        return prompt
    if len(prompt) == 1 and isinstance(prompt[0], str):
        return prompt[0]
    if prompt and all(isinstance(each, str) for each in prompt):
        raise InvalidRequest("`prompt` takes one text; send the others in requests of their own.")
    if not prompt:
        raise InvalidRequest("`prompt` must hold a text.")
    raise InvalidRequest("`prompt` takes a text, not token ids: each model has tokens of its own.")
