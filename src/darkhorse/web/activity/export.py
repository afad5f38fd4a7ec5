"""A key's own rows as CSV and JSON, piece by piece. No word of anybody's content is in them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from darkhorse.storage.accounting import OwnGeneration
from darkhorse.web.sheets import csv_lines

__all__ = ["COLUMNS", "csv_head", "csv_rows", "json_rows"]

COLUMNS = (
    *("id", "time_utc", "listing", "dialect", "streamed", "outcome", "finish", "status"),
    *("error_type", "prompt_tokens", "completion_tokens", "reasoning_tokens", "cost_usd"),
    *("first_token_ms", "duration_ms"),
)


def csv_head() -> bytes:
    """The first line."""
    return csv_lines([COLUMNS])


def csv_rows(rows: Sequence[OwnGeneration]) -> bytes:
    """A line each; what is not known is empty."""
    return csv_lines(list(_cells(row).values()) for row in rows)


def json_rows(rows: Sequence[OwnGeneration]) -> Iterator[bytes]:
    """An object each, for a list."""
    for row in rows:
        yield msgspec.json.encode(_cells(row))


def _cells(row: OwnGeneration) -> dict[str, object]:
    at = datetime.fromtimestamp(row.at_us / 1_000_000, UTC)
    values = {
        **{name: getattr(row, name, None) for name in COLUMNS},
        "time_utc": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "outcome": row.outcome or "running",
        "cost_usd": row.micro_usd / 1_000_000,
    }
    return {name: values[name] for name in COLUMNS}
