"""When rows are sealed, and when the table's files are put together: the keeper's chores."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from msgspec import Struct
from sqlalchemy import Engine, Select, delete, func, select

from darkhorse.base.clock import Clock
from darkhorse.storage.ledger.sealed import Sealing, read_sealing
from darkhorse.storage.ledger.table.sealing import SealedTable
from darkhorse.storage.ledger.tables import DAY_US, HOUR_US, generation, used
from darkhorse.storage.state.engine import writing

__all__ = ["Compact", "CompactPolicy", "Seal", "SealPolicy"]


class SealPolicy(Struct, frozen=True, kw_only=True):
    """Which rows are sealed, and when."""

    age_us: int = HOUR_US  # since they ended
    hurried_age_us: int = HOUR_US // 4
    hurry_above: int = 200_000  # rows in SQLite
    every_us: int = HOUR_US  # at most that long do rows of that age wait
    most: int = 20_000  # rows a seal: about half a second; so many do not wait at all


_SEALING = SealPolicy()


class Seal:
    """A `Chore`: rows that ended, are packed and are old enough leave SQLite for the table.

    `packed` says the highest sequence of a frame that is packed.
    """

    name = "seal"
    every_s = 30.0

    def __init__(
        self,
        engine: Engine,
        table: SealedTable,
        clock: Clock,
        packed: Callable[[], int],
        *,
        policy: SealPolicy = _SEALING,
    ) -> None:
        self._engine = engine
        self._table = table
        self._clock = clock
        self._packed = packed
        self._policy = policy

    def step(self) -> bool:
        """Seal once if it is time. True: there may be more to seal at once."""
        now_us, policy = self._clock.now_us(), self._policy
        with self._engine.connect() as connection:
            rows = connection.execute(select(func.count()).select_from(generation)).scalar_one()
            hurried = rows > policy.hurry_above
            age_us = policy.hurried_age_us if hurried else policy.age_us
            query = _ripe(now_us - age_us, self._packed()).limit(policy.most)
            names = list(connection.execute(query).scalars())
            waited_us = now_us - read_sealing(connection).sealed_us
        is_full = len(names) == policy.most
        if not names or not (is_full or not 0 <= waited_us < policy.every_us):
            return False
        self._table.seal(names, now_us)
        return is_full

    def waiting(self) -> int:
        """Rows that ended and are not sealed yet: the keeper's lag."""
        query = select(func.count()).where(generation.c.outcome.is_not(None))
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def close(self) -> None:
        """Nothing is open between two steps."""


def _ripe(before_us: int, packed: int) -> Select[Any]:
    """Oldest first, those that ended before a moment and whose frames are packed."""
    row = generation.c
    ended_us = row.at_us + func.coalesce(row.duration_ms, 0.0) * 1000.0
    return (
        select(row.id)
        .where(row.at_us <= before_us, ended_us <= before_us)
        .where(row.outcome.is_not(None), row.end_seq <= packed)
        .order_by(row.at_us)
    )


class CompactPolicy(Struct, frozen=True, kw_only=True):
    """Which files are small, and how many of a day are too many."""

    small_bytes: int = 16 << 20
    target_bytes: int = 32 << 20
    many: int = 16  # small files of a day are put together at once
    few: int = 4  # so many once an hour, and any two of a day that is over
    every_us: int = HOUR_US
    log_length: int = 50  # commits
    used_days: int = 7  # that addresses are kept for; limits ask for today's only


_COMPACTING = CompactPolicy()


class Compact:
    """A `Chore`: small files into larger ones, rows that are forgotten out, the log short."""

    name = "compact"
    every_s = 60.0

    def __init__(
        self,
        engine: Engine,
        table: SealedTable,
        clock: Clock,
        *,
        policy: CompactPolicy = _COMPACTING,
    ) -> None:
        self._engine = engine
        self._table = table
        self._clock = clock
        self._policy = policy
        self._last_us = clock.now_us()
        self._left: Counter[int] = Counter()  # small files that a day had when it was done

    def step(self) -> bool:
        """Do one thing that is due. True: something was done, so look again."""
        with self._engine.connect() as connection:
            state = read_sealing(connection)
        self._forget_addresses()
        if state.version < 0:
            return False
        return self._shorten(state) or self._table.forget_rows() or self._compact()

    def _compact(self) -> bool:
        now_us = self._clock.now_us()
        is_hourly = not 0 <= now_us - self._last_us < self._policy.every_us
        day = self._crowded(now_us // DAY_US, is_hourly=is_hourly)
        if day is not None:
            self._table.compact(day, target_bytes=self._policy.target_bytes)
            self._left[day] = self._small()[day]
        elif is_hourly:
            self._last_us = now_us
        return day is not None

    def _crowded(self, today: int, *, is_hourly: bool) -> int | None:
        """A day with more small files than it should have."""
        for day, count in sorted(self._small().items()):
            enough = self._policy.few if day >= today else 2
            if count - self._left[day] >= (enough if is_hourly else self._policy.many):
                return day
        return None

    def _small(self) -> Counter[int]:
        files = self._table.files()
        return Counter(file.day for file in files if file.bytes < self._policy.small_bytes)

    def _shorten(self, state: Sealing) -> bool:
        if state.version - max(0, state.checkpoint) < self._policy.log_length:
            return False
        self._table.shorten_log()
        return True

    def _forget_addresses(self) -> None:
        """Who came from where on a day long gone: nobody asks any more."""
        oldest = self._clock.now_us() // DAY_US - self._policy.used_days
        with writing(self._engine).begin() as connection:
            connection.execute(delete(used).where(used.c.day < oldest))

    def close(self) -> None:
        """Nothing is open between two steps."""
