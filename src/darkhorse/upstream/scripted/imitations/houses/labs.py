"""Labs' own APIs."""

from collections.abc import Mapping

from darkhorse.upstream.scripted.imitations.house import (
    USUAL_RANGES,
    Counts,
    House,
    JsonObject,
    Why,
    Words,
)
from darkhorse.upstream.scripted.imitations.shapes import (
    ANTHROPIC_WORDS,
    PYDANTIC_WORDS,
    anthropic_error,
    anthropic_usage,
    bare_usage,
    flat_error,
    full_usage,
    google_error,
    message_error,
    openai_error,
    string_error,
)

__all__ = ["ANTHROPIC", "LABS", "OPENAI"]

_EDGE = (("cf-cache-status", "DYNAMIC"), ("server", "cloudflare"), ("cf-ray", "{hex16}-FRA"))
_BAD = "invalid_request_error"

OPENAI = House(
    name="openai",
    help="OpenAI's chat completions: `fp_…`, `service_tier`, `obfuscation`, 29 behind `chatcmpl-`.",
    model="gpt-5.2-2025-12-11",
    maker="OpenAI",
    known="o200k",
    block=128,
    context=400_000,
    headers=(
        ("openai-organization", "user-{lower24}"),
        ("openai-processing-ms", "{ms}"),
        ("openai-project", "proj_{alnum24}"),
        ("openai-version", "2020-10-01"),
        ("x-envoy-upstream-service-time", "{ms}"),
        ("x-ratelimit-limit-requests", "10000"),
        ("x-ratelimit-remaining-tokens", "1999{digits3}"),
        ("x-request-id", "req_{hex32}"),
        *_EDGE,
    ),
    after={"service_tier": "default", "system_fingerprint": "fp_a4b53b1c02"},
    chunk={"obfuscation": "{alnum12}"},
    message={"refusal": None, "annotations": []},
    delta={"refusal": None},
    thinks="hidden",
    usage=full_usage,
    strict=True,
    shape=openai_error,
)


def _xai_usage(counts: Counts) -> JsonObject:
    text = {"text_tokens": counts.prompt, "audio_tokens": 0, "image_tokens": 0}
    details = {**text, "cached_tokens": counts.cached}
    ticks = {"num_sources_used": 0, "cost_in_usd_ticks": counts.total * 15_000}
    return {**full_usage(counts), "prompt_tokens_details": details, **ticks}


def _cohere_usage(counts: Counts) -> JsonObject:
    billed: JsonObject = {"input_tokens": counts.prompt, "output_tokens": counts.completion}
    tokens = {"tokens": {**billed, "input_tokens": counts.prompt + 496}}
    return {**bare_usage(counts), "billed_units": billed, **tokens}


ANTHROPIC = House(
    name="anthropic",
    help="Anthropic's messages: `msg_`, `toolu_`, `end_turn`, `cache_creation`, several words a "
    "delta.",
    model="claude-opus-4-6",
    maker="Anthropic",
    speaks="messages",
    known="claude3",
    frame=7,
    tool_frame=346,
    end=4,
    block=1024,
    context=200_000,
    piece=5,
    id="msg_01{alnum22}",
    call_id="toolu_01{alnum22}",
    headers=(
        ("anthropic-organization-id", "{uuid}"),
        ("anthropic-ratelimit-input-tokens-limit", "2000000"),
        ("anthropic-ratelimit-requests-remaining", "3999"),
        ("request-id", "req_011{alnum21}"),
        ("via", "1.1 google"),
        *_EDGE,
    ),
    thinks="reasoning",
    usage=lambda counts: {**anthropic_usage(counts), "inference_geo": "global"},
    ranges={"temperature": (0, 1), "top_p": (0, 1), "top_k": (0, 500), "max_tokens": (1, 64_000)},
    strict=True,
    words=ANTHROPIC_WORDS,
    shape=anthropic_error,
)

_GOOGLE: Mapping[Why, Words] = {
    "key": ("API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT", None),
    "range": ("{name} must be in the range [{low}, {high}].", "INVALID_ARGUMENT", None),
    "type": ("Invalid value at '{name}' (TYPE_FLOAT), \"{value}\"", "INVALID_ARGUMENT", None),
    "empty": ("contents is not specified", "INVALID_ARGUMENT", None),
    "model": (
        (
            "models/{value} is not found for API version v1main, or is not supported for "
            "generateContent. Call ListModels to see the list of available models."
        ),
        "NOT_FOUND",
        None,
    ),
    "context": (
        "The input token count ({asked}) exceeds the maximum number of tokens allowed ({context}).",
        "INVALID_ARGUMENT",
        None,
    ),
    "path": ("Requested entity was not found.", "NOT_FOUND", None),
}

LABS: tuple[House, ...] = (
    OPENAI,
    ANTHROPIC,
    House(
        name="gemini",
        help="Gemini in OpenAI's dialect: ids of 22, big pieces, usage in every chunk, no cache.",
        model="gemini-3-pro-preview",
        maker="Google",
        known="gemma3",
        frame=0,
        context=1_048_576,
        piece=24,
        id="{url22}",
        call_id="function-call-{digits19}",
        headers=(
            ("server", "scaffolding on HTTPServer2"),
            ("server-timing", "gfet4t7; dur={ms}"),
            ("x-xss-protection", "0"),
            ("x-frame-options", "SAMEORIGIN"),
            ("alt-svc", 'h3=":443"; ma=2592000,h3-29=":443"; ma=2592000'),
        ),
        stream_type="text/event-stream",
        choice={},
        role="each",
        thinks="hidden",
        usage=bare_usage,
        usage_in="every",
        counts_answer=False,
        words=_GOOGLE,
        statuses={"key": 400},
        shape=google_error,
    ),
    House(
        name="xai",
        help="xAI: a bare uuid, `call_` and eight digits, `cost_in_usd_ticks`, a flat error.",
        model="grok-4-1-fast-reasoning",
        maker="xAI",
        known="grok4",
        frame=147,
        block=64,
        context=2_000_000,
        id="{uuid}",
        call_id="call_{digits8}",
        headers=(("x-request-id", "{uuid}"), ("x-zero-data-retention", "false"), *_EDGE),
        stream_type="text/event-stream",
        after={"system_fingerprint": "fp_174298dd8e"},
        message={"refusal": None},
        choice={},
        role="each",
        thinks="reasoning_content",
        usage=_xai_usage,
        words={
            "key": (
                (
                    "Incorrect API key provided: {value}. You can obtain an API key from "
                    "https://console.x.ai."
                ),
                "Client specified an invalid argument",
                None,
            ),
            "model": (
                "The model {value} does not exist or your team does not have access to it.",
                "Some requested entity was not found",
                None,
            ),
            "range": (
                "Invalid value for {name}: {value}. It must be between {low} and {high}.",
                "Client specified an invalid argument",
                None,
            ),
            "context": (
                (
                    "This model's maximum prompt length is {context} but the request contains "
                    "{asked} tokens; its context window is full."
                ),
                "Client specified an invalid argument",
                None,
            ),
        },
        statuses={"key": 400, "type": 422},
        shape=string_error,
    ),
    House(
        name="mistral",
        help="Mistral: 32 hex, calls of nine characters, several tokens a delta, usage in the last "
        "chunk, 422 for what is wrong.",
        model="mistral-large-2512",
        maker="Mistral AI",
        known="tekken",
        frame=3,
        context=256_000,
        piece=4,
        id="{hex32}",
        call_id="{alnum9}",
        headers=(
            ("mistral-correlation-id", "{uuid}"),
            ("x-kong-request-id", "{uuid}"),
            ("x-envoy-upstream-service-time", "{ms}"),
            ("ratelimitbysize-limit", "2000000"),
            *_EDGE,
        ),
        choice={},
        usage=bare_usage,
        usage_in="last",
        strict=True,
        ranges={**USUAL_RANGES, "temperature": (0, 1.5)},
        words={
            **PYDANTIC_WORDS,
            "key": ("Unauthorized", "unauthorized", None),
            "model": ("Invalid model: {value}", "invalid_model", "1500"),
            "context": (
                (
                    "Prompt contains {asked} tokens and 0 draft tokens, too large for model with "
                    "{context} maximum context length"
                ),
                "invalid_request_message",
                "3051",
            ),
        },
        statuses={"model": 400, "range": 422, "type": 422, "unknown": 422, "empty": 422},
        shape=flat_error,
    ),
    House(
        name="cohere",
        help="Cohere: `COMPLETE`, `billed_units`, headers that count characters and tokens.",
        model="command-a-03-2025",
        maker="Cohere",
        known="command",
        frame=3,
        context=256_000,
        id="{uuid}",
        call_id="NAME_{lower12}",
        headers=(
            ("num_chars", "{digits4}"),
            ("num_tokens", "{digits3}"),
            ("x-api-warning", "none"),
            ("x-debug-trace-id", "{hex32}"),
            ("x-endpoint-monthly-call-limit", "1000"),
            ("server", "envoy"),
        ),
        choice={},
        finishes={"stop": "COMPLETE", "length": "MAX_TOKENS", "tool_calls": "TOOL_CALL"},
        usage=_cohere_usage,
        ranges={**USUAL_RANGES, "temperature": (0, 1), "top_p": (0.01, 0.99)},
        words={
            "key": ("invalid api token", "", None),
            "model": (
                (
                    "model '{value}' not found, make sure the correct model ID was used and that "
                    "you have access to the model."
                ),
                "",
                None,
            ),
            "range": ("invalid request: {name} must be between {low} and {high} inclusive", "", 0),
            "empty": ("invalid request: messages must not be empty.", "", None),
            "context": (
                (
                    "too many tokens: total number of tokens in the prompt cannot exceed {context} "
                    "- received {asked}."
                ),
                "",
                None,
            ),
        },
        shape=message_error,
    ),
)
