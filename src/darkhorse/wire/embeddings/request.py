"""The body of POST /embeddings: parsed once, unknown fields left alone."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.conversation import Message, encode_messages, measure
from darkhorse.wire.fields import Common, Positive, decode, raw_parameters, wish
from darkhorse.wire.request import GenerationRequest

__all__ = ["MOST_INPUTS", "EmbeddingsBody", "parse"]

MOST_INPUTS = 2048
"""In one request; OpenAI's bound."""

Input = str | dict[str, Any] | int | float | list[Any]


class EmbeddingsBody(Common, kw_only=True):
    """What is read of a body. `encoding_format` is between us and the client."""

    input: str | Annotated[list[Input], Meta(min_length=1, max_length=MOST_INPUTS)] | None = None
    dimensions: Positive | None = None
    input_type: str | None = None
    encoding_format: Literal["float", "base64"] | None = None


_body = msgspec.json.Decoder(EmbeddingsBody)


def parse(body: bytes) -> GenerationRequest:
    """Raises InvalidRequest, in words that help whoever wrote the body."""
    fields = decode(_body, body)
    model, others = fields.names()
    if fields.input is None:
        raise InvalidRequest("`input` must be a text or a list of texts.")
    texts = [fields.input] if isinstance(fields.input, str) else fields.input
    places = ["input"] if isinstance(fields.input, str) else _places(len(texts))
    messages = _messages(texts, places)
    size = measure(messages, place="input", places=places)
    own = {"dimensions": fields.dimensions, "input_type": fields.input_type}
    return GenerationRequest(
        dialect="embeddings",
        kind="embedding",
        model=model,
        models=others,
        stream=False,
        body=body,
        messages=messages,
        message_count=size.messages,
        text_bytes=size.text_bytes,
        media=size.media,
        parameters=raw_parameters(own),
        provider=wish(fields.provider),
        session=fields.session,
        user=fields.user or "",
    )


def _places(count: int) -> list[str]:
    return [f"input[{at}]" for at in range(count)]


def _messages(inputs: Sequence[Input], places: list[str]) -> Raw:
    """One message for each input."""
    contents = map(_content, inputs, places)
    return encode_messages([Message(role="user", content=content) for content in contents])


def _content(given: Input, place: str) -> str | list[dict[str, Any]]:
    """A text, or the parts of OpenRouter's `{"content": [...]}`."""
    if isinstance(given, int | float | list):
        raise InvalidRequest(f"{place}: token ids mean nothing here; send the text itself.")
    parts = given.get("content") if isinstance(given, dict) else None
    if isinstance(parts, list) and all(isinstance(part, dict) for part in parts):
        content: str | list[dict[str, Any]] = parts
    elif isinstance(given, str):
        content = given
    else:
        raise InvalidRequest(f"{place}: it must be a text, or an object with a list `content`.")
    if not content:
        raise InvalidRequest(f"{place}: it is empty.")
    return content
