"""Orders to erase in the state database, and what the state itself forgets for them."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from darkhorse.storage.erasures import Erasure, Forgotten, Subject
from darkhorse.storage.state.counters import count_change, read_count
from darkhorse.storage.state.engine import writing
from darkhorse.storage.state.scrub import scrub

__all__ = ["SqlErasureStore"]

_metadata = MetaData()
_erasure = Table(
    "erasure",
    _metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("subject", Text),  # storage.erasures.Subject as JSON; null once it is done
    Column("stage", String(20), nullable=False),
    Column("why", Text, nullable=False),
    Column("steps", BigInteger, nullable=False),
    Column("of_steps", BigInteger, nullable=False),
    Column("generations", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("done_us", BigInteger),
)
_report = Table("report", _metadata, Column("generation", String(64)))
_feedback = Table(
    "feedback", _metadata, Column("generation", String(64)), Column("key", String(64))
)
_api_key = Table(
    "api_key",
    _metadata,
    Column("hash", String(64), primary_key=True),
    Column("label", String(200)),
    Column("deleted_us", BigInteger),
    Column("created_us", BigInteger),
)
_BATCH = 500  # ids a statement
_OLDEST_FIRST = (_erasure.c.asked_us, _erasure.c.id)


class SqlErasureStore:
    """`storage.erasures.ErasureStore` over a migrated state database (`migrations.open_state`)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def version(self) -> int:
        """Grows when generations are gone that somebody may still remember."""
        return read_count(self._engine, "erasures")

    def add(self, order: Erasure) -> None:
        """A new order."""
        with writing(self._engine).begin() as connection:
            connection.execute(insert(_erasure).values(_row(order)))

    def erasures(self, limit: int = 1000) -> list[Erasure]:
        """The newest `limit`, oldest first."""
        newest_first = (each.desc() for each in _OLDEST_FIRST)
        query = select(_erasure).order_by(*newest_first).limit(limit)
        with self._engine.connect() as connection:
            return [_order(row) for row in connection.execute(query).mappings()][::-1]

    def erasure(self, order_id: str) -> Erasure | None:
        """One of them."""
        query = select(_erasure).where(_erasure.c.id == order_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return _order(row) if row else None

    def unfinished(self) -> list[Erasure]:
        """Those that are not done, oldest first."""
        query = select(_erasure).where(_erasure.c.stage != "done").order_by(*_OLDEST_FIRST)
        with self._engine.connect() as connection:
            return [_order(row) for row in connection.execute(query).mappings()]

    def change(self, order: Erasure) -> None:
        """Store how far it is."""
        with writing(self._engine).begin() as connection:
            connection.exec_driver_sql("PRAGMA secure_delete = ON")  # the subject may go
            same = _erasure.c.id == order.id
            connection.execute(update(_erasure).where(same).values(_row(order)))

    def withdraw(self, order_id: str) -> None:
        """Forget the order itself; there need be none."""
        with writing(self._engine).begin() as connection:
            connection.execute(delete(_erasure).where(_erasure.c.id == order_id))

    def key_hashes(self) -> dict[str, str]:
        """Every key there ever was, the deleted too: hash to label, oldest first."""
        query = select(_api_key.c.hash, _api_key.c.label).order_by(_api_key.c.created_us)
        with self._engine.connect() as connection:
            return {row.hash: row.label for row in connection.execute(query)}

    def forget(self, generations: Iterable[str], keys: Iterable[str]) -> Forgotten:
        """Reports and feedback on them, feedback by the keys, labels of those keys if deleted.

        A report goes whole: its text may quote what is erased.
        """
        reports = feedback = labels = 0
        with writing(self._engine).begin() as connection:
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
            for some in _batches(generations):
                reports += _removed(
                    connection, delete(_report).where(_report.c.generation.in_(some))
                )
                said = _feedback.c.generation.in_(some)
                feedback += _removed(connection, delete(_feedback).where(said))
            for some in _batches(keys):
                feedback += _removed(connection, delete(_feedback).where(_feedback.c.key.in_(some)))
                gone = (_api_key.c.hash.in_(some), _api_key.c.deleted_us.is_not(None))
                named = update(_api_key).where(*gone, _api_key.c.label != "").values(label="")
                labels += _removed(connection, named)
            count_change(connection, "erasures")
        return Forgotten(reports, feedback, labels)

    def reports_beside(self) -> int:
        """Reports that name no generation: no order finds them."""
        beside = select(func.count()).select_from(_report).where(_report.c.generation == "")
        with self._engine.connect() as connection:
            return int(connection.execute(beside).scalar_one())

    def scrub(self) -> None:
        """Make the database anew beside the relay, which reads it. Raises ConfigError."""
        if database := self._engine.url.database:
            scrub(Path(database))

    def close(self) -> None:
        """Let the database go; may be called twice."""
        self._engine.dispose()


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(names)
    while some := list(islice(rest, _BATCH)):
        yield some


def _removed(connection: Connection, statement: Any) -> int:
    return int(connection.execute(statement).rowcount)


def _row(order: Erasure) -> dict[str, Any]:
    subject = None if order.subject is None else msgspec.json.encode(order.subject).decode()
    return {**msgspec.structs.asdict(order), "subject": subject}


def _order(row: RowMapping) -> Erasure:
    subject = row["subject"]
    return Erasure(
        **{**row, "subject": subject and msgspec.json.decode(subject, type=Subject)},
    )
