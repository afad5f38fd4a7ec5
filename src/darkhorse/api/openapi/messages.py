"""Messages and the counting of their tokens: what they take and answer, and their own errors."""

from darkhorse.api.openapi.shapes import (
    COUNT,
    TEXT,
    Schema,
    array,
    body_of,
    either,
    nullable,
    shape,
)
from darkhorse.wire.messages.request import MessagesBody

__all__ = ["COUNT_ANSWER", "MESSAGES_ANSWER", "MESSAGES_ERROR", "count_request", "messages_request"]

_TEXT_BLOCK = shape({"type": {"const": "text"}, "text": TEXT})
_SOURCE = either(
    shape({"type": {"const": "base64"}, "media_type": TEXT, "data": TEXT}),
    shape({"type": {"const": "url"}, "url": TEXT}),
)
_BLOCK = either(
    _TEXT_BLOCK,
    shape({"type": {"enum": ["image", "document"]}, "source": _SOURCE}),
    shape({"type": {"const": "tool_use"}, "id": TEXT, "name": TEXT, "input": {"type": "object"}}),
    shape(
        {"type": {"const": "tool_result"}, "tool_use_id": TEXT},
        content=either(TEXT, array(_TEXT_BLOCK)),
        is_error={"type": "boolean"},
    ),
    shape({"type": {"const": "thinking"}, "thinking": TEXT}, signature=TEXT),
)
_MESSAGE = shape(
    {
        "role": {"enum": ["user", "assistant"]},
        "content": either({"type": "string", "minLength": 1}, array(_BLOCK, least=1)),
    }
)
_TOOL = shape(
    {"name": {"type": "string", "minLength": 1}, "input_schema": {"type": "object"}},
    description=TEXT,
)
_FORMAT = shape({"type": {"const": "json_schema"}, "schema": {"type": "object"}})
_BY_HAND = {
    "messages": array(_MESSAGE, least=1),
    "system": either(TEXT, array(_TEXT_BLOCK)),
    "tools": array(_TOOL),
    "output_config": shape(
        {}, effort={"enum": ["low", "medium", "high", "xhigh", "max"]}, format=nullable(_FORMAT)
    ),
    "output_format": nullable(_FORMAT),
}


def messages_request() -> Schema:
    by_hand = {**_BY_HAND, "max_tokens": {"type": "integer", "minimum": 1}}
    return body_of(MessagesBody, by_hand, ("model", "max_tokens", "messages"))


def count_request() -> Schema:
    return body_of(MessagesBody, _BY_HAND, ("model", "messages"))


COUNT_ANSWER = shape({"input_tokens": COUNT})
MESSAGES_ANSWER = shape(
    {
        "id": TEXT,
        "type": {"const": "message"},
        "role": {"const": "assistant"},
        "model": TEXT,
        "content": array(shape({"type": {"enum": ["text", "thinking", "tool_use"]}})),
        "stop_reason": nullable(TEXT),
        "stop_sequence": nullable(TEXT),
        "usage": shape({"input_tokens": COUNT, "output_tokens": COUNT}),
    }
)
MESSAGES_ERROR = shape(
    {
        "type": {"const": "error"},
        "error": shape({"type": TEXT, "message": TEXT, "error_type": TEXT}),
        "request_id": nullable(TEXT),
    }
)
