"""Errors in OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`, and a status."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from darkhorse.base.errors import (
    BodyTimeout,
    BodyTooLarge,
    DarkhorseError,
    UnknownRoute,
    WrongMethod,
)

__all__ = ["error_object", "error_response", "on_exception", "on_http", "on_refusal"]

_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def error_object(error: DarkhorseError) -> dict[str, object]:
    """What stands in an answer, or in the last event of a stream that broke."""
    kind = "server_error" if error.status >= 500 else "invalid_request_error"
    kind = _TYPES.get(error.status, kind)
    return {
        "error": {
            "message": error.message,
            "type": kind,
            "param": None,
            "code": error.error_type,
        }
    }


def error_response(error: DarkhorseError) -> JSONResponse:
    """With `Retry-After` where coming back may help."""
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    if isinstance(error, WrongMethod):
        headers["Allow"] = error.allowed
    if isinstance(error, BodyTooLarge | BodyTimeout):
        headers["Connection"] = "close"  # the rest of it is not read
    return JSONResponse(error_object(error), status_code=error.status, headers=headers)


async def on_refusal(_: Request, error: Exception) -> JSONResponse:
    """One of ours."""
    assert isinstance(error, DarkhorseError)
    return error_response(error)


async def on_http(_: Request, error: Exception) -> JSONResponse:
    """Starlette's own: no such route, or not by this method."""
    assert isinstance(error, HTTPException)
    ours = WrongMethod() if error.status_code == WrongMethod.status else UnknownRoute()
    if error.headers and "Allow" in error.headers:
        ours.allowed = error.headers["Allow"]  # type: ignore[union-attr]
    return error_response(ours)


async def on_exception(_: Request, __: Exception) -> JSONResponse:
    """Nobody expected it; the trace is uvicorn's to log."""
    return error_response(DarkhorseError())
