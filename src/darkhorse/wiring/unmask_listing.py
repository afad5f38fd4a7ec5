"""Our own record as observations: what upstream said in native counts. The operator's alone."""

from pathlib import Path
from typing import Any

from darkhorse.attribution.observation import Observation
from darkhorse.attribution.records import record_of
from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.export.conversation import NoConversation, answer_of, messages_of
from darkhorse.storage.records import Attempt, EndRecord
from darkhorse.wire.chunks import NativeUsage
from darkhorse.wiring.ledger import Generation, show
from darkhorse.wiring.ledger_list import Filters, newest

__all__ = ["observations_of"]


def observations_of(data: Path, listing: str, last: int) -> list[Observation]:
    """The newest generations of a listing that were answered. Raises ConfigError."""
    rows = newest(data, Filters(listing=listing, outcome="done"), last)
    seen = [_seen(show(data, row.id)) for row in rows]
    found = [each for each in seen if each]
    if not found:
        raise ConfigError(
            f"The ledger holds no answered generation of {listing}; `darkhorse ledger list` names "
            "what it holds."
        )
    return found


def _seen(generation: Generation) -> Observation | None:
    start, end = generation.start, generation.end
    if start is None or end is None:
        return None
    try:
        messages = messages_of(start.dialect, generation.request)
    except NoConversation:
        return None
    return record_of(_told(messages, answer_of(generation.answer) or {}, end, start.at_us)).seen


def _told(
    messages: list[dict[str, Any]], answer: dict[str, Any], end: EndRecord, at_us: int
) -> dict[str, Any]:
    attempt = end.attempts[-1] if end.attempts else _NONE
    return {
        "messages": messages,
        "answer": answer.get("content") or "",
        "reasoning": answer.get("reasoning") or "",
        "usage": _usage(end.native),
        "finish_reason": end.finish or "",
        "native_finish_reason": attempt.native_finish,
        "provider": attempt.endpoint,
        "id": attempt.upstream_id,
        "duration_ms": end.duration_ms,
        "created": at_us // 1_000_000,
    }


def _usage(native: NativeUsage | None) -> dict[str, Any]:
    if native is None:
        return {}
    return {
        "prompt_tokens": native.prompt,
        "completion_tokens": native.completion,
        "completion_tokens_details": {"reasoning_tokens": native.reasoning},
        "prompt_tokens_details": {"cached_tokens": native.cached},
    }


_NONE = Attempt(endpoint="", duration_ms=0.0, outcome="")
