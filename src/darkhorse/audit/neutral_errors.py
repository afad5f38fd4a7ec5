"""The errors of an API that tells nothing: statuses, words for them, and their shapes.

Written from docs/calling.md and the OpenAPI document, which any client can read.
"""

from collections.abc import Mapping

__all__ = ["BEHIND", "PASSING", "SHAPES", "STATUSES", "TYPES"]

STATUSES: Mapping[int, frozenset[str]] = {
    400: frozenset({"invalid_request", "context_length_exceeded", "token_limit_exceeded"}),
    401: frozenset({"authentication"}),
    402: frozenset({"payment_required"}),
    403: frozenset({"permission_denied"}),
    404: frozenset({"not_found"}),
    405: frozenset({"invalid_request"}),
    408: frozenset({"timeout"}),
    409: frozenset({"precondition_failed"}),
    413: frozenset({"payload_too_large"}),
    415: frozenset({"invalid_request"}),
    422: frozenset({"unprocessable"}),
    429: frozenset({"rate_limit_exceeded"}),
    431: frozenset({"invalid_request"}),
    500: frozenset({"server"}),
    502: frozenset({"provider_unavailable"}),
    503: frozenset({"provider_overloaded"}),
    504: frozenset({"timeout"}),
}
"""Status → what `error_type` may be with it."""

TYPES = frozenset().union(*STATUSES.values())

PASSING = frozenset({429, 503, 504})
"""What a good request may meet as well: they tell of the moment, not of the request."""

BEHIND = frozenset({422, 502})
"""What a good request may meet where the model itself fails."""

_OPEN_ROUTER = frozenset(
    {
        *("error", "error.code", "error.message", "error.metadata", "error.metadata.error_type"),
        *("error.availability", "error.availability.code", "error.availability.retryable"),
        *("error.availability.requested_models", "error.availability.requested_models[]"),
        *("error.availability.fallback_models", "error.availability.fallback_models[]"),
        "error.availability.retry_after",
    }
)
_ANTHROPIC = frozenset(
    {"type", "request_id", "error", "error.type", "error.message", "error.error_type"}
)
_LAST_CHUNK = frozenset(
    {
        *("id", "object", "created", "model", "provider", "choices", "choices[]"),
        *("choices[].index", "choices[].delta", "choices[].delta.content", "choices[].text"),
        *("choices[].finish_reason", "choices[].native_finish_reason", "choices[].logprobs"),
        "system_fingerprint",
    }
)
SHAPES: Mapping[str, frozenset[str]] = {
    "chat": _OPEN_ROUTER,
    "completions": _OPEN_ROUTER,
    "responses": _OPEN_ROUTER,
    "messages": _ANTHROPIC,
    "stream": _OPEN_ROUTER | _LAST_CHUNK,
}
"""Dialect → the paths that an error may have; `stream`: chat's last event where one broke."""
