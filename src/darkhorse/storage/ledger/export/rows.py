"""What becomes of a generation in each form: facts that are no secret, and content to be masked."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger.export.conversation import NoConversation, answer_of, turn_of
from darkhorse.storage.ledger.export.order import Form
from darkhorse.storage.ledger.export.recorded import Recorded

__all__ = ["COLUMNS", "Row", "finished", "row_of"]

COLUMNS = {
    "id": "VARCHAR",
    "began_at": "TIMESTAMP",
    "listing": "VARCHAR",
    "dialect": "VARCHAR",
    "streamed": "BOOLEAN",
    "app": "VARCHAR",
    "outcome": "VARCHAR",
    "finish": "VARCHAR",
    "status": "INTEGER",
    "prompt_tokens": "BIGINT",
    "completion_tokens": "BIGINT",
    "reasoning_tokens": "BIGINT",
    "micro_usd": "BIGINT",
    "first_token_ms": "DOUBLE",
    "duration_ms": "DOUBLE",
    "request": "VARCHAR",
    "answer": "VARCHAR",
}
"""Of the Parquet form, by name; the last two are JSON."""


class Row(Struct, frozen=True):
    """`content` is JSON with people's words in it."""

    facts: dict[str, Any]
    content: dict[str, Any]


def row_of(form: Form, each: Recorded, request: bytes, answer: bytes) -> Row:
    """Raises NoConversation where the form cannot hold it."""
    facts = _facts(each)
    if form == "parquet":
        return Row(facts, {"request": _json(request), "answer": answer_of(answer)})
    turn = turn_of(each.start.dialect, request, answer)
    return Row({}, _trainable(turn)) if form == "finetune" else Row(facts, turn)


def finished(form: Form, row: Row) -> bytes:
    """A line of JSON, without its end."""
    if form == "parquet":
        texts = {name: _text(value) for name, value in row.content.items()}
        return msgspec.json.encode({**row.facts, **texts})
    if form == "chat":
        return msgspec.json.encode({**row.content, "metadata": row.facts})
    return msgspec.json.encode(row.content)


def _facts(each: Recorded) -> dict[str, Any]:
    """Nothing of who asked, and nothing of what is behind the listing."""
    start, end = each.start, each.end
    app = app_of(start.app_url, start.app_title)
    return {
        "id": start.id,
        "began_at": _moment(start.at_us),
        "listing": start.listing,
        "dialect": start.dialect,
        "streamed": start.streamed,
        "app": app.slug if app else None,
        "outcome": end.outcome,
        "finish": end.finish,
        "status": end.status,
        "prompt_tokens": end.usage.prompt if end.usage else start.prompt_tokens,
        "completion_tokens": end.usage.completion if end.usage else 0,
        "reasoning_tokens": end.usage.reasoning if end.usage else 0,
        "micro_usd": end.micro_usd,
        "first_token_ms": end.first_token_ms,
        "duration_ms": end.duration_ms,
    }


def _moment(at_us: int) -> str:
    seconds, rest = divmod(at_us, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:06}Z"


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body.decode(errors="replace")


def _text(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


_ROLES = {"developer": "system", "function": "tool"}
_MESSAGE = ("role", "content", "name", "tool_calls", "tool_call_id", "refusal")


def _trainable(turn: dict[str, Any]) -> dict[str, Any]:
    """As OpenAI's fine-tuning takes it: no thoughts, and only the fields it knows."""
    messages = []
    for message in turn["messages"]:
        kept = {name: message[name] for name in _MESSAGE if message.get(name) is not None}
        kept["role"] = _ROLES.get(message["role"], message["role"])
        messages.append(kept)
    if not any(messages[-1].get(name) for name in ("content", "tool_calls", "refusal")):
        raise NoConversation("nothing but thoughts was answered")
    return {**turn, "messages": messages}
