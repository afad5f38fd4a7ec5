"""The Delta table and what SQLite tells of it, changed together.

A seal is four steps: (a) SQLite gives rows the seal's number and notes that it is begun; (b) they
are appended to the table under that number; (c) every file of the commit is synced; (d) SQLite
notes where their frames are, lets them go, and notes the seal as done. Whatever dies before (d)
never was: the commit is taken back and the rows wait for the next seal. Every other change of the
table is (b) to (d) as well.
"""

from collections.abc import Sequence
from contextlib import closing

from msgspec import structs
from sqlalchemy import Connection, Engine, bindparam, delete, select, update

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import Disk
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.sealed import (
    NO_TABLE,
    SealedFile,
    Sealing,
    read_files,
    read_forgotten,
    read_sealing,
    take_back_seal,
    write_files,
    write_places,
    write_sealing,
)
from darkhorse.storage.ledger.table.columns import COLUMNS, IN_FACTS, from_facts, to_arrow
from darkhorse.storage.ledger.table.delta import Change, FactsTable
from darkhorse.storage.ledger.table.remains import make_anew
from darkhorse.storage.ledger.table.scan import Scan, own_files
from darkhorse.storage.ledger.tables import STALE, forgotten, generation
from darkhorse.storage.state.engine import writing

__all__ = ["SealedTable"]

_FORGOTTEN_AT_ONCE = 20_000  # numbers in one condition


class SealedTable:
    """The Delta table and what `sealed` tells of it, changed together. For the keeper's thread.

    Methods raise ConfigError where the table is damaged, and what disk and database raise; the next
    call begins again from what SQLite knows.
    """

    def __init__(self, engine: Engine, layout: Layout, disk: Disk) -> None:
        self._engine = engine
        self._layout = layout
        self._table = FactsTable(layout.table, disk)

    def check(self) -> Sealing:
        """Make the table what the facts say it is; where it is not there, make it.

        Ahead of every change, since any change before it may have stopped half-way.
        """
        with self._engine.connect() as connection:
            state, files = read_sealing(connection), read_files(connection)
        if state.version == NO_TABLE:
            state = self._note(structs.replace(state, version=self._table.make()))
        else:
            self._table.take_back(state)
            for fault in self._table.faults(state, files):
                raise ConfigError(fault)
            self._table.sweep(file.path for file in files)
        if state.begun is not None:
            with writing(self._engine).begin() as connection:
                take_back_seal(connection)
            state = self._note(structs.replace(state, begun=None))
        return state

    def files(self) -> list[SealedFile]:
        """The files of the table as it stands, oldest first."""
        with self._engine.connect() as connection:
            return read_files(connection)

    def seal(self, names: Sequence[str], now_us: int) -> None:
        """Seal the rows of these generations, at least one; all have ended and are packed."""
        state = self.check()
        number = state.number + 1
        state = structs.replace(state, begun=number)
        with writing(self._engine).begin() as connection:
            connection.execute(_MARK, [{"name": name, "number": number} for name in names])
            write_sealing(connection, state)
        with self._engine.connect() as connection:
            rows = [from_facts(row) for row in connection.execute(_OF_SEAL, {"number": number})]
        change = self._table.append(to_arrow(rows), number)
        state = structs.replace(state, begun=None, number=number, sealed_us=now_us)
        with writing(self._engine).begin() as connection:
            write_places(connection, ((row[_ID], row[_START], row[_END]) for row in rows))
            connection.execute(delete(generation).where(generation.c.seal == number))
            self._took_place(connection, state, change)

    def compact(self, day: int, *, target_bytes: int) -> None:
        """Put the small files of a day together."""
        state = self.check()
        change = self._table.compact(day, target_bytes=target_bytes)
        with writing(self._engine).begin() as connection:
            self._took_place(connection, state, change)
        self.check()

    def forget_rows(self) -> bool:
        """Make anew what is stale (`remains`), then take the rows that are forgotten out.

        A slice: some hours, keys, apps or conversations, or rows of one file, which is written
        anew. True: there are more. When it returns False no byte of the rows is left in the table.
        """
        if self._make_anew():
            return True
        state = self.check()
        found = self._next_forgotten()
        if not found:
            return False
        change = self._table.delete(found)
        with writing(self._engine).begin() as connection:
            connection.execute(_FORGET, [{"gone": start} for start in found])
            self._took_place(connection, state, change)
        return True  # the next call's check sweeps the old file away

    def _make_anew(self) -> bool:
        with self._engine.connect() as connection:
            if not any(connection.execute(each).first() for each in _ANY_STALE):
                return False
        with writing(self._engine).begin() as connection:
            return make_anew(connection, self._layout.table)

    def _next_forgotten(self) -> list[int]:
        """Rows of the first file that has any."""
        scan, damage = Scan(self._layout.table), own_files(self._layout.table)
        with closing(scan), damage, self._engine.connect() as connection:
            for file in read_files(connection):
                starts = read_forgotten(connection, [file])
                values = {"starts": starts, "most": _FORGOTTEN_AT_ONCE}
                if starts and (rows := scan.ask(_HELD, [file], values)):
                    return [start for (start,) in rows]
        return []

    def shorten_log(self) -> None:
        """Let the table's log begin at the newest version."""
        state = self.check()
        state = self._note(structs.replace(state, checkpoint=self._table.checkpoint()))
        self._table.shorten(state.checkpoint)

    def _took_place(self, connection: Connection, state: Sealing, change: Change) -> None:
        """Note a change of the table, in the transaction that makes it count."""
        write_files(connection, added=change.added, removed=change.removed)
        write_sealing(connection, structs.replace(state, version=change.version))

    def _note(self, state: Sealing) -> Sealing:
        with writing(self._engine).begin() as connection:
            write_sealing(connection, state)
        return state


_ID, _START, _END = (COLUMNS.index(name) for name in ("id", "start_seq", "end_seq"))
_MARK = (
    update(generation).where(generation.c.id == bindparam("name")).values(seal=bindparam("number"))
)
_OF_SEAL = (
    select(*IN_FACTS)
    .where(generation.c.seal == bindparam("number"))
    .order_by(generation.c.at_us, generation.c.id)
)
_ANY_STALE = [select(table).limit(1) for table in STALE]
_HELD = (
    "SELECT start_seq FROM {files} WHERE start_seq IN (SELECT unnest($starts)) "
    "ORDER BY start_seq LIMIT $most"
)
_FORGET = delete(forgotten).where(forgotten.c.start_seq == bindparam("gone"))
