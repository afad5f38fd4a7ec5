"""What was used: by key, by day, in all. Reads the hours and days that the fold keeps."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Select, case, func, select

from darkhorse.storage.accounting import NOTHING_USED, ActivityRow, KeyUse, Use
from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.tables import DAY_US, key_seen, listing_day, use_hour

__all__ = ["LedgerAccount", "date_of", "day_of"]

_EPOCH = date(1970, 1, 1).toordinal()
_AT_ONCE = 500  # keys in one question
_HOURS = 24

_COUNTS = Use.__struct_fields__


def day_of(day: date) -> int:
    """Days since the epoch, as tables have them."""
    return day.toordinal() - _EPOCH


def date_of(day: int) -> date:
    """The day that tables call so."""
    return date.fromordinal(day + _EPOCH)


class LedgerAccount:
    """`storage.accounting.AccountFacts` over the keeper's file."""

    def __init__(self, facts: Path) -> None:
        self._facts = FactsFile(facts)

    def key_use(self, hashes: Sequence[str], now_us: int) -> dict[str, KeyUse]:
        """By hash of the key, one for each asked for."""
        use = dict.fromkeys(hashes, NOTHING_USED)
        with self._facts.read() as connection:
            if connection is not None:
                for first in range(0, len(hashes), _AT_ONCE):
                    some = hashes[first : first + _AT_ONCE]
                    use.update(_key_use(connection, some, now_us // DAY_US))
        return use

    def activity(self, first: date, last: date, key: str | None = None) -> list[ActivityRow]:
        """From `first` to `last`, newest day first; of one key, or of all together."""
        span = day_of(first), day_of(last)
        query = _of_all(*span) if key is None else _of_key(key, *span)
        with self._facts.read() as connection:
            if connection is None:
                return []
            rows = connection.execute(query)
            return [ActivityRow(**{**row, "day": date_of(row["day"])}) for row in rows.mappings()]

    def spent_micro_usd(self) -> int:
        """By everybody, ever."""
        with self._facts.read() as connection:
            if connection is None:
                return 0
            return connection.execute(select(func.sum(listing_day.c.micro_usd))).scalar() or 0

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._facts.close()


_begun_day = use_hour.c.hour // _HOURS


def _column(name: str) -> Column[Any]:
    """What accounts call requests are those that ended."""
    return use_hour.c["ended" if name == "requests" else name]


def _of_all(first: int, last: int) -> Select[Any]:
    columns = (listing_day.c[name] for name in ActivityRow.__struct_fields__)
    span = listing_day.c.day.between(first, last)
    return select(*columns).where(span).order_by(listing_day.c.day.desc(), listing_day.c.listing)


def _of_key(key: str, first: int, last: int) -> Select[Any]:
    day = _begun_day.label("day")
    sums = [
        func.sum(_column(name)).label(name)
        for name in ActivityRow.__struct_fields__
        if name not in ("day", "listing")
    ]
    span = use_hour.c.hour.between(first * _HOURS, last * _HOURS + _HOURS - 1)
    return (
        select(day, use_hour.c.listing, *sums)
        .where(use_hour.c.key == key, span)
        .group_by(day, use_hour.c.listing)
        .having(func.sum(use_hour.c.ended) > 0)
        .order_by(day.desc(), use_hour.c.listing)
    )


def _key_use(connection: Connection, keys: Sequence[str], today: int) -> dict[str, KeyUse]:
    rows = connection.execute(_by_key(keys, today)).all()
    return {row[0]: _use_of(row) for row in rows}


def _by_key(keys: Sequence[str], today: int) -> Select[tuple[Any, ...]]:
    """Of each key: when it was last used, then its counts in all, today, this week, this month."""
    columns = [
        func.coalesce(func.sum(case((_begun_day >= since, _column(name)), else_=0)), 0)
        for since in _spans(today)
        for name in _COUNTS
    ]
    ended = key_seen.outerjoin(use_hour, use_hour.c.key == key_seen.c.key)
    return (
        select(key_seen.c.key, key_seen.c.last_us, *columns)
        .select_from(ended)
        .where(key_seen.c.key.in_(keys))
        .group_by(key_seen.c.key)
    )


def _spans(today: int) -> tuple[int, int, int, int]:
    """The first day of each span that ends today: all, the day, the week, the month."""
    at = date_of(today)
    return 0, today, today - at.weekday(), day_of(at.replace(day=1))


def _use_of(row: Sequence[Any]) -> KeyUse:
    """From a row of `_by_key`."""
    width = len(_COUNTS)
    spans = (row[at : at + width] for at in range(2, len(row), width))
    total, today, week, month = (Use(**dict(zip(_COUNTS, each, strict=True))) for each in spans)
    return KeyUse(total=total, today=today, week=week, month=month, last_used_us=row[1])
