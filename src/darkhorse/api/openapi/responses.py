"""Responses: what it takes and answers. Nothing is kept between requests."""

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
from darkhorse.wire.responses.request import ResponsesBody

__all__ = ["RESPONSES_ANSWER", "responses_request"]

_PIECE = either(
    shape({"type": {"enum": ["input_text", "output_text", "reasoning_text"]}, "text": TEXT}),
    shape({"type": {"enum": ["input_image", "input_file", "input_audio", "input_video"]}}),
)
_CONTENT = either(TEXT, array(_PIECE))
_ITEM = either(
    shape(
        {"role": {"enum": ["user", "system", "developer", "assistant"]}, "content": _CONTENT},
        type={"const": "message"},
    ),
    shape(
        {"type": {"const": "function_call"}, "call_id": TEXT, "name": TEXT, "arguments": TEXT},
    ),
    shape({"type": {"const": "function_call_output"}, "call_id": TEXT, "output": _CONTENT}),
    shape({"type": {"const": "reasoning"}}, summary=array(_PIECE), content=array(_PIECE)),
)
_TOOL = shape(
    {"type": {"const": "function"}, "name": {"type": "string", "minLength": 1}},
    description=nullable(TEXT),
    parameters=nullable({"type": "object"}),
    strict=nullable({"type": "boolean"}),
)
_TOOL_CHOICE = either(
    {"enum": ["none", "auto", "required"]}, shape({"type": {"const": "function"}, "name": TEXT})
)
_FORMAT = either(
    shape({"type": {"enum": ["text", "json_object"]}}),
    shape({"type": {"const": "json_schema"}, "name": TEXT, "schema": {"type": "object"}}),
)


def responses_request() -> Schema:
    by_hand = {
        "input": either({"type": "string", "minLength": 1}, array(_ITEM, least=1)),
        "tools": array(_TOOL),
        "tool_choice": _TOOL_CHOICE,
        "text": shape({}, format=nullable(_FORMAT)),
    }
    refused = "background previous_response_id conversation prompt"
    return body_of(ResponsesBody, by_hand, ("model", "input"), without=refused)


RESPONSES_ANSWER = shape(
    {
        "id": TEXT,
        "object": {"const": "response"},
        "created_at": COUNT,
        "completed_at": nullable(COUNT),
        "model": TEXT,
        "status": {"enum": ["completed", "incomplete", "failed"]},
        "output": array(shape({"type": TEXT})),
        "error": {"type": ["object", "null"]},
        "incomplete_details": {"type": ["object", "null"]},
        "instructions": nullable(TEXT),
        "metadata": {"type": ["object", "null"]},
        "parallel_tool_calls": {"type": "boolean"},
        "temperature": {"type": ["number", "null"]},
        "top_p": {"type": ["number", "null"]},
        "presence_penalty": {"type": ["number", "null"]},
        "frequency_penalty": {"type": ["number", "null"]},
        "tool_choice": {},
        "tools": array({"type": "object"}),
    },
    usage={"type": ["object", "null"]},
)
