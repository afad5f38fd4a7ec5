"""What a client is told of an upstream's fault: one of our own errors, in our own words."""

from typing import Literal

from darkhorse.base.errors import (
    BadUpstream,
    ContextExceeded,
    DarkhorseError,
    RateLimited,
    RejectedByModel,
    Unavailable,
    UnfitAnswer,
    UpstreamTimeout,
)
from darkhorse.wire.faults import UpstreamFault

__all__ = ["Blame", "blame", "is_passing", "is_refusal", "is_retryable", "public"]

ACCOUNT = frozenset({401, 402, 403, 404, 405, 407, 410, 451})
"""Our standing with the upstream is at fault, or our idea of its address: the client can do
nothing about it and must not read of it. Named like any lack of an endpoint."""
OUR_BODY = frozenset({400, 406, 409, 411, 412, 413, 415, 416, 417, 421, 422, 424, 426, 428, 431})
"""It will not take this body, now or later: a permanent 4xx, or SDKs retry for an hour."""
REFUSED = frozenset({400, 422})
"""Of those, what engines say to a parameter they do not know, or a value they do not take."""
SLOW = frozenset({408, 504, 522, 524, 598, 599})
BUSY = frozenset({503, 529})
THROTTLED = frozenset({425, 429})
TIMEOUTS = frozenset({"first_token_timeout", "idle_timeout", "total_timeout"})


def public(fault: UpstreamFault) -> DarkhorseError:
    """The error for a client. Nothing of `fault` but its class shows."""
    if fault.kind in TIMEOUTS:
        return UpstreamTimeout()
    if fault.kind in ("status", "error_event"):
        return _by_status(fault.status)
    if fault.kind == "context":
        return ContextExceeded()
    if fault.kind == "broken_promise":
        return UnfitAnswer()
    if fault.kind in ("connect", "unusable"):
        return Unavailable()
    return BadUpstream()


def _by_status(status: int) -> DarkhorseError:
    if status in OUR_BODY:
        return RejectedByModel()
    if status in THROTTLED:
        return RateLimited()
    if status in SLOW:
        return UpstreamTimeout()
    if status in ACCOUNT or status in BUSY:
        return Unavailable()
    return BadUpstream()


Blame = Literal["request", "account", "busy", "endpoint"]
"""Whose doing a fault is: the request's own, our standing with the upstream, too much work for the
upstream just now (or nobody there to ask), or the endpoint's."""


def blame(fault: UpstreamFault) -> Blame:
    """What a fault says of the endpoint. A slow client, too, can use up `total_s`."""
    if fault.kind in ("context", "total_timeout", "broken_promise"):
        return "request"
    if fault.kind == "unusable":
        return "busy"
    return _blame_by_status(fault.status) if fault.kind in ("status", "error_event") else "endpoint"


def _blame_by_status(status: int) -> Blame:
    if status in OUR_BODY:
        return "request"
    if status in ACCOUNT:
        return "account"
    return "busy" if status in BUSY or status in THROTTLED else "endpoint"


def is_retryable(fault: UpstreamFault) -> bool:
    """May another endpoint fare better? Not where the body itself was refused.

    A prompt too long for one may fit another; asked of that one first, it would be answered.
    After a broken promise, one more try is all there is; Attempts makes it before it asks this.
    """
    refused = fault.kind in ("status", "error_event") and fault.status in OUR_BODY
    return not (refused or fault.kind == "broken_promise")


def is_refusal(fault: UpstreamFault) -> bool:
    """May it have stumbled over a parameter?"""
    return fault.kind in ("status", "error_event") and fault.status in REFUSED


def is_passing(fault: UpstreamFault) -> bool:
    """May the same endpoint fare better at once? Not where it is busy, slow or closed to us."""
    if fault.kind in ("status", "error_event"):
        lasting = ACCOUNT | OUR_BODY | BUSY | SLOW | THROTTLED
        return fault.status not in lasting
    return fault.kind in ("connect", "cut", "garbage")
