"""Attempts by endpoint over any span; what a day of one came to is kept."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, select

from darkhorse.storage.launch_view import EndpointUse
from darkhorse.storage.ledger import histogram
from darkhorse.storage.ledger.histogram import Histogram
from darkhorse.storage.ledger.kept import Kept, added, added_texts
from darkhorse.storage.ledger.tables import endpoint_hour

__all__ = ["Attempts"]

_KEPT = 4_096  # days of endpoints, some 5 KB each
_DAY_HOURS = 24
_table = endpoint_hour.c


class _Day(NamedTuple):
    requests: int
    failed: int
    duration: Histogram


class Attempts:
    """Safe from several threads."""

    def __init__(self) -> None:
        self._durations: Kept[Histogram] = Kept(_KEPT)

    def of(self, connection: Connection, listing: str | None, hours: range) -> list[EndpointUse]:
        """By name; of all listings together each has its listing's name before it."""
        days: defaultdict[str, list[_Day]] = defaultdict(list)
        for row in connection.execute(_by_day(listing, hours)):
            name = row.endpoint if listing else f"{row.listing}: {row.endpoint}"
            duration = self._durations.of(tuple(row), _reading(connection, row))
            days[name].append(_Day(row.requests, row.failed, duration))
        return [_told(name, days[name]) for name in sorted(days)]


def _by_day(listing: str | None, hours: range) -> Any:
    day = _table.hour.op("/")(_DAY_HOURS).label("day")
    query = select(
        _table.listing,
        _table.endpoint,
        day,
        func.min(_table.hour).label("first"),
        func.max(_table.hour).label("last"),
        func.sum(_table.requests).label("requests"),
        func.sum(_table.failed).label("failed"),
    ).where(_table.hour.between(hours[0], hours[-1]))
    if listing is not None:
        query = query.where(_table.listing == listing)
    return query.group_by(_table.listing, _table.endpoint, day)


def _reading(connection: Connection, day: Row[Any]) -> Callable[[], Histogram]:
    """Its durations: first and last hour, requests and failures are in its name."""
    asked = {
        "listing": day.listing,
        "endpoint": day.endpoint,
        "first": day.first,
        "last": day.last,
    }
    return lambda: added_texts(connection.execute(_DURATIONS, asked).scalars())


_DURATIONS = select(_table.duration).where(  # made once: a long span has many days
    _table.listing == bindparam("listing"),
    _table.hour.between(bindparam("first"), bindparam("last")),
    _table.endpoint == bindparam("endpoint"),
)


def _told(name: str, days: list[_Day]) -> EndpointUse:
    whole = added(each.duration for each in days)
    return EndpointUse(
        name=name,
        requests=sum(each.requests for each in days),
        failures=sum(each.failed for each in days),
        p50_ms=histogram.percentiles(whole, (0.5,))[0] if whole else None,
    )
