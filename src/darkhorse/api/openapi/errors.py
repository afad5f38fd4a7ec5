"""What an operation can go wrong with: our one envelope, a status each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from darkhorse.api.operation import Operation
from darkhorse.base.errors import (
    BodyTimeout,
    BodyTooLarge,
    DarkhorseError,
    Forbidden,
    Internal,
    InvalidRequest,
    Unauthorized,
    UnknownRoute,
    UnsupportedEncoding,
)

__all__ = ["ErrorBody", "responses_of"]


class Metadata(Struct, frozen=True):
    """The same words in every dialect."""

    error_type: str


class Availability(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a model does not answer, and what may be done."""

    code: str
    retryable: bool
    requested_models: tuple[str, ...]
    retry_after: int | None = None
    fallback_models: tuple[str, ...] | None = None


class Error(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`code` is the HTTP status."""

    code: int
    message: str
    metadata: Metadata
    availability: Availability | None = None


class ErrorBody(Struct, frozen=True):
    """The body of every failure."""

    error: Error


_USUAL = {"$ref": "#/components/schemas/ErrorBody"}


def responses_of(operation: Operation, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """By status, as text; `schema` where a dialect has an envelope of its own."""
    content = {"application/json": {"schema": schema or _USUAL}}
    by_status: defaultdict[int, list[type[DarkhorseError]]] = defaultdict(list)
    for error in dict.fromkeys((*operation.errors, *_usual(operation))):
        by_status[error.status].append(error)
    return {
        str(status): {"description": _words(errors), "content": content}
        for status, errors in sorted(by_status.items())
    }


def _words(errors: Iterable[type[DarkhorseError]]) -> str:
    return " Or: ".join(dict.fromkeys(error.default_message for error in errors))


def _usual(operation: Operation) -> list[type[DarkhorseError]]:
    """What befalls any operation of its kind."""
    usual: list[type[DarkhorseError]] = [Internal]
    if operation.access != "open":
        usual.append(Unauthorized)
    if operation.access == "management":
        usual.append(Forbidden)
    if operation.query is not None or operation.body is not None:
        usual.append(InvalidRequest)
    if operation.body is not None or operation.handler is None:
        usual += [InvalidRequest, BodyTimeout, BodyTooLarge, UnsupportedEncoding]
    if "{" in operation.path:
        usual.append(UnknownRoute)  # where a part is empty, or has a slash in it
    return usual
