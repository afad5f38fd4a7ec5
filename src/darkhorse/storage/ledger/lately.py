"""What is going on: the generations of the last minutes, and those that run. Private."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from darkhorse.storage.figures import Quantiles
from darkhorse.storage.launch_view import Window
from darkhorse.storage.ledger.speed import tokens_per_second
from darkhorse.storage.ledger.tables import HOUR_US, generation, hour

__all__ = ["FIVE_MINUTES", "MINUTE", "hours_of", "running", "windows"]

MINUTE = Window(seconds=60)
FIVE_MINUTES = Window(seconds=300)
"""Nothing happened."""

_RUNNING_HOURS = 3


def windows(connection: Connection, listing: str | None, now_us: int) -> tuple[Window, Window]:
    """The last minute and the last five, of one listing or of all."""
    recent = connection.execute(_recent(listing, now_us)).all()
    return (
        _window(recent, now_us, MINUTE.seconds),
        _window(recent, now_us, FIVE_MINUTES.seconds),
    )


def running(connection: Connection, listing: str | None, now_us: int) -> int:
    """What began in this hour or the two before and has no end."""
    count = select(func.sum(hour.c.requests - hour.c.ended)).where(
        hours_of(listing), hour.c.hour > now_us // HOUR_US - _RUNNING_HOURS
    )
    return connection.execute(count).scalar() or 0


def hours_of(listing: str | None) -> ColumnElement[bool]:
    """Which rows of `hour`: they lie by listing, so all of them are asked for by name."""
    if listing is not None:
        return hour.c.listing == listing
    other = hour.alias()
    return hour.c.listing.in_(select(other.c.listing).distinct().scalar_subquery())


_Recent = Row[Any]  # of the columns below


def _recent(listing: str | None, now_us: int) -> Select[Any]:
    row = generation.c
    query = select(
        row.at_us,
        row.key,
        row.person,
        row.streamed,
        row.outcome,
        row.finish,
        row.error_type,
        row.prompt_tokens,
        row.completion_tokens,
        row.first_token_ms,
        row.duration_ms,
    ).where(row.at_us > now_us - FIVE_MINUTES.seconds * 1_000_000, row.at_us <= now_us)
    return query if listing is None else query.where(row.listing == listing)


def _window(recent: Sequence[_Recent], now_us: int, seconds: int) -> Window:
    rows = [row for row in recent if row.at_us > now_us - seconds * 1_000_000]
    ended = [row for row in rows if row.outcome]
    done = [row for row in ended if row.outcome == "done"]
    failed = [row for row in ended if row.outcome in ("failed", "interrupted")]
    minutes = seconds / 60
    return Window(
        seconds=seconds,
        requests=len(rows),
        prompt_tokens_per_minute=sum(row.prompt_tokens for row in rows) / minutes,
        completion_tokens_per_minute=sum(row.completion_tokens for row in rows) / minutes,
        people=len({row.person for row in rows if row.person}),
        keys=len({row.key for row in rows}),
        outcomes=dict(Counter(row.outcome or "running" for row in rows)),
        finishes=dict(Counter(row.finish for row in ended if row.finish)),
        errors=dict(Counter(row.error_type or "server" for row in failed)),
        first_token_ms=_spread(
            [row.first_token_ms for row in ended if row.first_token_ms is not None]
        ),
        duration_ms=_spread([row.duration_ms for row in done]),
        tokens_per_second=_spread([speed for row in done if (speed := _speed(row))]),
    )


def _speed(row: _Recent) -> float | None:
    return tokens_per_second(
        streamed=row.streamed,
        tokens=row.completion_tokens,
        first_token_ms=row.first_token_ms,
        duration_ms=row.duration_ms,
    )


def _spread(values: list[float]) -> Quantiles:
    values.sort()
    return Quantiles(*(_ranked(values, share) for share in (0.5, 0.9, 0.99)))


def _ranked(values: Sequence[float], share: float) -> float | None:
    """The nearest rank in sorted values."""
    return values[max(1, math.ceil(share * len(values))) - 1] if values else None
