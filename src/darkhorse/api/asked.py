"""A request's query and body, read into the types that its operation names."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request

from darkhorse.api.asgi import read_body
from darkhorse.api.operation import Operation
from darkhorse.base.errors import DarkhorseError, InvalidRequest, UnsupportedEncoding

__all__ = ["is_form", "read_fields", "read_form", "read_json", "read_query"]

_LONGEST = 400  # characters of an explanation; it may quote what was sent
_MAX_BYTES = 256 * 1024
_MAX_FIELDS = 50
_FORM = "application/x-www-form-urlencoded"


def is_form(request: Request, operation: Operation) -> bool:
    """Did a browser's form send it, and may one?"""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return operation.form is not None and kind == _FORM


def read_query(request: Request, operation: Operation) -> Any:
    """Words that the operation does not know are let pass, as OpenRouter does."""
    if operation.query is None:
        return None
    try:
        return msgspec.convert(dict(request.query_params), operation.query, strict=False)
    except msgspec.ValidationError as e:
        raise _unfit("query", e) from None


async def read_json(request: Request, operation: Operation, patience_s: float) -> Any:
    """Raises InvalidRequest, naming the field, and whatever `read_body` does."""
    if operation.body is None:
        return None
    body = await _read(request, patience_s)
    try:
        body.decode()  # msgspec does not look into strings of fields it passes over
        return msgspec.json.decode(body, type=operation.body)
    except UnicodeDecodeError as e:
        raise InvalidRequest(f"The body is not valid UTF-8 (byte {e.start}).") from None
    except RecursionError:
        raise InvalidRequest("The body is nested too deeply.") from None
    except msgspec.DecodeError as e:
        raise _unfit("body", e) from None


async def read_fields(request: Request, patience_s: float) -> dict[str, str]:
    """What stands in a form. Fields left empty are left out: that is how a form says nothing.

    Browsers end lines with CR LF, and count one character for what the textarea holds.
    """
    body = await _read(request, patience_s)
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise InvalidRequest(f"The form has over {_MAX_FIELDS} fields.") from None
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


def read_form(fields: Mapping[str, str], operation: Operation) -> Any:
    """A form's fields as the body that the operation takes. Raises InvalidRequest."""
    try:
        return msgspec.convert(fields, operation.body, strict=False)
    except msgspec.ValidationError as e:
        raise _unfit("form", e) from None


async def _read(request: Request, patience_s: float) -> bytes:
    if request.headers.get("content-encoding", "identity") not in ("", "identity"):
        raise UnsupportedEncoding
    return await read_body(request.scope, request.receive, limit=_MAX_BYTES, patience_s=patience_s)


def _unfit(part: str, problem: Exception) -> DarkhorseError:
    return InvalidRequest(f"In the {part}: {str(problem)[:_LONGEST]}.".replace("$.", ""))
