"""Rows of traits: written when a generation begins, completed once when it ends, and counted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger.bulk import Bulk
from darkhorse.storage.ledger.read import Position
from darkhorse.storage.ledger.sealed import place_key
from darkhorse.storage.ledger.tables import HOUR_US
from darkhorse.storage.ledger.tallies import NO_APP
from darkhorse.storage.ledger.traits.tables import facet_hour, forgotten, listing, trait
from darkhorse.storage.ledger.traits.tally import TROUBLES, Counted, Tallies, bits_of, counted
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.storage.traits import MORE_APPS, Asked, Told

__all__ = ["AGAIN_US", "APPS", "RETRIED", "Begun", "Finished", "standing_of", "write_rows"]

APPS = 200
"""So many apps are counted for themselves in an hour of a listing: a stranger may name any."""

AGAIN_US = 600_000_000
"""Asked once more within this, it was asked again."""

RETRIED = 1 << TROUBLES.index("retried")

_AT_ONCE = 500  # names in one question


class Begun(NamedTuple):
    """A start, where its frame begins in the journal, its sequence, and what was read off it."""

    record: StartRecord
    place: Position
    sequence: int
    asked: Asked


class Finished(NamedTuple):
    """An end, and what was read off it."""

    record: EndRecord
    told: Told


def write_rows(
    connection: Connection, begun: Sequence[Begun], finished: Sequence[Finished]
) -> None:
    """What a batch of frames says. Call it in a transaction that writes.

    Starts first: an end that stands before its start is of another generation that bore the name,
    and is passed by wherever batches are cut.
    """
    tallies = Tallies()
    for row in _begin(connection, begun):
        tallies.begin(row)
    for row in _finish(connection, finished):
        tallies.end(row)
    tallies.write(connection)


# --- starts ---


def _begin(connection: Connection, begun: Sequence[Begun]) -> list[Counted]:
    """Rows for those that are new. One that is known stays as it is; one erased stays away."""
    fresh: dict[str, Begun] = {}
    for one in begun:
        fresh.setdefault(one.record.id, one)
    for name in _known(connection, list(fresh)):
        del fresh[name]
    if not fresh:
        return []
    numbers = _numbers(connection, {one.record.listing for one in fresh.values()})
    apps = _AppValues(connection)
    rows = [_started(one, numbers[one.record.listing], apps) for one in fresh.values()]
    connection.exec_driver_sql(_START, rows)
    return _rows(connection, list(fresh))


def _known(connection: Connection, names: Sequence[str]) -> set[str]:
    keys = {place_key(name): name for name in names}
    gone = _in(connection, select(forgotten.c.generation), forgotten.c.generation, list(keys))
    there = _in(connection, select(trait.c.id), trait.c.id, names)
    return {keys[row[0]] for row in gone} | {row[0] for row in there}


def _rows(connection: Connection, names: Sequence[str]) -> list[Counted]:
    return [Counted(*row) for row in _in(connection, counted(), trait.c.id, names)]


def _in(connection: Connection, query: Any, column: Any, values: Sequence[object]) -> list[Any]:
    found: list[Any] = []
    for first in range(0, len(values), _AT_ONCE):
        some = values[first : first + _AT_ONCE]
        found += connection.execute(query.where(column.in_(some))).all()
    return found


def _numbers(connection: Connection, slugs: Iterable[str]) -> dict[str, int]:
    """The number of each listing, given out to those that have none."""
    rows = [{"slug": slug} for slug in sorted(slugs)]
    connection.execute(insert_or(listing).on_conflict_do_nothing(), rows)
    return {row.slug: row.number for row in connection.execute(select(listing))}


class _AppValues:
    """Under which value an app counts, the first `APPS` of an hour of a listing for themselves."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: defaultdict[tuple[int, int], set[str]] = defaultdict(set)

    def value(self, number: int, at_us: int, app: int) -> str:
        """Of the next generation, in the order of the frames."""
        hour = at_us // HOUR_US
        known = self._known.get((number, hour))
        if known is None:
            known = self._known[number, hour] = self._counted(number, hour)
        value = str(app)
        if value not in known and len(known) >= APPS:
            return MORE_APPS
        known.add(value)
        return value

    def _counted(self, number: int, hour: int) -> set[str]:
        values = select(facet_hour.c.value).where(
            facet_hour.c.facet == "app",
            facet_hour.c.listing == number,
            facet_hour.c.hour == hour,
            facet_hour.c.value != MORE_APPS,
        )
        return set(self._connection.execute(values).scalars())


def _started(one: Begun, number: int, apps: _AppValues) -> dict[str, object]:
    """The parameters of `_START`."""
    record, place, sequence, asked = one
    app = app_of(record.app_url, record.app_title)
    app_id = app.id if app else NO_APP
    return {
        "id": record.id,
        "at_us": record.at_us,
        "listing": number,
        "dialect": record.dialect,
        "streamed": record.streamed,
        "key": record.key,
        "person": record.person,
        "session": record.session,
        "app": app_id,
        "app_name": _storable((app.name or app.slug) if app else ""),
        "app_value": apps.value(number, record.at_us, app_id),
        "category": _storable(asked.category),
        "language": _storable(asked.language),
        "length": asked.length,
        "turns": asked.turns,
        "tools": asked.tools,
        "schema": asked.schema,
        "media": asked.media,
        "preview": _storable(asked.preview),
        "said": asked.said,
        "start_seq": sequence,
        "start_file": place.file,
        "start_at": place.offset,
        "prompt_tokens": record.prompt_tokens,
    }


def _storable(text: str) -> str:
    """SQLite takes no half of a character."""
    return text.encode("utf-8", "replace").decode()


# The plus: by its session, or by what was said; never row by row through a whole listing.
_OTHER = "SELECT 1 FROM trait AS other WHERE +other.listing = :listing AND "
_IS_FIRST = (
    f":session <> '' AND NOT EXISTS ({_OTHER} other.session = :session AND other.session <> '')"
)
_IS_AGAIN = (
    f":said <> 0 AND EXISTS ({_OTHER} other.said = :said AND other.said <> 0 "
    f"AND other.key = :key AND other.at_us > :at_us - {AGAIN_US} "
    f"AND other.at_us < :at_us + {AGAIN_US})"
)
_VALUES = {
    **{
        name: f":{name}"
        for name in (
            "id",
            "at_us",
            "listing",
            "dialect",
            "streamed",
            "key",
            "person",
            "session",
            "app",
            "app_name",
            "app_value",
            "category",
            "language",
            "length",
            "turns",
            "tools",
            "schema",
            "media",
            "preview",
            "said",
            "start_seq",
            "start_file",
            "start_at",
            "prompt_tokens",
        )
    },
    "is_first": _IS_FIRST,
    "is_again": _IS_AGAIN,
    **dict.fromkeys(("error_type", "endpoint", "signature"), "''"),
    **dict.fromkeys(
        (
            "completion_tokens",
            "reasoning_tokens",
            "micro_usd",
            "attempts",
            "called",
            "troubles",
            "is_amiss",
            "is_plain",
        ),
        "0",
    ),
}
# Each row sees those before it, so that it does not matter where batches are cut.
_START = f"INSERT INTO trait ({', '.join(_VALUES)}) VALUES ({', '.join(_VALUES.values())})"  # noqa: S608 (our own names)


# --- ends ---


def standing_of(outcome: str | None, troubles: int, error_type: str) -> dict[str, bool]:
    """The two columns that say whether it went well."""
    is_amiss = bool(troubles) or outcome in ("failed", "interrupted")
    is_plain = outcome == "done" and not is_amiss and not error_type
    return {"is_amiss": is_amiss, "is_plain": is_plain}


def _finish(connection: Connection, finished: Sequence[Finished]) -> list[Counted]:
    """Complete the rows of those that still run, each only once."""
    ends: dict[str, Finished] = {}
    for one in finished:
        ends.setdefault(one.record.id, one)
    running = select(trait.c.id, trait.c.prompt_tokens, trait.c.is_again).where(
        trait.c.outcome.is_(None)
    )
    found = _in(connection, running, trait.c.id, list(ends))
    _FINISH.run(connection, [_completed(ends[row.id], row) for row in found])
    return _rows(connection, [row.id for row in found])


_ENDED = (
    "start_seq",
    "start_file",
    "start_at",
    "prompt_tokens",
    "outcome",
    "finish",
    "status",
    "error_type",
    "completion_tokens",
    "reasoning_tokens",
    "micro_usd",
    "first_token_ms",
    "duration_ms",
    "attempts",
    "endpoint",
    "called",
    "troubles",
    "signature",
    *standing_of("done", 0, ""),
)
_FINISH = Bulk(
    update(trait)
    .where(trait.c.id == bindparam("ended"))
    .values({name: bindparam(f"new_{name}") for name in _ENDED})
)


def _completed(one: Finished, row: Any) -> Mapping[str, object]:
    """The parameters of `_FINISH`."""
    record, told = one
    usage = record.usage
    troubles = bits_of(told.troubles - {"retried"}) | (RETRIED if row.is_again else 0)
    values = (
        None,
        None,
        None,
        usage.prompt if usage else row.prompt_tokens,
        record.outcome,
        record.finish,
        record.status,
        _storable(record.error_type),
        usage.completion if usage else 0,
        usage.reasoning if usage else 0,
        record.micro_usd,
        record.first_token_ms,
        record.duration_ms,
        len(record.attempts),
        _storable(record.attempts[-1].endpoint) if record.attempts else "",
        told.called,
        troubles,
        _storable(told.signature),
        *standing_of(record.outcome, troubles, record.error_type).values(),
    )
    named = {f"new_{name}": value for name, value in zip(_ENDED, values, strict=True)}
    return {"ended": record.id, **named}
