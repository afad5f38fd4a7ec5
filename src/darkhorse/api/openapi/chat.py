"""Chat completions, text completions and embeddings: what they take and answer."""

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
from darkhorse.wire.chat.request import ChatBody
from darkhorse.wire.completions.request import CompletionsBody
from darkhorse.wire.embeddings.request import MOST_INPUTS, EmbeddingsBody

__all__ = [
    "CHAT_ANSWER",
    "COMPLETIONS_ANSWER",
    "EMBEDDINGS_ANSWER",
    "FINISH",
    "chat_request",
    "completions_request",
    "embeddings_request",
]

FINISH: Schema = {"enum": ["stop", "length", "tool_calls", "content_filter", "error", None]}

_MEDIA: Schema = {"enum": ["image_url", "input_audio", "video_url", "file"]}
_PART = either(
    shape({"type": {"const": "text"}, "text": TEXT}),
    shape({"type": _MEDIA}, image_url={}, input_audio={}, video_url={}, file={}),
)
_CALL = shape(
    {"id": TEXT, "function": shape({"name": TEXT, "arguments": TEXT})}, type={"const": "function"}
)
_MESSAGE = shape(
    {"role": {"enum": ["system", "developer", "user", "assistant", "tool", "function"]}},
    content=either(TEXT, array(_PART), {"type": "null"}),
    name=TEXT,
    reasoning=nullable(TEXT),
    reasoning_details=array({"type": "object"}),
    tool_calls=array(_CALL),
    tool_call_id=TEXT,
)
_FUNCTION = shape(
    {"name": {"type": "string", "minLength": 1}},
    description=TEXT,
    parameters={"type": "object", "description": "A JSON Schema."},
    strict={"type": "boolean"},
)
_TOOL = shape({"type": {"const": "function"}, "function": _FUNCTION})
_TOOL_CHOICE = either(
    {"enum": ["none", "auto", "required"]},
    shape({"type": {"const": "function"}, "function": shape({"name": TEXT})}),
)
_JSON_SCHEMA = shape(
    {"name": TEXT, "schema": {"type": "object"}},
    strict=nullable({"type": "boolean"}),
)
_RESPONSE_FORMAT = either(
    shape({"type": {"enum": ["text", "json_object"]}}),
    shape({"type": {"const": "json_schema"}, "json_schema": _JSON_SCHEMA}),
)
_USAGE = shape({"prompt_tokens": COUNT, "completion_tokens": COUNT, "total_tokens": COUNT})
_SOME_TEXT: Schema = {"type": "string", "minLength": 1}


def chat_request() -> Schema:
    by_hand = {
        "messages": array(_MESSAGE, least=1),
        "tools": array(_TOOL),
        "tool_choice": _TOOL_CHOICE,
        "response_format": _RESPONSE_FORMAT,
    }
    return body_of(ChatBody, by_hand, ("model", "messages"))


CHAT_ANSWER = shape(
    {
        "id": TEXT,
        "object": {"const": "chat.completion"},
        "created": COUNT,
        "model": TEXT,
        "provider": {"const": "Stealth"},
        "system_fingerprint": {"type": "string", "const": ""},
        "choices": array(
            shape(
                {
                    "index": COUNT,
                    "finish_reason": FINISH,
                    "native_finish_reason": FINISH,
                    "logprobs": {"type": "null"},
                    "message": shape(
                        {
                            "role": {"const": "assistant"},
                            "content": nullable(TEXT),
                            "refusal": nullable(TEXT),
                            "reasoning": nullable(TEXT),
                        },
                        tool_calls=array(_CALL, least=1),
                        reasoning_details=array({"type": "object"}),
                    ),
                }
            ),
            least=1,
        ),
    },
    usage=_USAGE,
)


def completions_request() -> Schema:
    one = {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 1}
    by_hand = {"prompt": either(TEXT, one)}
    return body_of(CompletionsBody, by_hand, ("model", "prompt"), without="echo suffix logprobs")


COMPLETIONS_ANSWER = shape(
    {
        "id": TEXT,
        "object": {"const": "text_completion"},
        "created": COUNT,
        "model": TEXT,
        "choices": array(shape({"index": COUNT, "text": TEXT, "finish_reason": FINISH}), least=1),
    },
    usage=_USAGE,
)


def embeddings_request() -> Schema:
    some: Schema = {
        "type": "array",
        "items": _SOME_TEXT,
        "minItems": 1,
        "maxItems": MOST_INPUTS,
    }
    return body_of(EmbeddingsBody, {"input": either(_SOME_TEXT, some)}, ("model", "input"))


_VECTOR = either(
    array({"type": "number"}), {"type": "string", "description": "Base64 of 32-bit floats."}
)
EMBEDDINGS_ANSWER = shape(
    {
        "object": {"const": "list"},
        "model": TEXT,
        "data": array(
            shape({"object": {"const": "embedding"}, "index": COUNT, "embedding": _VECTOR})
        ),
    },
    id=TEXT,
    usage=shape({"prompt_tokens": COUNT, "total_tokens": COUNT}),
)
