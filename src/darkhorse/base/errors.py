"""Every error a client can be told, in one tree.

    DarkhorseError
    ├── ClientError                   the request will not work as it is: 4xx, do not retry
    │   ├── InvalidRequest        400 bad JSON, a wrong type, a value out of range
    │   ├── UnknownModel          400 no listing of that name
    │   ├── ContextExceeded       400 the prompt is longer than the listing takes
    │   ├── RejectedByModel       400 the model refused this body for good
    │   ├── OverLimit             400 asks for more at once than its limits ever allow
    │   ├── Unauthorized          401 no key, or one we do not know
    │   ├── PaymentRequired       402 the key has spent what it may
    │   ├── Forbidden             403 a key of the wrong kind
    │   ├── UnknownRoute          404 nothing lives at this path
    │   ├── ModelDeprecated       404 the listing was there and is retired
    │   ├── UnsupportedByListing  404 the listing does not take what was asked of it
    │   ├── WrongMethod           405 the path exists, the verb does not
    │   ├── BodyTimeout           408 the body did not arrive in time
    │   ├── Conflict              409 it would contradict what is there
    │   ├── BodyTooLarge          413 the body is over the limit
    │   ├── UnsupportedEncoding   415 a compressed body
    │   ├── UnfitAnswer           422 the answer does not hold the schema or tool it was asked for
    │   └── HeadersTooLarge       431 headers over the limit
    ├── RateLimited               429 busy; come back after `retry_after`
    └── ServerError                   not the client's doing: 5xx, retry
        ├── Internal              500 unknown; the text never says more
        ├── BadUpstream           502 the model's answer was broken
        ├── Unavailable           503 no endpoint just now; come back after `retry_after`
        │   ├── Draining          503 this server is shutting down
        │   └── LedgerUnavailable 503 the record cannot be written, so nothing is generated
        ├── UpstreamTimeout       504 the model took too long
        └── ClientGone            499 nobody is listening; only ever in the record

`message` is ours and may be shown; whatever an upstream said stays in the private ledger.
The SDKs retry every 5xx for up to an hour, so a condition that will not pass by itself is 4xx.
"""

from typing import ClassVar

__all__ = [
    "BadUpstream",
    "BodyTimeout",
    "BodyTooLarge",
    "ClientError",
    "ClientGone",
    "ConfigError",
    "Conflict",
    "ContextExceeded",
    "DarkhorseError",
    "Draining",
    "Forbidden",
    "HeadersTooLarge",
    "Internal",
    "InvalidRequest",
    "LedgerUnavailable",
    "ModelDeprecated",
    "NoEndpoints",
    "OverLimit",
    "PaymentRequired",
    "PrivacyRestricted",
    "RateLimited",
    "RejectedByModel",
    "ServerError",
    "Unauthorized",
    "Unavailable",
    "UnfitAnswer",
    "UnknownModel",
    "UnknownRoute",
    "UnsupportedByListing",
    "UnsupportedEncoding",
    "UpstreamTimeout",
    "WrongMethod",
    "whereabouts",
]


class ConfigError(Exception):
    """The operator's mistake: one sentence that says what is wrong and what to do."""


class DarkhorseError(Exception):
    """Base of what may be told to a client: status, stable `error_type`, and a text of our own."""

    status: ClassVar[int] = 500
    error_type: ClassVar[str] = "server"
    default_message: ClassVar[str] = "Something went wrong on our side."
    availability: ClassVar[str | None] = None  # OpenRouter's `error.availability.code`
    default_retry_after: ClassVar[int | None] = None
    requested: str | None = None  # the model's name as the client wrote it

    fallbacks: tuple[str, ...] = ()  # what may be asked instead; clients choose, we never redirect
    quota: tuple[tuple[bytes, bytes], ...] = ()  # X-RateLimit-* headers, where a limit refused
    limited: str = ""  # whose limit refused: "key", "address", "listing", …

    def __init__(
        self,
        message: str | None = None,
        *,
        retry_after: int | None = None,
        fallbacks: tuple[str, ...] = (),
    ) -> None:
        self.fallbacks = fallbacks
        self.message = message or self.default_message
        self.retry_after = retry_after if retry_after is not None else self.default_retry_after
        super().__init__(self.message)


class ClientError(DarkhorseError):
    """4xx: sending the same again will fail again."""

    status = 400
    error_type = "invalid_request"
    default_message = "The request is not valid."


class InvalidRequest(ClientError):
    """400: the body cannot be understood."""


class UnknownModel(ClientError):
    """400: no listing answers to this name."""

    availability = "model_not_found"
    default_message = "No model of that name is listed here; GET /api/v1/models shows what is."


class ContextExceeded(ClientError):
    """400: over the listing's public context."""

    error_type = "context_length_exceeded"
    default_message = "The prompt is longer than this model's context. Shorten the conversation."


class RejectedByModel(ClientError):
    """400: a permanent refusal by the upstream, in our words."""

    default_message = "The model could not take this request as it is."


class OverLimit(ClientError):
    """400: more at once than a limit allows, however long the client waits."""

    error_type = "token_limit_exceeded"
    default_message = "This asks for more tokens at once than its limit allows."


class Unauthorized(ClientError):
    """401: who is asking?"""

    status = 401
    error_type = "authentication"
    default_message = "No valid key. Send it as `Authorization: Bearer <key>`."


class PaymentRequired(ClientError):
    """402: the key's allowance is spent."""

    status = 402
    error_type = "payment_required"
    default_message = "This key has spent what it may."


class Forbidden(ClientError):
    """403: a valid key that may not do this."""

    status = 403
    error_type = "permission_denied"
    default_message = "This key may not do that."


class UnknownRoute(ClientError):
    """404: no such path."""

    status = 404
    error_type = "not_found"
    default_message = "Nothing lives at this path."


class ModelDeprecated(ClientError):
    """404: the listing has ended. Not 410: OpenRouter's clients know it as this."""

    status = 404
    error_type = "not_found"
    availability = "model_deprecated"
    default_message = "This model's trial has ended; GET /api/v1/models shows what is live."


class UnsupportedByListing(ClientError):
    """404: the listing exists but does not do this (tools, images, …)."""

    status = 404
    error_type = "not_found"
    availability = "constraint_filtered"
    default_message = "This model does not take what the request asks for."


class NoEndpoints(ClientError):
    """404: the listing exists, and what the request says of providers leaves nobody to answer."""

    status = 404
    error_type = "not_found"
    availability = "constraint_filtered"
    default_message = "No endpoints found that can answer with these `provider` preferences."


class PrivacyRestricted(NoEndpoints):
    """404: everything sent to a listing is logged, and the request does not want that."""

    availability = "privacy_restricted"
    default_message = (
        "No endpoints found matching your data policy: everything sent to this model is logged. "
        'Leave out `zdr` and `data_collection: "deny"` to use it all the same.'
    )


class WrongMethod(ClientError):
    """405: another verb is needed."""

    status = 405
    default_message = "This path does not take that method."
    allowed: str = "POST"  # methods it does take, for the header that says so


class BodyTimeout(ClientError):
    """408: the body stalled on its way in."""

    status = 408
    error_type = "timeout"
    default_message = "The request body did not arrive in time."


class Conflict(ClientError):
    """409: it would contradict what is there."""

    status = 409
    error_type = "precondition_failed"
    default_message = "That contradicts what is there already."


class BodyTooLarge(ClientError):
    """413: over the body limit."""

    status = 413
    error_type = "payload_too_large"
    default_message = "The request body is over the size limit."


class UnsupportedEncoding(ClientError):
    """415: we read plain bodies only."""

    status = 415
    default_message = "Send the body uncompressed, without Content-Encoding."


class UnfitAnswer(ClientError):
    """422: the answer is not of the form that was asked for.

    Not 5xx: SDKs would try again for an hour what has been tried again already.
    """

    status = 422
    error_type = "unprocessable"
    default_message = "The model's answer did not fit what was asked of it."


class HeadersTooLarge(ClientError):
    """431: headers without end."""

    status = 431
    default_message = "The request's headers are over the size limit."


class RateLimited(DarkhorseError):
    """429: too much just now, here or behind us."""

    status = 429
    error_type = "rate_limit_exceeded"
    availability = "capacity_exhausted"
    default_message = "The model is busy; try again shortly."
    default_retry_after = 5


class ServerError(DarkhorseError):
    """5xx: nothing the client did."""


class Internal(ServerError):
    """500: an exception nobody expected. The text is fixed; the trace goes to the error log."""


class BadUpstream(ServerError):
    """502: the answer made no sense."""

    status = 502
    error_type = "provider_unavailable"
    default_message = "The model did not give a usable answer."


class Unavailable(ServerError):
    """503: no endpoint can take this now."""

    status = 503
    error_type = "provider_overloaded"
    availability = "temporarily_unavailable"
    default_message = "The model is not available just now."
    default_retry_after = 10


class Draining(Unavailable):
    """503: shutting down; another server, or the next start, will answer."""

    default_message = "This server is shutting down."


class LedgerUnavailable(Unavailable):
    """503: no record, no generation."""

    default_message = "Requests cannot be recorded just now, so none is taken."


class UpstreamTimeout(ServerError):
    """504: no token in time."""

    status = 504
    error_type = "timeout"
    default_message = "The model took too long to answer."


class ClientGone(ServerError):
    """499: the client hung up. Nobody is sent this; the record keeps it."""

    status = 499
    error_type = "cancelled"
    default_message = "The client closed the connection."


def whereabouts(error: BaseException) -> str:
    """`ValueError at http.py:88`: what a log may say of an exception whose text may be private."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    place = trace.tb_frame.f_code.co_filename.rpartition("/")[2]
    return f"{type(error).__name__} at {place}:{trace.tb_lineno}"
