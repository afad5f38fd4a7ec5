"""Erased generations leave rows and tallies, as if they had never been.

What the others are in relation to them is made anew: who is the first of a session now, and who
has not been asked before any more.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, select, text, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from darkhorse.storage.ledger.sealed import place_key
from darkhorse.storage.ledger.traits.filters import unindexed
from darkhorse.storage.ledger.traits.rows import AGAIN_US, RETRIED, standing_of
from darkhorse.storage.ledger.traits.tables import forgotten, trait
from darkhorse.storage.ledger.traits.tally import Counted, Tallies, counted

__all__ = ["forget_some"]

_ROWS = 1000  # a call
_AT_ONCE = 500  # names in one question


def forget_some(connection: Connection, generations: Sequence[str]) -> bool:
    """Take some of these away; True: call again with the same. In a transaction that writes.

    One that was not described yet is not described any more either. Idempotent. The file has to be
    made anew afterwards (`scrub`): until then there may be old bytes between its rows.
    """
    _note(connection, generations)
    gone = _some_of(connection, generations)
    tallies = Tallies()
    for row in gone:
        tallies.take_away(_counted(row))
    for some in _parts([row.number for row in gone]):
        connection.execute(delete(trait).where(trait.c.number.in_(some)))
    for listing, session in sorted({(row.listing, row.session) for row in gone if row.is_first}):
        _find_first(connection, tallies, listing, session)
    for row in gone:
        if row.said:
            _ask_again(connection, tallies, row)
    tallies.write(connection)
    return len(gone) >= _ROWS


def _note(connection: Connection, generations: Sequence[str]) -> None:
    rows = [{"generation": place_key(name)} for name in generations]
    if rows:
        connection.execute(insert_or(forgotten).on_conflict_do_nothing(), rows)


_RELATED = (trait.c.number, trait.c.key, trait.c.session, trait.c.said)


def _some_of(connection: Connection, generations: Sequence[str]) -> list[Any]:
    found: list[Any] = []
    query = counted().add_columns(*_RELATED).order_by(trait.c.number)
    for some in _parts(generations):
        found += connection.execute(query.where(trait.c.id.in_(some))).all()
        if len(found) >= _ROWS:
            break
    return found


def _parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[first : first + _AT_ONCE] for first in range(0, len(values), _AT_ONCE))


def _counted(row: Any) -> Counted:
    return Counted(*row[: len(Counted._fields)])


def _find_first(connection: Connection, tallies: Tallies, listing: int, session: str) -> None:
    """The oldest that is left of a session counts for it now."""
    row = connection.execute(_first_of(listing, session)).first()
    if row is not None:
        _change(connection, tallies, row, is_first=True)


def _first_of(listing: int, session: str) -> Select[Any]:
    return (
        counted()
        .add_columns(*_RELATED)
        .where(
            trait.c.session == session,
            text("session <> ''"),
            unindexed("listing") == listing,
        )
        .order_by(unindexed("number"))
        .limit(1)
    )


def _ask_again(connection: Connection, tallies: Tallies, gone: Any) -> None:
    """Those that were asked again, perhaps only after this one."""
    for row in connection.execute(_asked_again(gone)).all():
        if not _is_again(connection, row):
            troubles = row.troubles & ~RETRIED
            standing = standing_of(row.outcome, troubles, row.error_type)
            _change(connection, tallies, row, is_again=False, troubles=troubles, **standing)


def _asked_again(gone: Any) -> Select[Any]:
    return counted().add_columns(*_RELATED).where(unindexed("is_again") == text("1"), *_same(gone))


def _is_again(connection: Connection, row: Any) -> bool:
    return bool(connection.execute(_earlier(row)).first())


def _earlier(row: Any) -> Select[Any]:
    earlier = unindexed("number") < row.number
    return select(trait.c.number).where(*_same(row), earlier).limit(1)


def _same(row: Any) -> tuple[Any, ...]:
    """Said by the same key to the same listing, the same, within ten minutes."""
    return (
        trait.c.said == row.said,
        trait.c.said != text("0"),
        trait.c.at_us > row.at_us - AGAIN_US,
        trait.c.at_us < row.at_us + AGAIN_US,
        unindexed("key") == row.key,
        unindexed("listing") == row.listing,
    )


def _change(connection: Connection, tallies: Tallies, row: Any, **values: Any) -> None:
    """A row says something else of itself now, and counts so."""
    connection.execute(update(trait).where(trait.c.number == row.number).values(values))
    before = _counted(row)
    after = {name: each for name, each in values.items() if name in Counted._fields}
    tallies.take_away(before)
    tallies.put_back(before._replace(**after))
