"""Generations are taken out of the facts, as if they had never been.

Counts are subtracted with the code that added them. What cannot be subtracted (who was there, when
a key was last used, what an app calls itself, a conversation's newest day) is made anew from the
rows that remain, in SQLite and in the Delta table. The table's own rows only count no more from
here on: `SealedTable.forget_rows` takes them out.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from darkhorse.base.errors import ConfigError
from darkhorse.storage.apps import App, app_of
from darkhorse.storage.ledger import people_sketch
from darkhorse.storage.ledger.days import name_apps, tally_conversations, tally_days
from darkhorse.storage.ledger.hours import tally_hours
from darkhorse.storage.ledger.rows import Ended, ended_of
from darkhorse.storage.ledger.sealed import place_key, read_files, read_forgotten
from darkhorse.storage.ledger.table.scan import FilesChanged, Scan
from darkhorse.storage.ledger.tables import (
    DAY_US,
    HOUR_US,
    app,
    conversation,
    forgotten,
    generation,
    hour,
    key_seen,
    place,
)
from darkhorse.storage.ledger.tallies import tally_spent, tally_totals, tally_use
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["Pair", "forget"]

Pair = tuple[StartRecord, EndRecord | None]
"""A generation's first start and first end; None while it runs."""


def forget(connection: Connection, pairs: Iterable[Pair], table: Path) -> int:
    """Take these generations out of every table; returns how many were in them.

    Call it in a transaction that writes. One that is not in the facts, or not any more, is passed
    by, so it may be called again with the same. `table`: the Delta table's directory. Raises
    ConfigError where it is damaged.
    """
    known = [found for pair in pairs if (found := _removed(connection, *pair))]
    if not known:
        return 0
    begun = [start for start, _ in known]
    ended = [ended_of(start, end) for start, end in known if end is not None]
    tally_totals(connection, ended, less=True)
    tally_use(connection, begun, ended, less=True)
    tally_spent(connection, ended, less=True)
    tally_hours(connection, begun, ended, less=True)
    tally_days(connection, ended, less=True)
    tally_conversations(connection, ended, less=True)
    rest = _Rest(connection, table)
    try:
        _people(rest, {(start.listing, start.at_us // HOUR_US) for start in begun})
        _keys(rest, {start.key for start in begun})
        _apps(rest, {each.id for start in begun if (each := _app_of(start))})
        _conversations(rest, ended)
    finally:
        rest.close()
    return len(known)


def _app_of(start: StartRecord) -> App | None:
    return app_of(start.app_url, start.app_title)


def _removed(connection: Connection, start: StartRecord, end: EndRecord | None) -> Pair | None:
    """What is to be subtracted, its row or place gone; None where neither is there.

    A row in the Delta table stays for now, noted as one that counts no more.
    """
    row = connection.execute(_OUTCOME, {"name": start.id}).first()
    if row is not None:
        connection.execute(_ROW, {"name": start.id})
        return start, end if row.outcome is not None else None
    key = {"place": place_key(start.id)}
    sequence = connection.execute(_START, key).scalar()
    if sequence is None:
        return None
    if end is None:
        raise ValueError("a generation that was sealed has an end")
    connection.execute(_PLACE, key)
    connection.execute(insert(forgotten).values(start_seq=sequence))
    return start, end


_OUTCOME = select(generation.c.outcome).where(generation.c.id == bindparam("name"))
_ROW = delete(generation).where(generation.c.id == bindparam("name"))
_START = select(place.c.start_seq).where(place.c.key == bindparam("place"))
_PLACE = delete(place).where(place.c.key == bindparam("place"))


# --- what remains ---


class _Rest:
    """The rows that remain: those of SQLite, and those of the Delta table that still count."""

    def __init__(self, connection: Connection, table: Path) -> None:
        self.connection = connection
        self._table = table
        self._scan = Scan(table)
        self._files = read_files(connection)
        self._gone = read_forgotten(connection)

    def ask(self, question: str, **lists: Collection[Any]) -> list[tuple[Any, ...]]:
        """The answers of both to a question in words that both know, `{rows}` for its source.

        The name of a list in braces is a query for its values.
        """
        held = {name: msgspec.json.encode(list(values)).decode() for name, values in lists.items()}
        sqlite = {name: f"(SELECT value FROM json_each(${name}))" for name in lists}  # noqa: S608
        duckdb = {name: f"(SELECT unnest(${name}))" for name in lists}
        here = self.connection.exec_driver_sql(question.format(rows="generation", **sqlite), held)
        there = question.format(rows=_SOURCE, **duckdb)
        values = {name: list(each) for name, each in lists.items()} | {"gone": self._gone}
        try:
            return [*map(tuple, here), *self._scan.ask(there, self._files, values)]
        except FilesChanged as e:  # not by another: this is the process that changes them
            raise ConfigError(
                f"{self._table}: a file of the table cannot be read; run `darkhorse ledger repair`."
            ) from e

    def close(self) -> None:
        self._scan.close()


_SOURCE = "(SELECT * FROM {files} WHERE start_seq NOT IN (SELECT unnest($gone::BIGINT[])))"


def _people(rest: _Rest, hours: set[tuple[str, int]]) -> None:
    """The sketches of these hours."""
    there: dict[tuple[str, int], set[str]] = {each: set() for each in hours}
    found = rest.ask(
        "SELECT DISTINCT listing, at_us - at_us % 3600000000 AS began_us, person FROM {rows} "
        "WHERE person <> '' AND listing IN {listings} AND at_us - at_us % 3600000000 IN {hours}",
        listings={listing for listing, _ in hours},
        hours={at * HOUR_US for _, at in hours},
    )
    for listing, began_us, person in found:
        if (people := there.get((listing, began_us // HOUR_US))) is not None:
            people.add(person)
    rows = [
        {"of": listing, "at": at, "there": people_sketch.of_people(people)}
        for (listing, at), people in there.items()
    ]
    rest.connection.execute(_PEOPLE, rows)


_PEOPLE = (
    update(hour)
    .where(hour.c.listing == bindparam("of"), hour.c.hour == bindparam("at"))
    .values(people=bindparam("there"))
)


def _keys(rest: _Rest, keys: set[str]) -> None:
    """When these were last used."""
    found = rest.ask(
        "SELECT key, max(at_us) AS last_us FROM {rows} WHERE key IN {keys} GROUP BY key", keys=keys
    )
    rest.connection.execute(_UNSEEN, [{"gone": key} for key in keys])
    latest: dict[str, int] = {}
    for key, last_us in found:
        latest[key] = max(last_us, latest.get(key, last_us))
    if latest:
        rows = [{"key": key, "last_us": last_us} for key, last_us in latest.items()]
        rest.connection.execute(insert(key_seen), rows)


_UNSEEN = delete(key_seen).where(key_seen.c.key == bindparam("gone"))


def _apps(rest: _Rest, apps: set[int]) -> None:
    """What these call themselves: by the oldest rows that are left."""
    if not apps:
        return
    found = rest.ask(
        "SELECT app_url, app_title, min(start_seq) AS oldest FROM {rows} "
        "WHERE app IN {apps} GROUP BY app_url, app_title",
        apps=apps,
    )
    rest.connection.execute(_UNNAMED, [{"gone": number} for number in apps])
    oldest_first = sorted(found, key=lambda row: row[2])
    name_apps(rest.connection, ((url, title) for url, title, _ in oldest_first))


_UNNAMED = delete(app).where(app.c.app == bindparam("gone"))


def _conversations(rest: _Rest, ended: Iterable[Ended]) -> None:
    """The newest days of those that lost a turn."""
    sessions = {one.session for one in ended if one.session and one.app is not None}
    if not sessions:
        return
    found = rest.ask(
        "SELECT app, listing, key, session, max(at_us) AS last_us FROM {rows} "
        "WHERE session IN {sessions} AND app IS NOT NULL AND outcome IS NOT NULL "
        "GROUP BY app, listing, key, session",
        sessions=sessions,
    )
    latest: dict[tuple[Any, ...], int] = {}
    for *which, last_us in found:
        talk = tuple(which)
        latest[talk] = max(last_us // DAY_US, latest.get(talk, 0))
    rows = [dict(zip(_TALK, (*talk, day), strict=True)) for talk, day in latest.items()]
    if rows:
        rest.connection.execute(_NEWEST, rows)


_TALK = ("of", "with", "by", "in", "day")
_NEWEST = (
    update(conversation)
    .where(
        conversation.c.app == bindparam("of"),
        conversation.c.listing == bindparam("with"),
        conversation.c.key == bindparam("by"),
        conversation.c.session == bindparam("in"),
    )
    .values(last_day=bindparam("day"))
)
