"""What a batch adds to tables of counts: totals by listing, use by hour and day, money in all.

`add_to` is what the other tallies (`days`) add with. With `less` a batch is taken away again
(`forgetting`): rows that reach zero are removed, as if they had never been.
"""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct, structs
from sqlalchemy import Connection, Table, delete

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger.bulk import Bulk, adding
from darkhorse.storage.ledger.rows import Ended
from darkhorse.storage.ledger.tables import (
    DAY_US,
    HOUR_US,
    app_day,
    conversation,
    listing_day,
    spent,
    total,
    use_hour,
    used,
)
from darkhorse.storage.records import StartRecord

__all__ = ["NO_APP", "add_to", "tally_spent", "tally_totals", "tally_use"]

NO_APP = 0
"""In `use_hour`, of generations whose app named none."""


class _Total(Struct, kw_only=True):
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    failed: int = 0
    cancelled: int = 0
    interrupted: int = 0


class _Used(Struct, kw_only=True):
    requests: int = 0
    tokens: int = 0
    micro_usd: int = 0


class _UseHour(Struct, kw_only=True):
    requests: int = 0
    ended: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    micro_usd: int = 0
    failed: int = 0
    cancelled: int = 0
    interrupted: int = 0


class _Spent(Struct, kw_only=True):
    micro_usd: int = 0


def tally_totals(connection: Connection, ended: Iterable[Ended], *, less: bool = False) -> None:
    """What the public may know, by listing: counted when a generation ends."""
    totals: defaultdict[tuple[str], _Total] = defaultdict(_Total)
    for one in ended:
        tally = totals[one.listing,]
        tally.requests += 1
        tally.prompt_tokens += one.prompt_tokens
        tally.completion_tokens += one.completion_tokens
        _count_outcome(tally, one)
    add_to(connection, total, totals.items(), less=less)


def tally_use(
    connection: Connection,
    begun: Iterable[StartRecord],
    ended: Iterable[Ended],
    *,
    less: bool = False,
) -> None:
    """By listing and key: by UTC day and address, and by hour and app.

    Requests when they begin, the rest when they end.
    """
    days: defaultdict[tuple[int, str, str, str], _Used] = defaultdict(_Used)
    hours: defaultdict[tuple[str, int, str, int], _UseHour] = defaultdict(_UseHour)
    for start in begun:
        days[start.at_us // DAY_US, start.listing, start.key, start.address].requests += 1
        app = app_of(start.app_url, start.app_title)
        at = start.at_us // HOUR_US
        hours[start.key, at, start.listing, app.id if app else NO_APP].requests += 1
    for one in ended:
        use = days[one.at_us // DAY_US, one.listing, one.key, one.address]
        use.tokens += one.prompt_tokens + one.completion_tokens
        use.micro_usd += one.record.micro_usd
        _end(hours[one.key, one.at_us // HOUR_US, one.listing, one.app or NO_APP], one)
    add_to(connection, used, days.items(), less=less)
    add_to(connection, use_hour, hours.items(), less=less)


def _end(hour: _UseHour, one: Ended) -> None:
    hour.ended += 1
    hour.prompt_tokens += one.prompt_tokens
    hour.completion_tokens += one.completion_tokens
    hour.reasoning_tokens += one.reasoning_tokens
    hour.micro_usd += one.record.micro_usd
    _count_outcome(hour, one)


def _count_outcome(tally: _Total | _UseHour, one: Ended) -> None:
    outcome = one.record.outcome
    if outcome != "done":
        setattr(tally, outcome, getattr(tally, outcome) + 1)


def tally_spent(connection: Connection, ended: Iterable[Ended], *, less: bool = False) -> None:
    """Money in all, by listing, key and address."""
    sums: defaultdict[tuple[str, str, str], _Spent] = defaultdict(_Spent)
    for one in ended:
        if one.record.micro_usd:
            sums[one.listing, one.key, one.address].micro_usd += one.record.micro_usd
    add_to(connection, spent, sums.items(), less=less)


def add_to(
    connection: Connection,
    table: Table,
    amounts: Iterable[tuple[tuple[str | int, ...], Struct]],
    *,
    less: bool = False,
) -> None:
    """Add each struct's fields to the row of its primary key; a row that is not there is 0.

    A `last_day` is no sum: the later one stays. With `less` amounts are subtracted, and rows
    whose first count is not above 0 any more are removed; a `last_day` stays as it is.
    """
    names = [column.name for column in table.primary_key]
    rows = []
    for key, amount in amounts:
        counts = structs.asdict(amount)
        if less:
            counts = {name: -count for name, count in counts.items()}
        rows.append({**dict(zip(names, key, strict=True)), **counts})
    _ADDING[table.name].run(connection, rows)
    if less and rows:
        connection.execute(_EMPTY[table.name])


_LAST = ("last_day",)
_TABLES = (total, used, spent, use_hour, listing_day, app_day, conversation)
_ADDING = {table.name: Bulk(adding(table, raising=_LAST)) for table in _TABLES}
_EMPTY = {
    table.name: delete(table).where(next(c for c in table.c if not c.primary_key) <= 0)
    for table in _TABLES
}
