"""The operator's reader of facts. Never give it to anything that answers the public."""

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Row, Select, func, select

from darkhorse.storage.ledger import histogram, people_sketch
from darkhorse.storage.ledger.facts import has_shape
from darkhorse.storage.ledger.tables import HOUR_US, endpoint_hour, generation, hour
from darkhorse.storage.ledger.view import (
    EndpointUse,
    HourUse,
    LaunchTotal,
    LaunchView,
    Spread,
    Window,
)
from darkhorse.storage.state.engine import open_reader

__all__ = ["OperatorFacts"]

_HOURS = 24
_RUNNING_HOURS = 3
_MINUTE_S = 60
_FIVE_MINUTES_S = 300
_LEAST_TOKENS = 2  # of one token nobody can say how fast it was
_LEAST_MS = 50.0  # nor of many that came at once


class OperatorFacts:
    """Private facts over the keeper's file, which need not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = open_reader(path)

    def launch_view(self, listing: str, now_us: int, live_us: int | None = None) -> LaunchView:
        """A launch as of `now_us`, its total from the hour of `live_us` on. Blocks on the disk."""
        view = _nothing(listing, now_us)
        if not self._path.exists():
            return view
        with self._engine.connect() as connection:
            if not has_shape(connection):
                return view
            return _view(connection, listing, now_us, live_us or 0)

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._engine.dispose()


def _nothing(listing: str, now_us: int) -> LaunchView:
    return LaunchView(
        listing=listing,
        at_us=now_us,
        folded=False,
        minute=Window(seconds=_MINUTE_S),
        five_minutes=Window(seconds=_FIVE_MINUTES_S),
        hours=[HourUse(at_us=at * HOUR_US) for at in _hours(now_us)],
        total=LaunchTotal(),
        endpoints=[],
    )


def _view(connection: Connection, listing: str, now_us: int, live_us: int) -> LaunchView:
    recent = connection.execute(_recent(listing, now_us)).all()
    return LaunchView(
        listing=listing,
        at_us=now_us,
        running=_running(connection, listing, now_us),
        minute=_window(recent, now_us, _MINUTE_S),
        five_minutes=_window(recent, now_us, _FIVE_MINUTES_S),
        hours=_by_hour(connection, listing, now_us),
        total=_total(connection, listing, live_us),
        endpoints=_by_endpoint(connection, listing, now_us),
    )


# --- now ---

_Columns = tuple[
    int, str, str, bool, str | None, str | None, str | None, int, int, float | None, float | None
]
_Recent = Row[_Columns]


def _recent(listing: str, now_us: int) -> Select[_Columns]:
    row = generation.c
    return select(
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
    ).where(
        row.at_us > now_us - _FIVE_MINUTES_S * 1_000_000,
        row.at_us <= now_us,
        row.listing == listing,
    )


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
    """Tokens a second after the first; None where there is nothing to measure.

    An unstreamed answer's first token is its end.
    """
    if not row.streamed or row.first_token_ms is None:
        return None
    after, took_ms = row.completion_tokens - 1, row.duration_ms - row.first_token_ms
    if after < _LEAST_TOKENS - 1 or took_ms < _LEAST_MS:
        return None
    return float(after / took_ms * 1000)


def _spread(values: list[float]) -> Spread:
    values.sort()
    return Spread(*(_ranked(values, share) for share in (0.5, 0.9, 0.99)))


def _ranked(values: Sequence[float], share: float) -> float | None:
    """The nearest rank in sorted values."""
    return values[max(1, math.ceil(share * len(values))) - 1] if values else None


def _running(connection: Connection, listing: str, now_us: int) -> int:
    count = select(func.sum(hour.c.requests - hour.c.ended)).where(
        hour.c.listing == listing, hour.c.hour > now_us // HOUR_US - _RUNNING_HOURS
    )
    return connection.execute(count).scalar() or 0


# --- hours ---


def _hours(now_us: int) -> range:
    last = now_us // HOUR_US
    return range(last - _HOURS + 1, last + 1)


def _by_hour(connection: Connection, listing: str, now_us: int) -> list[HourUse]:
    hours = _hours(now_us)
    rows = connection.execute(
        select(hour).where(
            hour.c.listing == listing, hour.c.hour >= hours[0], hour.c.hour <= hours[-1]
        )
    )
    found = {row.hour: row for row in rows}
    return [_hour(at, found.get(at)) for at in hours]


def _hour(at: int, row: Row[tuple[object, ...]] | None) -> HourUse:
    if row is None:
        return HourUse(at_us=at * HOUR_US)
    return HourUse(
        at_us=at * HOUR_US,
        requests=row.requests,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        people=people_sketch.count(row.people),
        errors=row.failed + row.interrupted,
        cancelled=row.cancelled,
        first_token_ms=_held_spread(row.first_token),
        duration_ms=_held_spread(row.duration),
    )


def _held_spread(text: str) -> Spread:
    held = [histogram.parse(text)]
    return Spread(*(histogram.percentile(held, share) for share in (0.5, 0.9, 0.99)))


def _total(connection: Connection, listing: str, live_us: int) -> LaunchTotal:
    """By whole hours: before it went live nobody could ask."""
    first = live_us // HOUR_US
    row = connection.execute(
        select(
            *(
                func.coalesce(func.sum(column), 0)
                for column in (
                    hour.c.requests,
                    hour.c.prompt_tokens,
                    hour.c.completion_tokens,
                    hour.c.failed + hour.c.interrupted,
                    hour.c.cancelled,
                )
            )
        ).where(hour.c.listing == listing, hour.c.hour >= first)
    ).one()
    people = select(hour.c.people).where(hour.c.listing == listing, hour.c.hour >= first)
    everybody = people_sketch.merged(connection.execute(people).scalars())
    return LaunchTotal(
        requests=row[0],
        prompt_tokens=row[1],
        completion_tokens=row[2],
        errors=row[3],
        cancelled=row[4],
        people=people_sketch.count(everybody),
    )


# --- endpoints ---


def _by_endpoint(connection: Connection, listing: str, now_us: int) -> list[EndpointUse]:
    hours = _hours(now_us)
    table = endpoint_hour.c
    rows = connection.execute(
        select(table.endpoint, table.requests, table.failed, table.duration).where(
            table.listing == listing, table.hour >= hours[0], table.hour <= hours[-1]
        )
    ).all()
    return [
        EndpointUse(
            name=name,
            requests=sum(row.requests for row in rows if row.endpoint == name),
            failures=sum(row.failed for row in rows if row.endpoint == name),
            p50_ms=histogram.percentile(
                [histogram.parse(row.duration) for row in rows if row.endpoint == name], 0.5
            ),
        )
        for name in sorted({row.endpoint for row in rows})
    ]
