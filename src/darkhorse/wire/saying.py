"""The way from what was asked to what an engine is told, and what ends it.

Only so much of a request is looked into at the edge; all else is first read when it has to be put
in an engine's words. What has no words there is the request's own fault, as if the engine had
refused it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.faults import UpstreamFault

__all__ = ["saying"]


@contextmanager
def saying() -> Iterator[None]:
    """Inside it, what cannot be read or written as JSON of the right form is an UpstreamFault."""
    try:
        yield
    except (InvalidRequest, msgspec.DecodeError, UnicodeError, RecursionError) as e:
        raise UpstreamFault("status", status=400, detail=f"cannot be said: {e}") from None
