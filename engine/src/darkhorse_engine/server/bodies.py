"""Bodies of requests: what is read of them. Unknown fields are left alone, as everywhere.

Chat bodies are the router's own (`darkhorse.wire.chat.request`), with the fields that a listing
does not take and an engine does. Names: OpenAI's; `chat_template_kwargs` and `ignore_eos` are
vLLM's, `grammar` (GBNF), `content` and `add_special` llama.cpp's.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.chat.request import ChatBody
from darkhorse.wire.fields import ABSENT, Positive, Sampling, Stop, Stops, decode

__all__ = [
    "ChatRequest",
    "Choice",
    "CompletionRequest",
    "Format",
    "Template",
    "Text",
    "choice_of",
    "format_of",
    "read_chat",
    "read_completion",
    "read_template",
    "read_text",
]

Bias = dict[str, Annotated[float, Meta(ge=-100, le=100)]]
One = Annotated[int, Meta(ge=1, le=1)]


class _StreamOptions(Struct, frozen=True):
    include_usage: bool | None = None


class ChatRequest(ChatBody, kw_only=True):
    """POST /v1/chat/completions."""

    logprobs: bool | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    logit_bias: Bias | None = None
    stream_options: _StreamOptions | None = None
    chat_template_kwargs: dict[str, Any] | None = None
    grammar: str | None = None
    ignore_eos: bool | None = None


class CompletionRequest(Sampling, kw_only=True):
    """POST /v1/completions. `prompt` is a text, or token ids, or a list of one of these."""

    prompt: str | list[Any]
    n: One | None = None
    best_of: One | None = None
    echo: bool | None = None
    suffix: str | None = None
    logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    logit_bias: Bias | None = None
    max_tokens: Positive | None = None
    stop: Stop | Stops | None = None
    response_format: Raw = ABSENT
    grammar: str | None = None
    stream_options: _StreamOptions | None = None
    ignore_eos: bool | None = None


class Text(Struct):
    """POST /tokenize."""

    content: str


class Template(Struct):
    """POST /apply-template."""

    messages: Raw
    tools: list[Raw] | None = None
    chat_template_kwargs: dict[str, Any] | None = None


class Format(Struct, frozen=True):
    """`response_format`, read. `schema` is a JSON Schema's text, for json_schema."""

    type: Literal["json_object", "json_schema", "regex", "lark", "gbnf"]
    schema: Raw = ABSENT
    pattern: str = ""
    grammar: str = ""


class Choice(Struct, frozen=True):
    """`tool_choice`, read; `name` where one function is to be called."""

    mode: Literal["auto", "none", "required", "named"]
    name: str = ""


class _JsonSchema(Struct):
    schema: Raw = ABSENT


class _Format(Struct):
    type: str
    json_schema: _JsonSchema | None = None
    pattern: str = ""
    grammar: str = ""


class _Name(Struct):
    name: str


class _Named(Struct):
    type: Literal["function"]
    function: _Name


_chat = msgspec.json.Decoder(ChatRequest)
_completion = msgspec.json.Decoder(CompletionRequest)
_text = msgspec.json.Decoder(Text)
_template = msgspec.json.Decoder(Template)
_format = msgspec.json.Decoder(_Format | None)
_choice = msgspec.json.Decoder(Literal["auto", "none", "required"] | _Named | None)


def read_chat(body: bytes) -> ChatRequest:
    """Raises InvalidRequest, as all of these."""
    return decode(_chat, body)


def read_completion(body: bytes) -> CompletionRequest:
    """Refuses what would change the answer and cannot be done."""
    fields = decode(_completion, body)
    if fields.echo:
        raise InvalidRequest("`echo` is not done here; put the prompt in front yourself.")
    if fields.suffix:
        raise InvalidRequest("`suffix` is not done here; a text is only ever continued.")
    return fields


def read_text(body: bytes) -> Text:
    return decode(_text, body)


def read_template(body: bytes) -> Template:
    return decode(_template, body)


def format_of(raw: Raw, gbnf: str | None = None) -> Format | None:
    """What form the answer is to have; None for plain text."""
    if gbnf:
        return Format("gbnf", grammar=gbnf)
    if raw is ABSENT:
        return None
    try:
        said = _format.decode(raw)
    except msgspec.ValidationError as e:
        raise InvalidRequest(f"`response_format`: {e}.") from None
    if said is None or said.type == "text":
        return None
    schema = said.json_schema.schema if said.json_schema else ABSENT
    if said.type == "json_schema" and schema is ABSENT:
        raise InvalidRequest("`response_format.json_schema.schema` is missing.")
    if said.type not in ("json_object", "json_schema", "regex", "lark"):
        raise InvalidRequest(
            f"`response_format.type` is {said.type[:40]!r}; known are text, json_object, "
            "json_schema, and for tests regex (`pattern`) and lark (`grammar`)."
        )
    return Format(said.type, schema, said.pattern, said.grammar)


def choice_of(raw: Raw, *, has_tools: bool) -> Choice:
    """Whether and what is to be called. Raises InvalidRequest where there is nothing to call."""
    if raw is ABSENT:
        return Choice("auto" if has_tools else "none")
    try:
        said = _choice.decode(raw)
    except msgspec.ValidationError as e:
        raise InvalidRequest(f"`tool_choice`: {e}.") from None
    if said is None or said == "auto":
        return Choice("auto" if has_tools else "none")
    if said == "none":
        return Choice("none")
    if not has_tools:
        raise InvalidRequest("`tool_choice` wants a call, and there are no `tools` to be called.")
    return Choice("required") if isinstance(said, str) else Choice("named", said.function.name)
