"""What a batch adds to tables of counts: totals by listing, use by day, money in all.

`add_to` is what the other tallies (`days`) add with.
"""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct, structs
from sqlalchemy import Connection, Table

from darkhorse.storage.ledger.bulk import Bulk, adding
from darkhorse.storage.ledger.rows import Ended
from darkhorse.storage.ledger.tables import (
    DAY_US,
    app_day,
    conversation,
    key_day,
    listing_day,
    spent,
    total,
    used,
)
from darkhorse.storage.records import StartRecord

__all__ = ["add_to", "tally_spent", "tally_totals", "tally_use"]


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


class _Spent(Struct, kw_only=True):
    micro_usd: int = 0


def tally_totals(connection: Connection, ended: Iterable[Ended]) -> None:
    """What the public may know, by listing: counted when a generation ends."""
    totals: defaultdict[tuple[str], _Total] = defaultdict(_Total)
    for one in ended:
        tally = totals[one.listing,]
        tally.requests += 1
        tally.prompt_tokens += one.prompt_tokens
        tally.completion_tokens += one.completion_tokens
        if one.record.outcome != "done":
            outcome = one.record.outcome
            setattr(tally, outcome, getattr(tally, outcome) + 1)
    add_to(connection, total, totals.items())


def tally_use(connection: Connection, begun: Iterable[StartRecord], ended: Iterable[Ended]) -> None:
    """By UTC day, listing, key and address: requests when they begin, the rest when they end."""
    uses: defaultdict[tuple[int, str, str, str], _Used] = defaultdict(_Used)
    for start in begun:
        uses[start.at_us // DAY_US, start.listing, start.key, start.address].requests += 1
    for one in ended:
        use = uses[one.at_us // DAY_US, one.listing, one.key, one.address]
        use.tokens += one.prompt_tokens + one.completion_tokens
        use.micro_usd += one.record.micro_usd
    add_to(connection, used, uses.items())


def tally_spent(connection: Connection, ended: Iterable[Ended]) -> None:
    """Money in all, by listing, key and address."""
    sums: defaultdict[tuple[str, str, str], _Spent] = defaultdict(_Spent)
    for one in ended:
        if one.record.micro_usd:
            sums[one.listing, one.key, one.address].micro_usd += one.record.micro_usd
    add_to(connection, spent, sums.items())


def add_to(
    connection: Connection, table: Table, amounts: Iterable[tuple[tuple[str | int, ...], Struct]]
) -> None:
    """Add each struct's fields to the row of its primary key; a row that is not there is 0.

    A `last_day` is no sum: the later one stays.
    """
    names = [column.name for column in table.primary_key]
    rows = [
        {**dict(zip(names, key, strict=True)), **structs.asdict(amount)} for key, amount in amounts
    ]
    _ADDING[table.name].run(connection, rows)


_LAST = ("last_day",)
_ADDING = {
    table.name: Bulk(adding(table, raising=_LAST))
    for table in (total, used, spent, key_day, listing_day, app_day, conversation)
}
