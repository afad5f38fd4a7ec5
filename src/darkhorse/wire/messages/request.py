"""The body of POST /messages: Anthropic's, with the routing words that OpenRouter adds to it."""

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.conversation import Message, check_count, encode_messages
from darkhorse.wire.fields import (
    ABSENT,
    Common,
    Effort,
    Positive,
    Reasoning,
    Share,
    Stop,
    decode,
    raw_parameters,
    wish,
)
from darkhorse.wire.messages.blocks import (
    GivenMessage,
    Notes,
    assistant,
    place_error,
    system,
    user,
)
from darkhorse.wire.request import GenerationRequest

__all__ = ["SCHEMA_NAME", "parse", "parse_count"]

_Read = TypeVar("_Read")

SCHEMA_NAME = "answer"
"""Chat completions want a name for a schema; Anthropic's have none."""

_MOST_MODELS = 16  # to ask next, as for `models` alone


class _Thinking(Struct):
    type: Literal["enabled", "disabled", "adaptive"]
    budget_tokens: Positive | None = None
    display: str | None = None


class _ToolChoice(Struct):
    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool | None = None


class _Format(Struct):
    type: Literal["json_schema"]
    schema: Raw


class _OutputConfig(Struct):
    effort: Effort | None = None
    format: _Format | None = None


class _Metadata(Struct):
    user_id: str | None = None


class _Fallback(Struct):
    model: str


class _Tool(Struct):
    name: str = ""
    type: str | None = None
    description: str | None = None
    input_schema: Raw = ABSENT
    strict: bool | None = None


class MessagesBody(Common, kw_only=True):
    """What is read of a body; all else stays as it came, in the ledger alone."""

    messages: list[GivenMessage]
    system: str | list[Raw] | None = None
    max_tokens: Positive | None = None
    stop_sequences: list[Stop] | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Share | None = None
    top_k: Annotated[int, Meta(ge=0)] | None = None
    thinking: _Thinking | None = None
    tools: list[Raw] | None = None
    tool_choice: _ToolChoice | None = None
    output_config: _OutputConfig | None = None
    output_format: _Format | None = None  # where it was before it moved into output_config
    metadata: _Metadata | None = None
    fallbacks: Annotated[list[_Fallback], Meta(max_length=_MOST_MODELS)] | None = None


_body = msgspec.json.Decoder(MessagesBody)
_tool = msgspec.json.Decoder(_Tool)
_schema = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode


def parse(body: bytes) -> GenerationRequest:
    """Raises InvalidRequest, in words that help whoever wrote the body."""
    fields = decode(_body, body)
    if fields.max_tokens is None:
        raise InvalidRequest("Object missing required field `max_tokens`.")
    return _request(fields, body)


def parse_count(body: bytes) -> GenerationRequest:
    """A body whose prompt is only to be measured: it needs no `max_tokens`."""
    return _request(decode(_body, body), body)


def _request(fields: MessagesBody, body: bytes) -> GenerationRequest:
    model, others = _names(fields)
    notes = Notes()
    messages = _conversation(fields, notes)
    tools = _functions(fields.tools or ())
    notes.text_bytes.extend(len(bytes(tool)) for tool in tools)
    return GenerationRequest(
        dialect="messages",
        model=model,
        models=others,
        stream=bool(fields.stream),
        body=body,
        messages=encode_messages(messages),
        message_count=len(messages),
        text_bytes=tuple(notes.text_bytes),
        media=tuple(notes.media),
        max_tokens=fields.max_tokens,
        parameters=raw_parameters(
            {
                "temperature": fields.temperature,
                "top_p": fields.top_p,
                "top_k": fields.top_k,
                "stop": fields.stop_sequences,
                "reasoning": _reasoning(fields),
                "response_format": _response_format(fields),
                "tools": tools,
                **_tool_choice(fields.tool_choice, tools),
            }
        ),
        provider=wish(fields.provider),
        shows_reasoning=_shows(fields.thinking),
        session=fields.session,
        user=fields.user or (fields.metadata and fields.metadata.user_id) or "",
    )


def _names(fields: MessagesBody) -> tuple[str, tuple[str, ...]]:
    """Anthropic's own word for what to ask next is `fallbacks`."""
    if fields.fallbacks:
        fallbacks = (each.model for each in fields.fallbacks)
        fields.models = [*(fields.models or ()), *fallbacks]
        if len(fields.models) > _MOST_MODELS:
            raise InvalidRequest(f"`models` and `fallbacks` can name {_MOST_MODELS} at the most.")
    return fields.names()


def _conversation(fields: MessagesBody, notes: Notes) -> list[Message]:
    blocks = (given.content for given in fields.messages if isinstance(given.content, list))
    check_count(len(fields.messages) + sum(map(len, blocks)), "messages")
    messages = [system(fields.system, notes, "system")] if fields.system else []
    for at, given in enumerate(fields.messages):
        place = f"messages[{at}].content"
        if given.role == "user":
            messages.extend(user(given.content, notes, place))
        elif given.role == "system":
            messages.append(system(given.content, notes, place))
        elif said := assistant(given.content, notes, place):
            messages.append(said)
    if all(each.role == "system" for each in messages):
        raise InvalidRequest("`messages` must hold at least one message that says something.")
    return messages


def _functions(tools: list[Raw] | tuple[()]) -> list[Raw]:
    """The tools that the client runs itself, as functions.

    The others (`web_search_…`, `bash_…`) run on a server, or mean what only their maker's models
    were taught; they are left out.
    """
    functions: list[Raw] = []
    for at, raw in enumerate(tools):
        tool = _read(_tool, raw, f"tools[{at}]")
        if tool.type not in (None, "custom"):
            continue
        if not tool.name:
            raise InvalidRequest(f"A tool needs a name - at `$.tools[{at}]`.")
        if bytes(tool.input_schema) not in (b"", b"null"):
            _read(_schema, tool.input_schema, f"tools[{at}].input_schema")
        told = {"description": tool.description, "parameters": tool.input_schema}
        function = {"name": tool.name, **raw_parameters({**told, "strict": tool.strict})}
        functions.append(Raw(_encode({"type": "function", "function": function})))
    return functions


def _read(decoder: "msgspec.json.Decoder[_Read]", raw: Raw, place: str) -> _Read:
    try:
        return decoder.decode(raw)
    except RecursionError:
        raise InvalidRequest("The body is nested too deeply.") from None
    except msgspec.DecodeError as e:
        raise place_error(e, place) from None


def _tool_choice(choice: _ToolChoice | None, tools: list[Raw]) -> dict[str, object]:
    """`tool_choice` and `parallel_tool_calls`. Raises InvalidRequest for a choice among none."""
    if choice is None:
        return {}
    if not tools:
        if choice.type in ("any", "tool"):
            raise InvalidRequest("`tool_choice` wants a tool called, but `tools` offers none.")
        return {}
    parallel = False if choice.disable_parallel_tool_use else None
    return {"tool_choice": _chosen(choice), "parallel_tool_calls": parallel}


def _chosen(choice: _ToolChoice) -> object:
    if choice.type != "tool":
        return "required" if choice.type == "any" else choice.type
    if not choice.name:
        raise InvalidRequest("`tool_choice` of type `tool` needs the tool's `name`.")
    return {"type": "function", "function": {"name": choice.name}}


def _response_format(fields: MessagesBody) -> object:
    wanted = (fields.output_config and fields.output_config.format) or fields.output_format
    if wanted is None:
        return None
    schema = {"name": SCHEMA_NAME, "strict": True, "schema": wanted.schema}
    return {"type": "json_schema", "json_schema": schema}


def _reasoning(fields: MessagesBody) -> Reasoning | None:
    """A budget is more exact than an effort, so it goes alone where both are given."""
    effort = fields.output_config.effort if fields.output_config else None
    thinking = fields.thinking
    if thinking is None:
        return Reasoning(effort=effort) if effort else None
    if thinking.type == "disabled":
        return Reasoning(enabled=False)
    if thinking.type == "enabled" and thinking.budget_tokens:
        return Reasoning(max_tokens=thinking.budget_tokens)
    return Reasoning(effort=effort) if effort else Reasoning(enabled=True)


def _shows(thinking: _Thinking | None) -> bool:
    """Clients that did not ask for thoughts take the first block for the answer's text."""
    return thinking is not None and thinking.type != "disabled" and thinking.display != "omitted"
