"""The operator's reader of facts. Never give it to anything that answers the public."""

from pathlib import Path

from sqlalchemy import Connection, Row, func, select

from darkhorse.storage.launch_view import (
    EndpointUse,
    HourUse,
    LaunchTotal,
    LaunchView,
)
from darkhorse.storage.ledger import histogram, people_sketch
from darkhorse.storage.ledger.facts import has_shape
from darkhorse.storage.ledger.kept import added_texts, quantiles
from darkhorse.storage.ledger.lately import FIVE_MINUTES, MINUTE, running, windows
from darkhorse.storage.ledger.tables import HOUR_US, endpoint_hour, hour
from darkhorse.storage.state.engine import open_reader

__all__ = ["OperatorFacts"]

_HOURS = 24


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
        minute=MINUTE,
        five_minutes=FIVE_MINUTES,
        hours=[HourUse(at_us=at * HOUR_US) for at in _hours(now_us)],
        total=LaunchTotal(),
        endpoints=[],
    )


def _view(connection: Connection, listing: str, now_us: int, live_us: int) -> LaunchView:
    minute, five_minutes = windows(connection, listing, now_us)
    return LaunchView(
        listing=listing,
        at_us=now_us,
        running=running(connection, listing, now_us),
        minute=minute,
        five_minutes=five_minutes,
        hours=_by_hour(connection, listing, now_us),
        total=_total(connection, listing, live_us),
        endpoints=_by_endpoint(connection, listing, now_us),
    )


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
        first_token_ms=quantiles(added_texts([row.first_token])),
        duration_ms=quantiles(added_texts([row.duration])),
    )


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
