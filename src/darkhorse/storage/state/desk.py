"""Sessions of the desk in SQL: DATA/desk.sqlite, which may be deleted while nothing runs."""

from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)

from darkhorse.base.clock import Clock
from darkhorse.storage.desk import DeskSession
from darkhorse.storage.state.engine import writing
from darkhorse.storage.state.migrations import Migration, open_state

__all__ = ["SqlDeskStore", "open_desk_state"]

_MIGRATIONS = (
    Migration(
        1,
        "sessions, and links that open the desk once",
        (
            """CREATE TABLE session (
                id VARCHAR(64) NOT NULL PRIMARY KEY,
                made_us BIGINT NOT NULL,
                used_us BIGINT NOT NULL,
                "by" VARCHAR(10) NOT NULL,
                "key" VARCHAR(64) NOT NULL,
                label VARCHAR(200) NOT NULL,
                browser TEXT NOT NULL
            )""",
            """CREATE TABLE link (
                hash VARCHAR(64) NOT NULL PRIMARY KEY,
                until_us BIGINT NOT NULL
            )""",
        ),
    ),
)
_metadata = MetaData()
_session = Table(
    "session",
    _metadata,
    Column("id", String(64), primary_key=True),
    Column("made_us", BigInteger, nullable=False),
    Column("used_us", BigInteger, nullable=False),
    Column("by", String(10), nullable=False),
    Column("key", String(64), nullable=False),
    Column("label", String(200), nullable=False),
    Column("browser", Text, nullable=False),
)
_link = Table(
    "link",
    _metadata,
    Column("hash", String(64), primary_key=True),
    Column("until_us", BigInteger, nullable=False),
)


def open_desk_state(path: Path, clock: Clock) -> Engine:
    """The database, made where there is none. Raises ConfigError."""
    return open_state(path, clock, _MIGRATIONS)


class SqlDeskStore:
    """`storage.desk.DeskStore` over `open_desk_state`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_link(self, link: str, until_us: int) -> None:
        """A link by the hash of its token."""
        with writing(self._engine).begin() as connection:
            connection.execute(insert(_link).values(hash=link, until_us=until_us))

    def spend_link(self, link: str, now_us: int) -> bool:
        """Was it there and young enough? It is gone then."""
        spent = delete(_link).where(_link.c.hash == link, _link.c.until_us > now_us)
        with writing(self._engine).begin() as connection:
            return connection.execute(spent).rowcount == 1

    def add(self, session: DeskSession) -> None:
        """Somebody came in."""
        row = {name: getattr(session, name) for name in session.__struct_fields__}
        with writing(self._engine).begin() as connection:
            connection.execute(insert(_session).values(row))

    def session(self, session_id: str) -> DeskSession | None:
        """One of them, however old."""
        query = select(_session).where(_session.c.id == session_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return DeskSession(**row) if row else None

    def sessions(self) -> list[DeskSession]:
        """All of them, the last used first."""
        query = select(_session).order_by(_session.c.used_us.desc(), _session.c.id)
        with self._engine.connect() as connection:
            return [DeskSession(**row) for row in connection.execute(query).mappings()]

    def use(self, session_id: str, at_us: int) -> None:
        """It was used; nothing where it is gone."""
        used = update(_session).where(_session.c.id == session_id).values(used_us=at_us)
        with writing(self._engine).begin() as connection:
            connection.execute(used)

    def end(self, session_id: str) -> None:
        """It is over; nothing where it is gone."""
        with writing(self._engine).begin() as connection:
            connection.execute(delete(_session).where(_session.c.id == session_id))

    def end_others(self, session_id: str) -> int:
        """All but this one are over; returns how many those were."""
        with writing(self._engine).begin() as connection:
            return connection.execute(delete(_session).where(_session.c.id != session_id)).rowcount

    def forget(self, used_before_us: int, made_before_us: int, now_us: int) -> None:
        """Let go of sessions last used or made before these moments, and of links that are over."""
        over = or_(_session.c.used_us < used_before_us, _session.c.made_us < made_before_us)
        with writing(self._engine).begin() as connection:
            connection.execute(delete(_session).where(over))
            connection.execute(delete(_link).where(_link.c.until_us <= now_us))

    def close(self) -> None:
        """Let the database go; may be called twice."""
        self._engine.dispose()
