"""Facts whose old rows are sealed into a Delta table, by hand and by the chores."""

import msgspec
import polars as pl
from facts_kit import Facts, HandJournal, end, start
from sqlalchemy import text

from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.facts import FACTS_FILE
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.table.columns import COLUMNS
from darkhorse.storage.ledger.table.query import Filters, GenerationsList
from darkhorse.storage.ledger.table.seal import Compact, CompactPolicy, Seal, SealPolicy
from darkhorse.storage.ledger.table.sealing import SealedTable
from darkhorse.storage.ledger.tables import FOLDED, journal_file, position

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
NOON = 20_499 * DAY_US + 12 * HOUR_US  # Sunday, 2026-02-15
AT_ONCE = SealPolicy(age_us=0, every_us=0, most=1000)
TIGHT = CompactPolicy(many=2, log_length=4)
COUNTED = [table.name for table in FOLDED if table not in (journal_file, position)]


class StillClock:
    """Stands still until it is set."""

    def __init__(self, now_us=NOON):
        self.us = now_us

    def now_us(self):
        return self.us

    def monotonic(self):
        return self.us / 1e6


class Rows:
    """A data directory: a journal by hand, its facts, and what seals them."""

    def __init__(self, data, *, disk=None, sealing=AT_ONCE, compacting=TIGHT):
        self.data = data
        self.journal = HandJournal(data / "journal")
        self.clock = StillClock()
        self.disk = disk or RealDisk()
        self.sealing, self.compacting = sealing, compacting
        self.packed = 2**62
        self.facts = Facts(data)
        self.list = GenerationsList(data / FACTS_FILE, self.layout.table)
        self.chores()

    @property
    def layout(self):
        return Layout(self.data)

    def chores(self):
        engine = self.facts.engine
        self.table = SealedTable(engine, self.layout, self.disk)
        self.seal = Seal(engine, self.table, self.clock, lambda: self.packed, policy=self.sealing)
        self.compact = Compact(engine, self.table, self.clock, policy=self.compacting)

    def restart(self, *, anew=False):
        self.facts.close()
        if anew:
            for path in self.data.glob(f"{FACTS_FILE}*"):
                path.unlink()
        self.facts.open()
        self.chores()

    def generate(self, number, *, seconds_ago=3600, **more):
        begun = start(number, at_us=self.clock.us - seconds_ago * 1_000_000 + number, **more)
        ended = end(number, at_us=begun.at_us + 99_500)
        self.journal.append(begun, ended)
        return begun, ended

    def fold(self):
        self.facts.fold.catch_up()

    def seal_all(self):
        while self.seal.step():
            pass

    def rows(self, **filters):
        return list(self.list.rows(Filters(**filters)))

    def counted(self):
        """Every table that the fold makes, but for its bookmark."""
        return {
            name: sorted(map(repr, self.facts.rows(f"SELECT * FROM {name}"))) for name in COUNTED
        }

    def change(self, query):
        with self.facts.engine.begin() as connection:
            connection.execute(text(query))

    def count(self, table):
        return self.facts.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]

    def files(self):
        return sorted(path for path in self.layout.table.rglob("*") if path.is_file())

    def close(self):
        self.list.close()
        self.facts.close()


def as_dicts(rows):
    return [msgspec.structs.asdict(row) for row in rows]


def fill(rows, numbers=range(8), **more):
    for number in numbers:
        rows.generate(number, seconds_ago=3700 + 20_000 * number, **more)
    rows.fold()


def by_polars(rows):
    frame = pl.read_delta(str(rows.layout.table)).sort("at_us", "id")
    return [{name: row[name] for name in COLUMNS} for row in frame.iter_rows(named=True)]


def newest_commit(rows):
    return max((rows.layout.table / "_delta_log").glob("*.json"))


class Mortal(RealDisk):
    """Dies at its nth operation."""

    def __init__(self):
        self.left = 10**9

    def _live(self):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt

    def adopt(self, path, *, below):
        self._live()
        super().adopt(path, below=below)
        self._live()

    def make_directory(self, path):
        self._live()
        super().make_directory(path)

    def remove(self, path):
        self._live()
        super().remove(path)
