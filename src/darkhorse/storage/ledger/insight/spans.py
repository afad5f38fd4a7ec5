"""The operator's figures of any span, of one listing or of all, from the hours that facts keep.

What a step of a span adds up to is kept under its counts: while those are the same, so is all else
(an hour that is over changes by an erasure alone, and that takes from its counts).
"""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    bindparam,
    distinct,
    func,
    select,
    true,
)

from darkhorse.storage.insight import Now, SpanUse, Use
from darkhorse.storage.launch_view import EndpointUse
from darkhorse.storage.ledger import people_sketch
from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.histogram import Histogram
from darkhorse.storage.ledger.insight.attempts import Attempts
from darkhorse.storage.ledger.kept import Kept, added, added_texts, quantiles
from darkhorse.storage.ledger.lately import FIVE_MINUTES, MINUTE, hours_of, running, windows
from darkhorse.storage.ledger.tables import DAY_US, HOUR_US, app, app_day, hour, quality_day

__all__ = ["LedgerSpans"]

_KEPT = 1_024  # steps, at worst some 40 KB each
_DAY_HOURS = 24
_COUNTS = (
    *("requests", "ended", "failed", "cancelled", "interrupted"),
    *("prompt_tokens", "completion_tokens"),
)
_HISTOGRAMS = ("first_token", "duration", "speed")


class LedgerSpans:
    """`storage.insight.SpanFacts` over the keeper's file, which need not be there yet."""

    def __init__(self, facts: Path) -> None:
        self._facts = FactsFile(facts)
        self._sums: Kept[_Sum] = Kept(_KEPT)
        self._attempts = Attempts()

    def span(self, listing: str | None, since_us: int, until_us: int, step_hours: int) -> SpanUse:
        """Whole hours; the first step may be a part of one."""
        steps = _steps(range(since_us // HOUR_US, -(-until_us // HOUR_US)), step_hours)
        with self._facts.read() as connection:
            sums = [_NOTHING] * len(steps)
            if connection is not None and steps:
                sums = self._sums_of(connection, listing, steps, step_hours)
            whole = tuple(each.name for each in sums)
            total = self._sums.of(("total", whole), lambda: _together("", sums))
        return SpanUse(
            first_us=since_us // HOUR_US // step_hours * step_hours * HOUR_US,
            step_us=step_hours * HOUR_US,
            total=total.use,
            steps=tuple(each.use for each in sums),
        )

    def first_us(self, listing: str | None) -> int | None:
        """When the hour of the first request began."""
        with self._facts.read() as connection:
            if connection is None:
                return None
            query = select(func.min(hour.c.hour)).where(hours_of(listing))
            first = connection.execute(query).scalar()
        return None if first is None else first * HOUR_US

    def apps(self, listing: str | None, since_us: int, until_us: int) -> int:
        """How many named themselves, by UTC days."""
        days = app_day.c.day.between(since_us // DAY_US, (until_us - 1) // DAY_US)
        query = select(func.count(distinct(app_day.c.app))).where(days)
        if listing is not None:
            query = query.where(app_day.c.listing == listing)
        with self._facts.read() as connection:
            return connection.execute(query).scalar() or 0 if connection is not None else 0

    def app_names(self, apps: Collection[int]) -> dict[int, str]:
        """By id, where it is known."""
        query = select(app.c.app, app.c.name, app.c.slug).where(app.c.app.in_(apps))
        with self._facts.read() as connection:
            if connection is None:
                return {}
            return {row.app: row.name or row.slug for row in connection.execute(query)}

    def endpoints(self, listing: str | None, since_us: int, until_us: int) -> list[EndpointUse]:
        """Attempts by endpoint."""
        hours = range(since_us // HOUR_US, -(-until_us // HOUR_US))
        with self._facts.read() as connection:
            if connection is None or not hours:
                return []
            return self._attempts.of(connection, listing, hours)

    def now(self, listing: str | None, now_us: int) -> Now:
        """The last minute, and the last five."""
        with self._facts.read() as connection:
            if connection is None:
                return Now(running=0, minute=MINUTE, five_minutes=FIVE_MINUTES)
            minute, five_minutes = windows(connection, listing, now_us)
            count = running(connection, listing, now_us)
        return Now(running=count, minute=minute, five_minutes=five_minutes)

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._facts.close()

    def _sums_of(
        self, connection: Connection, listing: str | None, steps: Sequence[range], step_hours: int
    ) -> "list[_Sum]":
        """Of each step; what is not known of one is read for it alone."""
        counts = _counts(connection, listing, steps, step_hours)
        return [
            self._sum_of(connection, listing, step, counts.get(step[0] // step_hours))
            for step in steps
        ]

    def _sum_of(
        self,
        connection: Connection,
        listing: str | None,
        step: range,
        counts: tuple[int, ...] | None,
    ) -> "_Sum":
        if counts is None:
            return _NOTHING
        name = (listing, step.start, step.stop, counts)
        return self._sums.of(name, lambda: _sum(name, counts, _read(connection, listing, step)))


def _steps(hours: range, size: int) -> list[range]:
    """The hours of each; the first begins where the span does."""
    if not hours:
        return []
    firsts = range(hours.start // size * size, hours.stop, size)
    return [range(max(hours.start, at), min(hours.stop, at + size)) for at in firsts]


# --- reading ---


class _Held(NamedTuple):
    """Of some hours: histograms by name, each as tables keep it, and sketches of people."""

    histograms: Sequence[Row[Any]]
    people: Iterable[bytes]


def _counts(
    connection: Connection, listing: str | None, steps: Sequence[range], step_hours: int
) -> dict[int, tuple[int, ...]]:
    """By number of the step since the epoch. Nothing large is read."""
    at = hour.c.hour.op("/")(step_hours)
    sums = (func.sum(hour.c[name]) for name in _COUNTS)
    span = hour.c.hour.between(steps[0].start, steps[-1].stop - 1)
    rows = connection.execute(select(at, *sums).where(hours_of(listing), span).group_by(at))
    return {row[0]: tuple(row[1:]) for row in rows}


def _read(connection: Connection, listing: str | None, step: range) -> _Held:
    """A whole day's histograms lie added up."""
    asked = {"listing": listing, "first": step.start, "last": step.stop - 1}
    of = 0 if listing is None else 1
    if len(step) < _DAY_HOURS:
        rows = connection.execute(_HOURS[of], asked).all()
        return _Held(rows, [row.people for row in rows])
    people = connection.execute(_PEOPLE[of], asked).scalars()
    day = {"listing": listing, "day": step.start // _DAY_HOURS}
    return _Held(connection.execute(_DAY[of], day).all(), people)


def _statements(columns: Sequence[Column[Any]], span: ColumnElement[bool]) -> Any:
    """Of all listings, and of one: made once, as a long span asks them often."""
    table = columns[0].table
    every = hours_of(None) if table is hour else true()
    asked = select(*columns).where(span)
    return asked.where(every), asked.where(table.c.listing == bindparam("listing"))


_SPAN = hour.c.hour.between(bindparam("first"), bindparam("last"))
_HOURS = _statements([hour.c[name] for name in (*_HISTOGRAMS, "people")], _SPAN)
_PEOPLE = _statements([hour.c.people], _SPAN)
_DAY = _statements(
    [quality_day.c[name] for name in _HISTOGRAMS], quality_day.c.day == bindparam("day")
)


# --- adding up ---


class _Sum(NamedTuple):
    """`name`: what it follows from."""

    name: object
    counts: tuple[int, ...]  # of `_COUNTS`
    first_token: Histogram
    duration: Histogram
    speed: Histogram
    people: bytes
    use: Use


def _sum(name: object, counts: tuple[int, ...], held: _Held) -> _Sum:
    return _told(
        name,
        counts,
        [added_texts(getattr(row, each) for row in held.histograms) for each in _HISTOGRAMS],
        people_sketch.merged(held.people),
    )


def _together(name: object, sums: Sequence[_Sum]) -> _Sum:
    some = [each for each in sums if each is not _NOTHING]
    return _told(
        name,
        tuple(sum(each.counts[at] for each in some) for at in range(len(_COUNTS))),
        [added(getattr(each, name) for each in some) for name in _HISTOGRAMS],
        people_sketch.merged(each.people for each in some),
    )


def _told(
    name: object, counts: tuple[int, ...], histograms: Sequence[Histogram], people: bytes
) -> _Sum:
    known = dict(zip(_COUNTS, counts, strict=True))
    first_token, duration, speed = histograms
    failed = known["failed"] + known["interrupted"]
    use = Use(
        requests=known["requests"],
        ended=known["ended"],
        done=known["ended"] - failed - known["cancelled"],
        failed=failed,
        cancelled=known["cancelled"],
        prompt_tokens=known["prompt_tokens"],
        completion_tokens=known["completion_tokens"],
        people=people_sketch.count(people),
        first_token_ms=quantiles(first_token),
        duration_ms=quantiles(duration),
        tokens_per_second=quantiles(speed),
    )
    return _Sum(name, counts, first_token, duration, speed, people, use)


_NOTHING = _told("", (0,) * len(_COUNTS), [Histogram()] * 3, people_sketch.EMPTY)
