"""The state's shape, by numbered steps. A step that has been released is never changed again.

Each runs in a transaction of its own together with its row in `migration`, behind a lock that
all processes share: two that start at once do each step once.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DatabaseError

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.storage.state.engine import open_engine, writing

__all__ = ["MIGRATIONS", "Migration", "migrate", "open_state"]


class Migration(Struct, frozen=True):
    """One step: SQL statements, or a function where statements are not enough."""

    number: int
    name: str
    step: tuple[str, ...] | Callable[[Connection], None]


MIGRATIONS = (
    Migration(
        1,
        "keys, and counters that tell of changes",
        (
            """CREATE TABLE api_key (
                hash VARCHAR(64) NOT NULL PRIMARY KEY,
                kind VARCHAR(20) NOT NULL,
                label VARCHAR(200) NOT NULL,
                created_us BIGINT NOT NULL,
                disabled BOOLEAN NOT NULL
            )""",
            """CREATE TABLE counter (
                name VARCHAR(40) NOT NULL PRIMARY KEY,
                value BIGINT NOT NULL
            )""",
            "INSERT INTO counter (name, value) VALUES ('keys', 0)",
        ),
    ),
    Migration(
        2,
        "launches and their moves; keys that expire and have limits",
        (
            """CREATE TABLE launch (
                id VARCHAR(40) NOT NULL PRIMARY KEY,
                slug VARCHAR(100) NOT NULL UNIQUE,
                state VARCHAR(20) NOT NULL,
                public TEXT NOT NULL,
                private TEXT NOT NULL,
                source TEXT NOT NULL,
                revision INTEGER NOT NULL
            )""",
            """CREATE TABLE launch_move (
                launch VARCHAR(40) NOT NULL REFERENCES launch (id),
                revision INTEGER NOT NULL,
                kind VARCHAR(20) NOT NULL,
                at_us BIGINT NOT NULL,
                who VARCHAR(200) NOT NULL,
                why TEXT NOT NULL,
                shown TEXT NOT NULL,
                detail TEXT NOT NULL,
                PRIMARY KEY (launch, revision)
            )""",
            "INSERT INTO counter (name, value) VALUES ('launches', 0)",
            "ALTER TABLE api_key ADD COLUMN expires_us BIGINT",
            "ALTER TABLE api_key ADD COLUMN limits TEXT NOT NULL DEFAULT '{}'",
        ),
    ),
    Migration(
        3,
        "keys that are deleted; abuse reports; feedback on generations",
        (
            "ALTER TABLE api_key ADD COLUMN updated_us BIGINT",
            "ALTER TABLE api_key ADD COLUMN deleted_us BIGINT",
            """CREATE TABLE report (
                id VARCHAR(40) NOT NULL PRIMARY KEY,
                at_us BIGINT NOT NULL,
                what VARCHAR(100) NOT NULL,
                text TEXT NOT NULL,
                listing VARCHAR(100) NOT NULL,
                generation VARCHAR(64) NOT NULL,
                contact VARCHAR(200) NOT NULL,
                address VARCHAR(64) NOT NULL,
                closed_us BIGINT,
                note TEXT NOT NULL
            )""",
            "CREATE INDEX report_open ON report (closed_us, address, at_us)",
            """CREATE TABLE feedback (
                generation VARCHAR(64) NOT NULL PRIMARY KEY,
                listing VARCHAR(100) NOT NULL,
                "key" VARCHAR(64) NOT NULL,
                at_us BIGINT NOT NULL,
                category VARCHAR(40) NOT NULL,
                comment TEXT NOT NULL
            )""",
            "CREATE INDEX feedback_at ON feedback (at_us)",
        ),
    ),
    Migration(
        4,
        "orders to erase",
        (
            """CREATE TABLE erasure (
                id VARCHAR(40) NOT NULL PRIMARY KEY,
                kind VARCHAR(20) NOT NULL,
                asked_us BIGINT NOT NULL,
                subject TEXT,
                stage VARCHAR(20) NOT NULL,
                why TEXT NOT NULL,
                steps BIGINT NOT NULL,
                of_steps BIGINT NOT NULL,
                generations BIGINT NOT NULL,
                size BIGINT NOT NULL,
                done_us BIGINT
            )""",
            "CREATE INDEX erasure_asked ON erasure (asked_us)",
            "INSERT INTO counter (name, value) VALUES ('erasures', 0)",
        ),
    ),
    Migration(
        5,
        "audits of launches, and what of them was accepted",
        (
            """CREATE TABLE launch_audit (
                id VARCHAR(40) NOT NULL PRIMARY KEY,
                launch VARCHAR(40) NOT NULL REFERENCES launch (id),
                at_us BIGINT NOT NULL,
                audit TEXT NOT NULL
            )""",
            "CREATE INDEX launch_audit_newest ON launch_audit (launch, at_us)",
            "ALTER TABLE launch_move ADD COLUMN accepted TEXT NOT NULL DEFAULT '[]'",
        ),
    ),
    Migration(
        6,
        "salts of commitments",
        ("ALTER TABLE launch ADD COLUMN salt TEXT NOT NULL DEFAULT ''",),
    ),
    Migration(
        7,
        "the operator's notes on launches",
        (
            """CREATE TABLE launch_note (
                id VARCHAR(40) NOT NULL PRIMARY KEY,
                launch VARCHAR(40) NOT NULL REFERENCES launch (id) ON DELETE CASCADE,
                at_us BIGINT NOT NULL,
                text TEXT NOT NULL,
                link TEXT NOT NULL,
                source TEXT NOT NULL
            )""",
            "CREATE INDEX launch_note_said ON launch_note (launch, at_us)",
        ),
    ),
)

_metadata = MetaData()
_migration = Table(
    "migration",
    _metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False),
    Column("at_us", BigInteger, nullable=False),
)


def open_state(path: Path, clock: Clock, migrations: Sequence[Migration] = MIGRATIONS) -> Engine:
    """The state database at `path`, brought up to date. Raises ConfigError."""
    engine = open_engine(path)
    try:
        migrate(engine, clock, migrations)
    except DatabaseError as e:
        engine.dispose()
        raise ConfigError(f"{path}: not usable as the state database ({e.orig}).") from None
    except ConfigError:
        engine.dispose()
        raise
    return engine


def migrate(
    engine: Engine, clock: Clock, migrations: Sequence[Migration] = MIGRATIONS
) -> tuple[int, ...]:
    """Take the steps not taken yet; returns their numbers.

    Raises ConfigError if the database has taken steps this code does not know.
    """
    with writing(engine).begin() as connection:
        _lock(connection)
        _migration.create(connection, checkfirst=True)
        _refuse_newer(connection, migrations)
    return tuple(step.number for step in migrations if _take(engine, clock, step))


def _take(engine: Engine, clock: Clock, migration: Migration) -> bool:
    """False if this step was taken before, perhaps a moment ago by another process."""
    with writing(engine).begin() as connection:
        _lock(connection)
        taken = select(_migration.c.number).where(_migration.c.number == migration.number)
        if connection.execute(taken).first():
            return False
        if callable(migration.step):
            migration.step(connection)
        else:
            for statement in migration.step:
                connection.execute(text(statement))
        row = {"number": migration.number, "name": migration.name, "at_us": clock.now_us()}
        connection.execute(insert(_migration).values(row))
    return True


def _refuse_newer(connection: Connection, migrations: Sequence[Migration]) -> None:
    found = connection.execute(select(func.max(_migration.c.number))).scalar() or 0
    known = max((migration.number for migration in migrations), default=0)
    if found > known:
        raise ConfigError(
            f"{connection.engine.url.database}: written by a newer Darkhorse (schema {found}, "
            f"this one knows {known}); upgrade Darkhorse or choose another --data."
        )


def _lock(connection: Connection) -> None:
    """SQLite's write lock is held already; PostgreSQL needs a lock of its own for DDL."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7236847)"))
