"""Generations are taken out of the facts, as if they had never been.

Counts are subtracted with the code that added them. What cannot be subtracted (who was there, when
a key was last used, what an app calls itself, a conversation's newest day) is noted as stale where
it may be another now. The table's own rows only count no more from here on.
`SealedTable.forget_rows` makes anew what is stale (`table.remains`) and takes the rows out.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, bindparam, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger.days import tally_conversations, tally_days
from darkhorse.storage.ledger.hours import tally_hours
from darkhorse.storage.ledger.rows import Ended, ended_of
from darkhorse.storage.ledger.sealed import place_key
from darkhorse.storage.ledger.tables import (
    DAY_US,
    HOUR_US,
    conversation,
    forgotten,
    generation,
    key_seen,
    place,
    stale_app,
    stale_conversation,
    stale_hour,
    stale_key,
)
from darkhorse.storage.ledger.tallies import tally_spent, tally_totals, tally_use
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["Pair", "forget"]

Pair = tuple[StartRecord, EndRecord | None]
"""A generation's first start and first end; None while it runs."""


def forget(connection: Connection, pairs: Iterable[Pair]) -> int:
    """Take these generations out of every table; returns how many were in them.

    Call it in a transaction that writes; afterwards `SealedTable.forget_rows` until it returns
    False. One that is not in the facts, or not any more, is passed by, so it may be called again
    with the same. Costs what the batch is, however large the table is.
    """
    known = [found for pair in pairs if (found := _removed(connection, *pair))]
    if not known:
        return 0
    begun = [start for start, _ in known]
    ended = [ended_of(start, end) for start, end in known if end is not None]
    _note_stale(connection, begun, ended)
    tally_totals(connection, ended, less=True)
    tally_use(connection, begun, ended, less=True)
    tally_spent(connection, ended, less=True)
    tally_hours(connection, begun, ended, less=True)
    tally_days(connection, ended, less=True)
    tally_conversations(connection, ended, less=True)
    return len(known)


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
    connection.execute(_FORGOTTEN, {"start_seq": sequence})
    return start, end


_OUTCOME = select(generation.c.outcome).where(generation.c.id == bindparam("name"))
_ROW = delete(generation).where(generation.c.id == bindparam("name"))
_START = select(place.c.start_seq).where(place.c.key == bindparam("place"))
_FORGOTTEN = insert(forgotten)
_PLACE = delete(place).where(place.c.key == bindparam("place"))


# --- what may be another now ---


def _note_stale(
    connection: Connection, begun: Sequence[StartRecord], ended: Sequence[Ended]
) -> None:
    """Ahead of subtracting: what is older than the newest that is known changes nothing."""
    _note(
        connection,
        stale_hour,
        {(start.at_us // HOUR_US, start.listing) for start in begun if start.person},
    )
    apps = {app_of(start.app_url, start.app_title) for start in begun}
    _note(connection, stale_app, {(each.id,) for each in apps if each})
    last_us: dict[str, int] = {}
    for start in begun:
        last_us[start.key] = max(start.at_us, last_us.get(start.key, 0))
    keys = {
        (key,)
        for key, at_us in last_us.items()
        if at_us >= (connection.execute(_LAST_US, {"of": key}).scalar() or 0)
    }
    _note(connection, stale_key, keys)
    _note(connection, stale_conversation, set(_shortened(connection, ended)))


def _shortened(
    connection: Connection, ended: Sequence[Ended]
) -> Iterable[tuple[int, str, str, str]]:
    """Conversations that lost a turn of their newest day."""
    days: dict[tuple[int, str, str, str], int] = {}
    for one in ended:
        if one.session and one.app is not None:
            talk = one.app, one.listing, one.key, one.session
            days[talk] = max(one.at_us // DAY_US, days.get(talk, 0))
    for talk, day in days.items():
        which = dict(zip(("app", "listing", "key", "session"), talk, strict=True))
        if day >= (connection.execute(_LAST_DAY, which).scalar() or 0):
            yield talk


_LAST_US = select(key_seen.c.last_us).where(key_seen.c.key == bindparam("of"))
_LAST_DAY = select(conversation.c.last_day).where(
    *(column == bindparam(column.name) for column in conversation.primary_key)
)


def _note(connection: Connection, table: Table, keys: Iterable[tuple[object, ...]]) -> None:
    names = [column.name for column in table.primary_key]
    if rows := [dict(zip(names, key, strict=True)) for key in keys]:
        connection.execute(insert_or(table).on_conflict_do_nothing(), rows)
