"""Abuse reports and feedback in the state database."""

from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from darkhorse.storage.reports import Feedback, Report
from darkhorse.storage.state.engine import writing
from darkhorse.storage.state.scrub import scrub

__all__ = ["SqlReportStore"]

_metadata = MetaData()
_report = Table(
    "report",
    _metadata,
    Column("id", String(40), primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("what", String(100), nullable=False),
    Column("text", Text, nullable=False),
    Column("listing", String(100), nullable=False),
    Column("generation", String(64), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("address", String(64), nullable=False),
    Column("closed_us", BigInteger),
    Column("note", Text, nullable=False),
)
_feedback = Table(
    "feedback",
    _metadata,
    Column("generation", String(64), primary_key=True),
    Column("listing", String(100), nullable=False),
    Column("key", String(64), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("category", String(40), nullable=False),
    Column("comment", Text, nullable=False),
)
_IS_OPEN = _report.c.closed_us.is_(None)


class SqlReportStore:
    """`storage.reports.ReportStore` over a migrated state database (`migrations.open_state`)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, report: Report, *, since_us: int, most: int, most_open: int) -> bool:
        """Store a report, unless there are too many already; returns whether it did."""
        recent = (_report.c.address == report.address, _report.c.at_us > since_us)
        with writing(self._engine).begin() as connection:
            if _open(connection, *recent) >= most or _open(connection) >= most_open:
                return False
            connection.execute(insert(_report).values(_row(report)))
        return True

    def reports(self, *, closed: bool = False, limit: int = 1000) -> list[Report]:
        """The newest `limit` of the open ones, oldest first; with `closed`, of all."""
        query = select(_report).order_by(_report.c.at_us.desc(), _report.c.id.desc()).limit(limit)
        with self._engine.connect() as connection:
            rows = connection.execute(query if closed else query.where(_IS_OPEN)).mappings()
            return [Report(**row) for row in rows][::-1]

    def report(self, report_id: str) -> Report | None:
        """One of them."""
        query = select(_report).where(_report.c.id == report_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return Report(**row) if row else None

    def close_report(self, report_id: str, at_us: int, note: str) -> bool:
        """False if there is no such open report."""
        closing = update(_report).where(_report.c.id == report_id, _IS_OPEN)
        with writing(self._engine).begin() as connection:
            return connection.execute(closing.values(closed_us=at_us, note=note)).rowcount == 1

    def delete_report(self, report_id: str) -> bool:
        """It leaves the disk; False if there is no such report. Raises ConfigError as `scrub`."""
        with writing(self._engine).begin() as connection:
            same = _report.c.id == report_id
            if not connection.execute(delete(_report).where(same)).rowcount:
                return False
        if database := self._engine.url.database:
            scrub(Path(database))
        return True

    def add_feedback(self, feedback: Feedback) -> bool:
        """False if that generation has feedback already; then nothing is changed."""
        known = select(_feedback.c.key).where(_feedback.c.generation == feedback.generation)
        with writing(self._engine).begin() as connection:
            if connection.execute(known).first():
                return False
            connection.execute(insert(_feedback).values(_row(feedback)))
        return True

    def feedback(self, *, limit: int = 1000) -> list[Feedback]:
        """Newest first."""
        query = select(_feedback).order_by(_feedback.c.at_us.desc(), _feedback.c.generation)
        with self._engine.connect() as connection:
            rows = connection.execute(query.limit(limit)).mappings()
            return [Feedback(**row) for row in rows]

    def close(self) -> None:
        """Let the database go; may be called twice."""
        self._engine.dispose()


def _open(connection: Connection, *which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(_report).where(_IS_OPEN, *which)
    return connection.execute(query).scalar_one()


def _row(record: Report | Feedback) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__struct_fields__}
