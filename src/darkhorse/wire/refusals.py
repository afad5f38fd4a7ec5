"""How engines say no: statuses and error objects, read for what they mean to us. Private."""

import re
from typing import Any

from darkhorse.wire.faults import FaultKind, UpstreamFault

__all__ = ["error_event", "refusal"]

_OVERFLOW = re.compile(
    r"context_length_exceeded|exceed_context_size|maximum context length|context (length|window)"
    r"|prompt is too long|input is too long|too many (input )?tokens"
    r"|exceeds the maximum number of tokens",
    re.IGNORECASE,
)
"""How engines say that a prompt is too long (OpenAI, llama.cpp, vLLM, Anthropic, Google, …)."""

_BAD_KEY = re.compile(
    rb'"(message|error)": ?"((incorrect|invalid) api[ -]key|api key not valid)', re.IGNORECASE
)
"""How Google and xAI say so under 400. Only where a message begins: further on, and with its quotes
escaped, it may be a client's own words."""


def refusal(status: int, body: bytes) -> UpstreamFault:
    """The fault for a status that is no answer; what came with it is for the ledger."""
    detail = body[:4096].decode("utf-8", "replace")
    if status == 400 and _BAD_KEY.search(body[:4096]):
        return UpstreamFault("status", status=401, detail=detail)
    if status in (400, 413, 422) and _OVERFLOW.search(detail):
        return UpstreamFault("context", status=status, detail=detail)
    return UpstreamFault("status", status=status, detail=detail)


def error_event(error: Any) -> UpstreamFault:
    """The fault for an error object where an answer should be."""
    detail = repr(error)
    kind: FaultKind = "context" if _OVERFLOW.search(detail) else "error_event"
    return UpstreamFault(kind, status=_code(error), detail=detail)


def _code(error: Any) -> int:
    code = error.get("code") if isinstance(error, dict) else None
    try:
        status = int(code) if isinstance(code, int | str) else 0
    except ValueError:
        return 0
    return status if 100 <= status <= 599 else 0
