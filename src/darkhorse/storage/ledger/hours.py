"""What a batch adds to the hours that the operator's view is made of."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from msgspec import Struct, field, structs
from sqlalchemy import Connection, Table, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from darkhorse.storage.ledger import histogram
from darkhorse.storage.ledger.bulk import Bulk, adding
from darkhorse.storage.ledger.histogram import Histogram
from darkhorse.storage.ledger.rows import Ended
from darkhorse.storage.ledger.tables import HOUR_US, endpoint_hour, hour, person, visitor
from darkhorse.storage.records import StartRecord

__all__ = ["tally_hours"]

_Key = tuple[str | int, ...]


class _Hour(Struct, kw_only=True):
    requests: int = 0
    people: int = 0
    ended: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    failed: int = 0
    cancelled: int = 0
    interrupted: int = 0
    first_token: Histogram = field(default_factory=Counter)
    duration: Histogram = field(default_factory=Counter)


class _EndpointHour(Struct, kw_only=True):
    requests: int = 0
    failed: int = 0
    duration: Histogram = field(default_factory=Counter)


def tally_hours(
    connection: Connection, begun: Iterable[StartRecord], ended: Iterable[Ended]
) -> None:
    """Everything in the hour its generation began in."""
    hours: defaultdict[tuple[str, int], _Hour] = defaultdict(_Hour)
    people: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    endpoints: defaultdict[tuple[str, int, str], _EndpointHour] = defaultdict(_EndpointHour)
    for start in begun:
        key = start.listing, start.at_us // HOUR_US
        hours[key].requests += 1
        if start.person:
            people[key].add(start.person)
    for one in ended:
        key = one.listing, one.at_us // HOUR_US
        _end(hours[key], one)
        _attempts(endpoints, key, one)
    for key, there in people.items():
        hours[key].people = _visit(connection, *key, there)
    _add(connection, hour, hours.items())
    _add(connection, endpoint_hour, endpoints.items())


def _end(tally: _Hour, ended: Ended) -> None:
    record = ended.record
    tally.ended += 1
    tally.prompt_tokens += ended.prompt_tokens
    tally.completion_tokens += ended.completion_tokens
    if record.outcome != "done":
        setattr(tally, record.outcome, getattr(tally, record.outcome) + 1)
    if record.first_token_ms is not None:
        histogram.put(tally.first_token, record.first_token_ms)
    if record.outcome == "done":
        histogram.put(tally.duration, record.duration_ms)


def _attempts(
    endpoints: defaultdict[tuple[str, int, str], _EndpointHour], key: tuple[str, int], ended: Ended
) -> None:
    """Each attempt at its endpoint; one cut short because the client hung up is no failure."""
    cancelled = ended.record.outcome == "cancelled"
    for attempt in ended.record.attempts:
        tally = endpoints[*key, attempt.endpoint]
        tally.requests += 1
        if attempt.outcome == "ok":
            histogram.put(tally.duration, attempt.duration_ms)
        elif not (cancelled and attempt is ended.record.attempts[-1]):
            tally.failed += 1


def _visit(connection: Connection, listing: str, at: int, people: set[str]) -> int:
    """Note who was there in an hour; returns how many had not been there in it before."""
    known = select(visitor.c.person).where(
        visitor.c.listing == listing, visitor.c.hour == at, visitor.c.person.in_(people)
    )
    fresh = people.difference(connection.execute(known).scalars())
    rows = [{"listing": listing, "hour": at, "last_hour": at, "person": name} for name in fresh]
    _VISIT.run(connection, rows)
    _SEEN.run(connection, rows)
    return len(fresh)


_VISIT = Bulk(insert(visitor))
_latest = insert(person)
_SEEN = Bulk(
    _latest.on_conflict_do_update(
        index_elements=list(person.primary_key),
        set_={"last_hour": _latest.excluded.last_hour},
        where=_latest.excluded.last_hour > person.c.last_hour,
    )
)


def _add(
    connection: Connection, table: Table, tallies: Iterable[tuple[_Key, _Hour | _EndpointHour]]
) -> None:
    """Counts are added by the database; histograms are read, merged and put back."""
    names = [column.name for column in table.primary_key]
    rows = []
    for key, tally in tallies:
        named = dict(zip(names, key, strict=True))
        row = structs.asdict(tally)
        known = connection.execute(_HELD[table.name], named).mappings().first()
        held = {
            name: histogram.merged(known[name] if known else "{}", row[name])
            for name in _held(table)
        }
        rows.append({**named, **row, **held})
    _ADDING[table.name].run(connection, rows)


def _held(table: Table) -> list[str]:
    """The columns that are histograms."""
    return [name for name in ("first_token", "duration") if name in table.c]


_HELD = {
    table.name: select(*(table.c[name] for name in _held(table))).where(
        *(column == bindparam(column.name) for column in table.primary_key)
    )
    for table in (hour, endpoint_hour)
}
_ADDING = {
    table.name: Bulk(adding(table, replacing=_held(table))) for table in (hour, endpoint_hour)
}
