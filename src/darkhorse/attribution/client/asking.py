"""One question in every dialect's words: OpenAI's three and Anthropic's."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

__all__ = ["PATHS", "Ask", "Call", "Dialect", "Message", "Tool", "ask", "body_of"]

Dialect = Literal["chat", "completions", "responses", "messages"]

PATHS: Mapping[str, str] = {
    "chat": "/chat/completions",
    "completions": "/completions",
    "responses": "/responses",
    "messages": "/messages",
}
"""Where each dialect is asked, below a door's base."""

_LIMITS = {"completions": "max_tokens", "responses": "max_output_tokens", "messages": "max_tokens"}
_USUAL_LIMIT = 1024  # messages wants one
_Fields = dict[str, Any]


class Call(Struct, frozen=True):
    """A tool call that the model made."""

    id: str
    name: str
    arguments: str


class Tool(Struct, frozen=True, kw_only=True):
    """A function that the model may call."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = {}


class Message(Struct, frozen=True, kw_only=True):
    """A turn. `answers`: the id of the call whose result it is (role tool)."""

    role: Literal["user", "assistant", "tool"] = "user"
    text: str = ""
    calls: tuple[Call, ...] = ()
    answers: str = ""


class Ask(Struct, frozen=True, kw_only=True):
    """A question. `extra`: fields as they are, over all others."""

    messages: tuple[Message, ...]
    system: str = ""
    tools: tuple[Tool, ...] = ()
    must_call: str = ""  # a tool's name: this one has to be called
    stream: bool = False
    limit: int | None = None
    extra: Mapping[str, Any] = {}

    @property
    def texts(self) -> tuple[str, ...]:
        """All text in it."""
        said = [each.text for each in self.messages]
        return tuple(each for each in (self.system, *said) if each)


def ask(text: str, **fields: Any) -> Ask:
    """A question of one user message."""
    return Ask(messages=(Message(text=text),), **fields)


def body_of(dialect: Dialect, model: str, asked: Ask, limit_name: str = "max_tokens") -> _Fields:
    """The request's JSON. Completions have neither roles nor tools: the texts, joined by lines."""
    body: _Fields = {"model": model, **_RENDERERS[dialect](asked)}
    limit = asked.limit
    if limit is None and dialect == "messages":
        limit = _USUAL_LIMIT
    if limit is not None:
        body[_LIMITS.get(dialect, limit_name)] = limit
    if asked.stream:
        body["stream"] = True
        if dialect in ("chat", "completions"):
            body["stream_options"] = {"include_usage": True}
    return {**body, **asked.extra}


def _chat(asked: Ask) -> _Fields:
    system = [{"role": "system", "content": asked.system}] if asked.system else []
    body: _Fields = {"messages": [*system, *map(_chat_message, asked.messages)]}
    if asked.tools:
        body["tools"] = [{"type": "function", "function": _function(t)} for t in asked.tools]
    if asked.must_call:
        body["tool_choice"] = {"type": "function", "function": {"name": asked.must_call}}
    return body


def _chat_message(message: Message) -> _Fields:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.answers, "content": message.text}
    said: _Fields = {"role": message.role, "content": message.text}
    if message.calls:
        said["tool_calls"] = [
            {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
            for c in message.calls
        ]
    return said


def _completions(asked: Ask) -> _Fields:
    return {"prompt": "\n".join(asked.texts)}


def _responses(asked: Ask) -> _Fields:
    items = [item for message in asked.messages for item in _response_items(message)]
    body: _Fields = {"input": items}
    if asked.system:
        body["instructions"] = asked.system
    if asked.tools:
        body["tools"] = [{"type": "function", **_function(tool)} for tool in asked.tools]
    if asked.must_call:
        body["tool_choice"] = {"type": "function", "name": asked.must_call}
    return body


def _response_items(message: Message) -> list[_Fields]:
    if message.role == "tool":
        output = {"call_id": message.answers, "output": message.text}
        return [{"type": "function_call_output", **output}]
    said = [{"role": message.role, "content": message.text}] if message.text else []
    return [
        *said,
        *(
            {"type": "function_call", "call_id": c.id, "name": c.name, "arguments": c.arguments}
            for c in message.calls
        ),
    ]


def _messages(asked: Ask) -> _Fields:
    body: _Fields = {"messages": [_messages_message(each) for each in asked.messages]}
    if asked.system:
        body["system"] = asked.system
    if asked.tools:
        body["tools"] = [_anthropic_tool(tool) for tool in asked.tools]
    if asked.must_call:
        body["tool_choice"] = {"type": "tool", "name": asked.must_call}
    return body


def _messages_message(message: Message) -> _Fields:
    if message.role == "tool":
        result = {"tool_use_id": message.answers, "content": message.text}
        return {"role": "user", "content": [{"type": "tool_result", **result}]}
    if not message.calls:
        return {"role": message.role, "content": message.text}
    said = [{"type": "text", "text": message.text}] if message.text else []
    uses = [{"type": "tool_use", "id": c.id, "name": c.name, "input": {}} for c in message.calls]
    return {"role": message.role, "content": [*said, *uses]}


def _function(tool: Tool) -> _Fields:
    return {
        "name": tool.name,
        "description": tool.description,
        "parameters": _schema(tool),
    }


def _anthropic_tool(tool: Tool) -> _Fields:
    return {
        "name": tool.name,
        "description": tool.description,
        "input_schema": _schema(tool),
    }


def _schema(tool: Tool) -> _Fields:
    return {"type": "object", "properties": {}, **tool.parameters}


_RENDERERS = {
    "chat": _chat,
    "completions": _completions,
    "responses": _responses,
    "messages": _messages,
}
