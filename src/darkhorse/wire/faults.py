"""What goes wrong between us and an upstream. Private: the cloak decides what a client is told."""

from typing import Literal

__all__ = ["FaultKind", "UpstreamFault"]

FaultKind = Literal[
    "unusable",  # we have no key or address for it; nothing was sent
    "connect",  # no connection, or it closed before a byte came
    "first_token_timeout",
    "idle_timeout",
    "total_timeout",
    "status",  # an HTTP status that is no answer
    "context",  # the prompt is longer than the engine takes
    "error_event",  # an error object where an answer should be
    "garbage",  # bytes that are not the protocol
    "cut",  # the answer stopped in the middle
    "too_large",
    "broken_promise",  # a whole answer, but not of the form that was asked for
]


class UpstreamFault(Exception):
    """An attempt failed. `detail` is what the upstream said: for the ledger, nowhere else.

    `retry_after`: seconds that it wants to be left alone, where it said so.
    """

    def __init__(
        self,
        kind: FaultKind,
        *,
        status: int = 0,
        detail: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.status = status
        self.detail = detail[:4096]
        self.retry_after = retry_after
