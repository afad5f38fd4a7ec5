"""Error objects, usage objects and words of refusal, by family."""

from collections.abc import Mapping
from typing import Any

from darkhorse.upstream.scripted.imitations.house import Counts, Error, JsonObject, Why, Words

__all__ = [
    "ANTHROPIC_WORDS",
    "ENGINE_WORDS",
    "OPENAI_WORDS",
    "PYDANTIC_WORDS",
    "anthropic_error",
    "anthropic_usage",
    "bare_usage",
    "cached_usage",
    "detail_error",
    "flat_error",
    "full_usage",
    "google_error",
    "message_error",
    "numbered_error",
    "openai_error",
    "string_error",
]


# --- errors ---


def openai_error(error: Error) -> JsonObject:
    """OpenAI's, and most others'."""
    told = {"message": error.message, "type": error.kind, "param": error.param, "code": error.code}
    return {"error": told}


def flat_error(error: Error) -> JsonObject:
    """vLLM of old, SGLang, Mistral: no envelope."""
    told = {"object": "error", "message": error.message, "type": error.kind}
    return {**told, "param": error.param, "code": error.code or error.status}


def anthropic_error(error: Error) -> JsonObject:
    told = {"type": error.kind, "message": error.message}
    return {"type": "error", "error": told, "request_id": error.id}


def google_error(error: Error) -> Any:
    """Google's, in a list, as its OpenAI dialect gives it."""
    return [{"error": {"code": error.status, "message": error.message, "status": error.kind}}]


def numbered_error(error: Error) -> JsonObject:
    """llama.cpp, z.ai, OpenRouter: a code, a message, now and then a type."""
    told = {"code": error.code or error.status, "message": error.message}
    return {"error": {**told, "type": error.kind} if error.kind else told}


def message_error(error: Error) -> JsonObject:
    """Bedrock, Cohere."""
    return {"message": error.message}


def string_error(error: Error) -> JsonObject:
    """xAI."""
    return {"code": error.kind, "error": error.message}


def detail_error(error: Error) -> JsonObject:
    """FastAPI's own."""
    where = ["body", *([error.param] if error.param else [])]
    return {"detail": [{"type": error.kind, "loc": where, "msg": error.message, "input": None}]}


# --- words ---

_BAD = "invalid_request_error"
OPENAI_WORDS: Mapping[Why, Words] = {
    "key": ("Incorrect API key provided: {value}.", _BAD, "invalid_api_key"),
    "model": (
        "The model `{value}` does not exist or you do not have access to it.",
        _BAD,
        "model_not_found",
    ),
    "range": (
        (
            "Invalid '{name}': number out of bounds. Expected a value between {low} and {high}, "
            "but got {value} instead."
        ),
        _BAD,
        "decimal_out_of_bounds",
    ),
    "type": (
        "Invalid type for '{name}': expected a decimal, but got {value} instead.",
        _BAD,
        "invalid_type",
    ),
    "unknown": ("Unrecognized request argument supplied: {name}", _BAD, None),
    "empty": (
        (
            "Invalid '{name}': empty array. Expected an array with minimum length 1, but got an "
            "empty array instead."
        ),
        _BAD,
        "empty_array",
    ),
    "context": (
        (
            "This model's maximum context length is {context} tokens. However, your messages "
            "resulted in {asked} tokens. Please reduce the length of the messages."
        ),
        _BAD,
        "context_length_exceeded",
    ),
    "json": ("We could not parse the JSON body of your request.", _BAD, None),
    "path": ("Invalid URL ({value})", _BAD, None),
}
ANTHROPIC_WORDS: Mapping[Why, Words] = {
    "key": ("invalid x-api-key", "authentication_error", None),
    "model": ("model: {value}", "not_found_error", None),
    "range": ("{name}: range: {low}..{high}", _BAD, None),
    "type": ("{name}: Input should be a valid number", _BAD, None),
    "unknown": ("{name}: Extra inputs are not permitted", _BAD, None),
    "empty": ("messages: at least one message is required", _BAD, None),
    "context": ("prompt is too long: {asked} tokens > {context} maximum", _BAD, None),
    "json": ("The request body is not valid JSON: expected value", _BAD, None),
    "path": ("Not Found", "not_found_error", None),
}
_REQUEST = "BadRequestError"
ENGINE_WORDS: Mapping[Why, Words] = {
    "key": ("Unauthorized", "AuthenticationError", 401),
    "model": ("The model `{value}` does not exist.", "NotFoundError", 404),
    "range": ("{name} must be in [{low}, {high}], got {value}.", _REQUEST, 400),
    "type": (
        (
            "1 validation error: {{'type': 'float_parsing', 'loc': ('body', '{name}'), 'msg': "
            "'Input should be a valid number', 'input': '{value}'}}"
        ),
        _REQUEST,
        400,
    ),
    "unknown": ("Extra inputs are not permitted: {name}", _REQUEST, 400),
    "empty": ("list index out of range", _REQUEST, 400),
    "context": (
        (
            "This model's maximum context length is {context} tokens. However, you requested "
            "{total} tokens ({asked} in the messages, {answer} in the completion). Please reduce "
            "the length of the messages or completion."
        ),
        _REQUEST,
        400,
    ),
    "json": ("There was an error parsing the body", _REQUEST, 400),
    "path": ("Not Found", "NotFoundError", 404),
}
PYDANTIC_WORDS: Mapping[Why, Words] = {
    "range": ("Input should be between {low} and {high}", "value_error", None),
    "type": ("Input should be a valid number", "float_parsing", None),
    "unknown": ("Extra inputs are not permitted", "extra_forbidden", None),
    "empty": ("List should have at least 1 item after validation, not 0", "too_short", None),
}


# --- usage ---


def bare_usage(counts: Counts) -> JsonObject:
    return {
        "prompt_tokens": counts.prompt,
        "completion_tokens": counts.completion,
        "total_tokens": counts.total,
    }


def cached_usage(counts: Counts) -> JsonObject:
    return {**bare_usage(counts), "prompt_tokens_details": {"cached_tokens": counts.cached}}


def full_usage(counts: Counts) -> JsonObject:
    """OpenAI's."""
    zeros = {"audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}
    return {
        **bare_usage(counts),
        "prompt_tokens_details": {"cached_tokens": counts.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": counts.reasoning, **zeros},
    }


def anthropic_usage(counts: Counts) -> JsonObject:
    """What was read of the cache is not among the input."""
    return {
        "input_tokens": counts.prompt - counts.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": counts.cached,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": counts.completion,
        "service_tier": "standard",
    }
