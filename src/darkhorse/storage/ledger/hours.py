"""What a batch adds to the hours that the operator's view and the public figures are made of.

With `less` a batch is taken away again; who was there follows from those who remain, so
`forgetting` makes the sketches anew.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field, structs
from sqlalchemy import Connection, Table, bindparam, delete, select

from darkhorse.storage.ledger import histogram, people_sketch
from darkhorse.storage.ledger.bulk import Bulk, adding
from darkhorse.storage.ledger.histogram import Histogram
from darkhorse.storage.ledger.rows import Ended
from darkhorse.storage.ledger.speed import tokens_per_second
from darkhorse.storage.ledger.tables import HOUR_US, endpoint_hour, hour, quality_day
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["tally_hours"]

_Key = tuple[str | int, ...]
_DAY_HOURS = 24


class _Hour(Struct, kw_only=True):
    requests: int = 0
    people: set[str] = field(default_factory=set)
    ended: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    failed: int = 0
    cancelled: int = 0
    interrupted: int = 0
    first_token: Histogram = field(default_factory=Counter)
    duration: Histogram = field(default_factory=Counter)
    faulted: int = 0
    speed: Histogram = field(default_factory=Counter)


class _Day(Struct, kw_only=True):
    requests: int = 0
    ended: int = 0
    failed: int = 0
    cancelled: int = 0
    interrupted: int = 0
    faulted: int = 0
    first_token: Histogram = field(default_factory=Counter)
    duration: Histogram = field(default_factory=Counter)
    speed: Histogram = field(default_factory=Counter)


class _EndpointHour(Struct, kw_only=True):
    requests: int = 0
    failed: int = 0
    duration: Histogram = field(default_factory=Counter)


_Tally = _Hour | _Day | _EndpointHour


def tally_hours(
    connection: Connection,
    begun: Iterable[StartRecord],
    ended: Iterable[Ended],
    *,
    less: bool = False,
) -> None:
    """Everything in the hour its generation began in, and in that hour's UTC day."""
    hours: defaultdict[tuple[str, int], _Hour] = defaultdict(_Hour)
    endpoints: defaultdict[tuple[str, int, str], _EndpointHour] = defaultdict(_EndpointHour)
    for start in begun:
        tally = hours[start.listing, start.at_us // HOUR_US]
        tally.requests += 1
        if start.person and not less:
            tally.people.add(start.person)
    for one in ended:
        key = one.listing, one.at_us // HOUR_US
        _end(hours[key], one)
        _attempts(endpoints, key, one)
    _add(connection, hour, hours.items(), less=less)
    _add(connection, quality_day, _days(hours).items(), less=less)
    _add(connection, endpoint_hour, endpoints.items(), less=less)


def _days(hours: Mapping[tuple[str, int], _Hour]) -> Mapping[tuple[str, int], _Day]:
    days: defaultdict[tuple[str, int], _Day] = defaultdict(_Day)
    for (listing, at), tally in hours.items():
        day = days[listing, at // _DAY_HOURS]
        for name in _Day.__struct_fields__:
            setattr(day, name, getattr(day, name) + getattr(tally, name))
    return days


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
        _put_speed(tally.speed, ended)
    tally.faulted += _is_fault(record)


def _put_speed(speeds: Histogram, ended: Ended) -> None:
    record = ended.record
    speed = tokens_per_second(
        streamed=ended.streamed,
        tokens=ended.completion_tokens,
        first_token_ms=record.first_token_ms,
        duration_ms=record.duration_ms,
    )
    if speed is not None:
        histogram.put(speeds, speed)


_THEIRS = frozenset({400, 401, 402, 403, 404, 413, 429})
"""What a client is told of its own doing, or is asked to wait for (`figures.HourFigures`)."""


def _is_fault(record: EndRecord) -> bool:
    """Did we, or what is behind us, let the client down?"""
    if record.outcome == "interrupted":
        return True
    return record.outcome == "failed" and record.status not in _THEIRS


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


def _add(
    connection: Connection,
    table: Table,
    tallies: Iterable[tuple[_Key, _Tally]],
    *,
    less: bool,
) -> None:
    """Counts are added by the database; what is no number is read, merged and put back."""
    names = [column.name for column in table.primary_key]
    rows = []
    for key, tally in tallies:
        named = dict(zip(names, key, strict=True))
        known = connection.execute(_HELD[table.name], named).mappings().first()
        counts = {
            name: -count if less else count
            for name, count in structs.asdict(tally).items()
            if isinstance(count, int)
        }
        held = _merged(tally, dict(known) if known else {}, less=less)
        rows.append({**named, **counts, **held})
    _ADDING[table.name].run(connection, rows)
    if less and rows:
        connection.execute(delete(table).where(table.c.requests <= 0))


def _merged(tally: _Tally, known: Mapping[str, Any], *, less: bool) -> dict[str, object]:
    """Histograms and the sketch of people, as they are now."""
    sign = -1 if less else 1
    held: dict[str, object] = {
        name: histogram.merged(
            known.get(name, "{}"),
            {bucket: sign * count for bucket, count in getattr(tally, name).items()},
        )
        for name in _HISTOGRAMS
        if hasattr(tally, name)
    }
    if isinstance(tally, _Hour):
        before = known.get("people", people_sketch.EMPTY)
        held["people"] = people_sketch.merged([before, people_sketch.of_people(tally.people)])
    return held


_HISTOGRAMS = ("first_token", "duration", "speed")
_TABLES = (hour, quality_day, endpoint_hour)
_BLOBS = {
    table.name: [name for name in (*_HISTOGRAMS, "people") if name in table.c] for table in _TABLES
}
_HELD = {
    table.name: select(*(table.c[name] for name in _BLOBS[table.name])).where(
        *(column == bindparam(column.name) for column in table.primary_key)
    )
    for table in _TABLES
}
_ADDING = {table.name: Bulk(adding(table, replacing=_BLOBS[table.name])) for table in _TABLES}
