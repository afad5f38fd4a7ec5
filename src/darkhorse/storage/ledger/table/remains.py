"""What follows from the rows that remain, in SQLite and in the Delta table, is made anew from them.

`forgetting` notes what is stale. Each slice takes some of it and asks only where its answer can be:
who was there by the hour, the newest of a key or a conversation on the days on which the hours
count any (`use_hour`), the name of an app in the oldest files first.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, bindparam, delete, select, text, update

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger import people_sketch
from darkhorse.storage.ledger.sealed import SealedFile, read_files, read_forgotten
from darkhorse.storage.ledger.table.scan import Scan, own_files
from darkhorse.storage.ledger.tables import (
    DAY_US,
    HOUR_US,
    app,
    conversation,
    hour,
    key_seen,
    stale_app,
    stale_conversation,
    stale_hour,
    stale_key,
    use_hour,
)

__all__ = ["make_anew"]

_ROWS = 100_000  # of which one question asks
_SOME = 1_000  # hours, keys, apps or conversations a slice
_DAY_HOURS = 24


def make_anew(connection: Connection, table: Path) -> bool:
    """A slice, in a transaction that writes; True: there may be more.

    `table`: the Delta table's directory. Raises ConfigError where it is damaged.
    """
    rest = _Rest(connection, table)
    try:
        with own_files(table):
            return any(part(rest) for part in (_people, _keys, _apps, _conversations))
    finally:
        rest.close()


class _Rest:
    """The rows that remain: those of SQLite, and those of the Delta table that still count."""

    def __init__(self, connection: Connection, table: Path) -> None:
        self.connection = connection
        self._scan = Scan(table)
        self._files: list[SealedFile] | None = None

    @property
    def files(self) -> list[SealedFile]:
        if self._files is None:
            self._files = read_files(self.connection)
        return self._files

    def of_days(self, days: Collection[int]) -> list[SealedFile]:
        return [file for file in self.files if file.day in days]

    def here(self, question: str, **values: Any) -> list[tuple[Any, ...]]:
        """Of SQLite; lists are there as JSON."""
        held = {
            name: msgspec.json.encode(value).decode() if isinstance(value, list) else value
            for name, value in values.items()
        }
        lists = {name: _HERE.format(name) for name, value in values.items() if _is_list(value)}
        words = question.format(rows="generation", **lists)
        return [*map(tuple, self.connection.exec_driver_sql(words, held))]

    def there(
        self, question: str, files: Sequence[SealedFile], **values: Any
    ) -> Sequence[tuple[Any, ...]]:
        """Of some files of the table."""
        gone = read_forgotten(self.connection, files)
        lists = {name: _THERE.format(name) for name, value in values.items() if _is_list(value)}
        rows = "(SELECT * FROM {files} WHERE start_seq NOT IN (SELECT unnest($gone::BIGINT[])))"
        words = question.format(rows=rows if gone else "{files}", **lists)
        return self._scan.ask(words, files, {**values, **({"gone": gone} if gone else {})})

    def both(self, question: str, files: Sequence[SealedFile], **values: Any) -> list[Any]:
        """A question in words that both know, `{rows}` for its source, `{name}` for a list."""
        return [*self.here(question, **values), *self.there(question, files, **values)]

    def close(self) -> None:
        self._scan.close()


_HERE = "(SELECT value FROM json_each(${}))"
_THERE = "(SELECT unnest(${}))"


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _done(rest: _Rest, table: Table, keys: Iterable[Sequence[Any]]) -> None:
    columns = list(table.primary_key)
    gone = delete(table).where(*(column == bindparam(f"of_{column.name}") for column in columns))
    rows = [
        {f"of_{column.name}": value for column, value in zip(columns, key, strict=True)}
        for key in keys
    ]
    if rows:
        rest.connection.execute(gone, rows)


# --- who was there ---


def _people(rest: _Rest) -> bool:
    """The sketches of the oldest hours, of one day."""
    counted, requests = _hours(rest.connection)
    if not counted:
        return False
    first_us, after_us = counted[0][0] * HOUR_US, (counted[-1][0] + 1) * HOUR_US
    values = {
        "listings": sorted({listing for _, listing in counted}),
        "first_us": first_us,
        "after_us": after_us,
    }
    files = [file for file in rest.files if file.first_us < after_us and file.last_us >= first_us]
    sketches = dict.fromkeys(counted, people_sketch.EMPTY)
    _add_people(sketches, rest.here(_THERE_WERE, **values))
    parts = requests // _ROWS + 1
    for part in range(parts):  # so that no answer is large, however full an hour was
        question = f"{_THERE_WERE} AND hash(person) % {parts} = {part}"
        _add_people(sketches, rest.there(question, files, **values))
    rows = [{"of": of, "at": at, "there": there} for (at, of), there in sketches.items()]
    rest.connection.execute(_PEOPLE, rows)
    _done(rest, stale_hour, counted)
    return True


def _hours(connection: Connection) -> tuple[list[tuple[int, str]], int]:
    """Hours and listings that are asked for at once, and how many began in them."""
    found: list[tuple[int, str]] = []
    total = 0
    for at, listing, requests in connection.execute(_STALE_HOURS):
        is_of_day = not found or at // _DAY_HOURS == found[0][0] // _DAY_HOURS
        if found and (not is_of_day or total + requests > _ROWS):
            break
        found.append((at, listing))
        total += requests
    return found, total


_STALE_HOURS = text(
    "SELECT s.hour, s.listing, coalesce(h.requests, 0) FROM stale_hour AS s LEFT JOIN hour AS h "  # noqa: S608 (ours)
    f"ON h.listing = s.listing AND h.hour = s.hour ORDER BY s.hour, s.listing LIMIT {_SOME}"
)
_THERE_WERE = (
    f"SELECT DISTINCT listing, at_us - at_us % {HOUR_US} AS began_us, person FROM {{rows}} "  # noqa: S608 (ours)
    "WHERE person <> '' AND at_us >= $first_us AND at_us < $after_us AND listing IN {listings}"
)


def _add_people(
    sketches: dict[tuple[int, str], bytes], rows: Iterable[tuple[str, int, str]]
) -> None:
    people: dict[tuple[int, str], set[str]] = {}
    for listing, began_us, person in rows:
        people.setdefault((began_us // HOUR_US, listing), set()).add(person)
    for which in sketches.keys() & people.keys():
        more = people_sketch.of_people(people[which])
        sketches[which] = people_sketch.merged([sketches[which], more])


_PEOPLE = (
    update(hour)
    .where(hour.c.listing == bindparam("of"), hour.c.hour == bindparam("at"))
    .values(people=bindparam("there"))
)


# --- when a key was last used ---


def _keys(rest: _Rest) -> bool:
    """Of some keys those whose newest day is the same; and those that have no day left."""
    newest = dict(rest.here(_NEWEST_DAYS))
    if not newest:
        return False
    day = max((each for each in newest.values() if each is not None), default=None)
    gone = [key for key, each in newest.items() if each is None]
    if gone:
        rest.connection.execute(_UNSEEN, [{"of": key} for key in gone])
    last: dict[str, int] = {}
    if day is not None:
        keys = [key for key, each in newest.items() if each == day]
        for key, last_us in rest.both(_LAST_USED, rest.of_days({day}), keys=keys):
            last[key] = max(last_us, last.get(key, last_us))
        rest.connection.execute(_SEEN, [{"of": key, "us": us} for key, us in last.items()])
        gone += keys
    _done(rest, stale_key, ((key,) for key in gone))
    return True


_NEWEST_DAYS = (
    f"SELECT key, (SELECT max(hour) FROM use_hour AS u WHERE u.key = s.key) / {_DAY_HOURS} "  # noqa: S608 (ours)
    f"FROM (SELECT key FROM stale_key ORDER BY key LIMIT {_SOME}) AS s"
)
_LAST_USED = "SELECT key, max(at_us) AS last_us FROM {rows} WHERE key IN {keys} GROUP BY key"
_UNSEEN = delete(key_seen).where(key_seen.c.key == bindparam("of"))
_SEEN = update(key_seen).where(key_seen.c.key == bindparam("of")).values(last_us=bindparam("us"))


# --- what an app calls itself ---


def _apps(rest: _Rest) -> bool:
    """By the oldest rows that are left; an app without any is no more."""
    stale = list(rest.connection.execute(select(stale_app.c.app).limit(_SOME)).scalars())
    if not stale:
        return False
    left = {number for (number,) in rest.here(_IN_USE, apps=stale)}
    gone = [{"of": number} for number in stale if number not in left]
    if gone:
        rest.connection.execute(_NO_APP_MORE, gone)
    named = [number for (number,) in rest.here(_NAMED, apps=sorted(left))]
    if named:
        names = _oldest_names(rest, named)
        rows = [{"of": number, "called": names.get(number, "")} for number in named]
        rest.connection.execute(_CALLED, rows)
    _done(rest, stale_app, ((number,) for number in stale))
    return True


_IN_USE = f"SELECT DISTINCT app FROM {use_hour.name} WHERE app IN {{apps}}"  # noqa: S608 (ours)
_NAMED = f"SELECT app FROM {app.name} WHERE name <> '' AND app IN {{apps}}"  # noqa: S608 (ours)
_NO_APP_MORE = delete(app).where(app.c.app == bindparam("of"))
_CALLED = update(app).where(app.c.app == bindparam("of")).values(name=bindparam("called"))


def _oldest_names(rest: _Rest, apps: list[int]) -> dict[int, str]:
    """In the order of frames; files are asked until no older row can be in the rest."""
    found: dict[int, tuple[int, str]] = {}
    _keep_oldest(found, rest.here(_TITLES, apps=apps))
    for some in _growing(sorted(rest.files, key=lambda file: file.first_seq)):
        first_seq = some[0].first_seq
        wanted = [each for each in apps if each not in found or found[each][0] > first_seq]
        if not wanted:
            break
        _keep_oldest(found, rest.there(_FIRST_TITLE, some, apps=wanted))
    return {number: name for number, (_, name) in found.items()}


_TITLES = (
    "SELECT app, min(start_seq), app_url, app_title FROM {rows} "
    "WHERE app IN {apps} AND app_title <> '' GROUP BY app, app_url, app_title"
)
_FIRST_TITLE = (
    "SELECT app, min(start_seq), arg_min(app_url, start_seq), arg_min(app_title, start_seq) "
    r"FROM {rows} WHERE app IN {apps} AND regexp_matches(app_title, '[^\s\pZ\pC]') GROUP BY app"
)
"""Of titles that are not empty once they are clean (`storage.apps`); SQLite knows no such words."""


def _keep_oldest(
    found: dict[int, tuple[int, str]], rows: Iterable[tuple[int, int, str, str]]
) -> None:
    for number, sequence, url, title in rows:
        named = app_of(url, title)
        if named and named.name and (number not in found or sequence < found[number][0]):
            found[number] = sequence, named.name


def _growing(files: Sequence[SealedFile]) -> Iterator[Sequence[SealedFile]]:
    """First one file, then twice as many each time: the answer is mostly in the first."""
    first, count = 0, 1
    while first < len(files):
        yield files[first : first + count]
        first, count = first + count, 2 * count


# --- the newest day of a conversation ---

_Talk = tuple[int, str, str, str]


def _conversations(rest: _Rest) -> bool:
    """From the newest day on which its key used its listing through its app, backwards."""
    stale: list[_Talk] = rest.here(f"SELECT {_TALK} FROM stale_conversation LIMIT {_SOME}")  # noqa: S608 (ours)
    if not stale:
        return False
    sessions = sorted({session for *_, session in stale})
    latest: dict[_Talk, int] = {}
    _keep_newest(latest, rest.here(_NEWEST_TURN, sessions=sessions))
    days = {day for (day,) in rest.here(_DAYS)}
    wanted = set(stale)
    for some in _growing(sorted(rest.of_days(days), key=lambda file: -file.day)):
        wanted = {talk for talk in wanted if latest.get(talk, -1) < some[0].day}
        if not wanted:
            break
        sessions = sorted({session for *_, session in wanted})
        _keep_newest(latest, rest.there(_NEWEST_TURN, some, sessions=sessions))
    rows = [
        {"of": talk[0], "with": talk[1], "by": talk[2], "in": talk[3], "day": latest[talk]}
        for talk in stale
        if talk in latest
    ]
    if rows:
        rest.connection.execute(_NEWEST, rows)
    _done(rest, stale_conversation, stale)
    return True


_TALK = "app, listing, key, session"
_DAYS = (
    f"SELECT DISTINCT u.hour / {_DAY_HOURS} FROM use_hour AS u JOIN (SELECT DISTINCT app, listing, "  # noqa: S608 (ours)
    f"key FROM (SELECT {_TALK} FROM stale_conversation LIMIT {_SOME})) AS s "
    "ON u.key = s.key AND u.listing = s.listing AND u.app = s.app"
)
_NEWEST_TURN = (
    f"SELECT {_TALK}, max(at_us) FROM {{rows}} WHERE session IN {{sessions}} "  # noqa: S608 (ours)
    f"AND app IS NOT NULL AND outcome IS NOT NULL GROUP BY {_TALK}"
)
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


def _keep_newest(latest: dict[_Talk, int], rows: Iterable[tuple[int, str, str, str, int]]) -> None:
    for number, listing, key, session, last_us in rows:
        talk = number, listing, key, session
        latest[talk] = max(last_us // DAY_US, latest.get(talk, -1))
