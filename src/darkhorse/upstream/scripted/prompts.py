"""A prompt as an engine with a vocabulary and a template reads it: a list of native tokens."""

from collections.abc import Iterator

import msgspec

from darkhorse.upstream.scripted.ask import Ask, objects_of, text_of
from darkhorse.upstream.scripted.plant import JsonObject
from darkhorse.upstream.scripted.templates import TEMPLATES, Template
from darkhorse.upstream.scripted.vocabulary import tokenizer

__all__ = ["prompt_tokens", "template_of"]


def template_of(ask: Ask) -> Template:
    return TEMPLATES[ask.shape.template]


def prompt_tokens(ask: Ask) -> list[bytes]:
    """The whole prompt; what the template adds is one token of its own each."""
    template = template_of(ask)
    tokenize = tokenizer(ask.shape.vocabulary, ask.shape.seed)
    messages, tools = objects_of(ask.messages), objects_of(ask.tools)
    said = [*_frame(b"first", template.first)]
    if not any(each.get("role") == "system" for each in messages):
        said += _frame(b"system", template.usual_system)
    if tools:
        said += _frame(b"tools", template.tools)
    for tool in tools:
        said += [*_frame(b"tool", template.tool), *tokenize(msgspec.json.encode(tool).decode())]
    for message in messages:
        said += _message_frame(message, template)
        for text in _texts(message):
            said += tokenize(text)
    return said


def _frame(what: bytes, count: int) -> list[bytes]:
    return [b"<%b %d>" % (what, number) for number in range(count)]


def _message_frame(message: JsonObject, template: Template) -> list[bytes]:
    role = str(message.get("role")).encode()
    extra = template.system if role == b"system" else 0
    return _frame(role, template.message + extra) + _frame(b"media", template.media) * _media(
        message
    )


def _media(message: JsonObject) -> int:
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    return sum(isinstance(part, dict) and "text" not in part for part in parts)


def _texts(message: JsonObject) -> Iterator[str]:
    """What it says, thought before and called."""
    for name in ("reasoning_content", "reasoning"):
        if isinstance(thought := message.get(name), str):
            yield thought
    yield text_of(message.get("content"))
    if calls := message.get("tool_calls"):
        yield msgspec.json.encode(calls).decode()
