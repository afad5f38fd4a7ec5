"""Audits in the state database, each whole as JSON. Private: their exhibits quote endpoints."""

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
)

from darkhorse.catalog.audits import Audit

__all__ = ["add", "forget", "of"]

_audit = Table(
    "launch_audit",
    MetaData(),
    Column("id", String(40), primary_key=True),
    Column("launch", String(40), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("audit", Text, nullable=False),
)


def add(connection: Connection, launch_id: str, audit: Audit) -> None:
    """Keep one."""
    text = msgspec.json.encode(audit).decode()
    row = {"id": audit.id, "launch": launch_id, "at_us": audit.at_us, "audit": text}
    connection.execute(insert(_audit).values(row))


def of(connection: Connection, launch_id: str) -> list[Audit]:
    """All of one launch, newest first."""
    newest_first = (_audit.c.at_us.desc(), _audit.c.id.desc())
    query = select(_audit.c.audit).where(_audit.c.launch == launch_id).order_by(*newest_first)
    return [msgspec.json.decode(text, type=Audit) for text in connection.execute(query).scalars()]


def forget(connection: Connection, launch_id: str) -> None:
    """All of one launch."""
    connection.execute(delete(_audit).where(_audit.c.launch == launch_id))
