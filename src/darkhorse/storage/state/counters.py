"""Numbers that grow with every change to a kind of thing, in the same transaction as the change."""

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    select,
    update,
)

__all__ = ["count_change", "read_count"]

_counter = Table(
    "counter",
    MetaData(),
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
)


def read_count(engine: Engine, name: str) -> int:
    """How often what `name` says has changed."""
    query = select(_counter.c.value).where(_counter.c.name == name)
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def count_change(connection: Connection, name: str) -> None:
    """Those who follow it read it again."""
    grown = _counter.c.value + 1
    connection.execute(update(_counter).where(_counter.c.name == name).values(value=grown))
