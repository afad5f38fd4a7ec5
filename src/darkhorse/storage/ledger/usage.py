"""What has been used of limits, exactly, for a relay that has just started.

The facts say most of it; the frames behind their bookmark say the rest. Both are one moment: the
facts are read in one transaction, and frames that the keeper folds meanwhile are not in it.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from msgspec import Struct, structs
from sqlalchemy import Connection, case, func, select
from sqlalchemy.exc import DatabaseError

from darkhorse.storage.ledger.bookmark import frames_behind, read_bookmark
from darkhorse.storage.ledger.entries import record_of
from darkhorse.storage.ledger.facts import has_shape
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.tables import DAY_US, generation, spent, used
from darkhorse.storage.ledger.whole import Step, Whole
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.storage.state.engine import open_reader

__all__ = ["RecentUse", "Spending", "TodaysUse", "Usage", "read_usage"]

_RECENT_US = 60_000_000
_BATCH = 1000  # frames whose generations are looked up together

_log = logging.getLogger(__name__)


class RecentUse(Struct, frozen=True):
    """One generation that began or ended in the last 60 s.

    Tokens: the prompt's while nothing else is known, and as if used now.
    """

    seconds_ago: float
    listing: str
    key: str
    address: str
    tokens: int
    ended_ago: float = 0.0


class TodaysUse(Struct, frozen=True):
    """Requests begun since midnight UTC."""

    listing: str
    key: str
    address: str
    requests: int


class Spending(Struct, frozen=True):
    """What was spent in all."""

    listing: str
    key: str
    address: str
    micro_usd: int


class Usage(Struct, frozen=True, kw_only=True):
    """A moment of the ledger. `recent` is oldest first; the others have no row of zero."""

    recent: list[RecentUse]
    today: list[TodaysUse]
    spent: list[Spending]


class _Begun(Struct, frozen=True):
    """What is known of a generation that began."""

    at_us: int
    listing: str
    key: str
    address: str
    tokens: int
    duration_ms: float | None = None  # None while nobody knows of its end

    @property
    def ended(self) -> bool:
        return self.duration_ms is not None

    @property
    def ended_us(self) -> int:
        """When it ended; while it runs, when it began."""
        return self.at_us + round((self.duration_ms or 0) * 1000)


class _Unfit(Exception):
    """The facts say nothing, or not what this journal says."""


_Lookup = Callable[[Iterable[str]], dict[str, _Begun]]


def read_usage(layout: Layout, now_us: int) -> Usage:
    """What `now_us` finds used. Blocks on the disk.

    Where the facts are missing or do not fit the ledger, all of it is read: exact too, and slow.
    Raises ConfigError and OSError as reading a ledger does.
    """
    whole = Whole(layout)
    try:
        return _with_facts(layout, whole, now_us)
    except (DatabaseError, _Unfit):
        count = _Count(now_us)
        count.take(_with_notice(whole.frames()), lambda _: {})
        return count.usage()
    finally:
        whole.close()


def _with_notice(everything: Iterator[Step]) -> Iterator[Step]:
    for number, step in enumerate(everything):
        if number == 0:
            _log.info("The facts do not fit the ledger; reading all of it to restore limits.")
        yield step


def _with_facts(layout: Layout, whole: Whole, now_us: int) -> Usage:
    if not layout.facts.exists():
        raise _Unfit
    engine = open_reader(layout.facts)
    try:
        with engine.connect() as connection:
            if not has_shape(connection):
                raise _Unfit
            bookmark = read_bookmark(connection)
            rest = frames_behind(whole, bookmark) if bookmark else None
            if rest is None:
                raise _Unfit
            count = _Count(now_us)
            count.read_facts(connection)
            count.take(rest, lambda names: _known(connection, names))
            return count.usage()
    finally:
        engine.dispose()


def _known(connection: Connection, names: Iterable[str]) -> dict[str, _Begun]:
    rows = connection.execute(_BEGUN.where(generation.c.id.in_(list(names))))
    return {name: _Begun(*rest) for name, *rest in rows}


_BEGUN = select(
    generation.c.id,
    generation.c.at_us,
    generation.c.listing,
    generation.c.key,
    generation.c.address,
    (generation.c.prompt_tokens + generation.c.completion_tokens).label("tokens"),
    case((generation.c.outcome.is_not(None), func.coalesce(generation.c.duration_ms, 0.0))),
)
_LONGEST_US = 25 * 3_600_000_000  # no attempt may take longer than a day


class _Count:
    """A fold over facts and frames: the same rules as `Fold`, kept in memory."""

    def __init__(self, now_us: int) -> None:
        self._now_us = now_us
        self._begun: dict[str, _Begun] = {}  # behind the bookmark, and not ended
        self._ended: set[str] = set()  # behind the bookmark
        self._recent: dict[str, _Begun] = {}
        self._today: Counter[tuple[str, str, str]] = Counter()
        self._spent: Counter[tuple[str, str, str]] = Counter()

    def read_facts(self, connection: Connection) -> None:
        since, ended = self._now_us - _RECENT_US, generation.c.duration_ms * 1000.0
        recent = _BEGUN.where(
            generation.c.at_us > since - _LONGEST_US,
            generation.c.at_us <= self._now_us,
            generation.c.at_us + func.coalesce(ended, 0.0) > since,
        )
        for name, *rest in connection.execute(recent):
            self._keep(name, _Begun(*rest))
        today = select(used.c.listing, used.c.key, used.c.address, used.c.requests)
        today = today.where(used.c.day == self._now_us // DAY_US)
        for listing, key, address, requests in connection.execute(today):
            self._today[listing, key, address] = requests
        money = select(spent.c.listing, spent.c.key, spent.c.address, spent.c.micro_usd)
        for listing, key, address, micro_usd in connection.execute(money):
            self._spent[listing, key, address] = micro_usd

    def take(self, steps: Iterator[Step], lookup: _Lookup) -> None:
        """Count frames in order; `lookup` knows the generations of the facts."""
        entries = (record for frame, _ in steps if (record := record_of(frame)))
        while batch := list(islice(entries, _BATCH)):
            known = lookup({record.id for record in batch})
            for record in batch:
                if isinstance(record, StartRecord):
                    self._start(record, known)
                else:
                    self._end(record, known)

    def _start(self, record: StartRecord, known: dict[str, _Begun]) -> None:
        if record.id in known or record.id in self._begun or record.id in self._ended:
            return
        begun = _Begun(
            record.at_us, record.listing, record.key, record.address, record.prompt_tokens
        )
        self._begun[record.id] = begun
        self._keep(record.id, begun)
        if begun.at_us // DAY_US == self._now_us // DAY_US:
            self._today[begun.listing, begun.key, begun.address] += 1

    def _end(self, record: EndRecord, known: dict[str, _Begun]) -> None:
        begun = self._begun.pop(record.id, None) or known.get(record.id)
        if begun is None or begun.ended or record.id in self._ended:
            return
        self._ended.add(record.id)
        tokens = record.usage.total if record.usage else begun.tokens
        whole = structs.replace(begun, tokens=tokens, duration_ms=record.duration_ms)
        self._keep(record.id, whole)
        if record.micro_usd:
            self._spent[begun.listing, begun.key, begun.address] += record.micro_usd

    def _keep(self, name: str, begun: _Begun) -> None:
        """One that began or ended in the last minute, and not in the future."""
        if begun.at_us <= self._now_us and begun.ended_us > self._now_us - _RECENT_US:
            self._recent[name] = begun

    def usage(self) -> Usage:
        recent = sorted(self._recent.values(), key=lambda begun: begun.at_us)
        return Usage(
            recent=[self._aged(begun) for begun in recent],
            today=[TodaysUse(*whose, requests) for whose, requests in self._today.items()],
            spent=[Spending(*whose, micro_usd) for whose, micro_usd in self._spent.items()],
        )

    def _aged(self, begun: _Begun) -> RecentUse:
        seconds = (self._now_us - begun.at_us) / 1_000_000
        ended = max(0.0, (self._now_us - begun.ended_us) / 1_000_000) if begun.ended else 0.0
        return RecentUse(seconds, begun.listing, begun.key, begun.address, begun.tokens, ended)
