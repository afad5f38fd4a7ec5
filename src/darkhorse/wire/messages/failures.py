"""Anthropic's words for what went wrong, and the statuses they stand for."""

from collections.abc import Mapping
from typing import Any

import msgspec

from darkhorse.base.errors import DarkhorseError

__all__ = ["STATUSES", "error_body", "error_object"]

_TYPES: Mapping[int, str] = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
}

STATUSES: Mapping[str, int] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""What an engine means by its error's type (docs.anthropic.com/en/api/errors)."""

_encode = msgspec.json.Encoder().encode


def error_object(error: DarkhorseError) -> dict[str, Any]:
    """An error as both a body and an event say it."""
    usual = "api_error" if error.status >= 500 else "invalid_request_error"
    told = {
        "type": _TYPES.get(error.status, usual),
        "message": error.message,
        "error_type": error.error_type,
    }
    return {"type": "error", "error": told}


def error_body(error: DarkhorseError, request_id: str = "") -> bytes:
    """The JSON of a failure that was not streamed."""
    return _encode({**error_object(error), "request_id": request_id or None})
