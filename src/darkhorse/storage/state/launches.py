"""Launches in the state database: the public and the private side in columns of their own.

The public's reader selects the public column and no other; a launch has no maker there until the
move that reveals it puts one in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.audits import Audit
from darkhorse.catalog.catalogue import check_names
from darkhorse.catalog.endpoint import Private
from darkhorse.catalog.launch import Launch, Move, PublicLaunch
from darkhorse.storage.state import audits
from darkhorse.storage.state.counters import count_change, read_count
from darkhorse.storage.state.engine import open_reader, writing

__all__ = ["SqlLaunchStore", "SqlPublicLaunches"]

_metadata = MetaData()
_launch = Table(
    "launch",
    _metadata,
    Column("id", String(40), primary_key=True),
    Column("slug", String(100), nullable=False),
    Column("state", String(20), nullable=False),
    Column("public", Text, nullable=False),
    Column("private", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("salt", Text, nullable=False),
)
_move = Table(
    "launch_move",
    _metadata,
    Column("launch", String(40), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("accepted", Text, nullable=False),
)


class SqlLaunchStore:
    """`storage.ports.LaunchStore` over a migrated state database (`migrations.open_state`)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that is taken or not at all; a full disk is told in one sentence."""
        try:
            with writing(self._engine).begin() as connection:
                yield connection
        except DatabaseError as e:
            raise ConfigError(
                f"{self._engine.url.database}: cannot be written ({e.orig}); nothing was changed."
            ) from None

    def version(self) -> int:
        """Grows with every move, in the same transaction."""
        return read_count(self._engine, "launches")

    def launches(self) -> list[Launch]:
        """All of them, oldest first."""
        with self._engine.connect() as connection:
            return _all(connection)

    def moves(self, launch_id: str) -> list[Move]:
        """Every move of one launch, first to last."""
        columns = (_move.c[name] for name in Move.__struct_fields__)
        query = select(*columns).where(_move.c.launch == launch_id).order_by(_move.c.revision)
        with self._engine.connect() as connection:
            return [_read_move(row) for row in connection.execute(query).mappings()]

    def add(self, launch: Launch, move: Move) -> None:
        """Raises ConfigError if one of its names is taken; then nothing was written."""
        with self._writing() as connection:
            check_names(launch, _all(connection))
            connection.execute(insert(_launch).values(id=launch.id, **_row(launch)))
            _note(connection, launch, move)

    def change(self, launch: Launch, move: Move) -> None:
        """Raises ConfigError if it was moved meanwhile, or a name is taken: nothing was written."""
        with self._writing() as connection:
            check_names(launch, _all(connection))
            before = _launch.c.revision == launch.revision - 1
            result = connection.execute(
                update(_launch).where(_launch.c.id == launch.id, before).values(**_row(launch))
            )
            if result.rowcount == 0:
                raise ConfigError(
                    f"{launch.listing.slug} was changed by somebody else just now; "
                    "look at it again with `darkhorse launch show`."
                )
            _note(connection, launch, move)

    def discard(self, launch: Launch) -> None:
        """Raises ConfigError if it is no draft, or was moved meanwhile: nothing was forgotten."""
        as_it_was = (_launch.c.state == "draft", _launch.c.revision == launch.revision)
        with self._writing() as connection:
            found = select(_launch.c.id).where(_launch.c.id == launch.id, *as_it_was)
            if connection.execute(found).first() is None:
                raise ConfigError(
                    f"{launch.listing.slug} is no draft any more; a launch that was live is kept."
                )
            audits.forget(connection, launch.id)
            connection.execute(delete(_move).where(_move.c.launch == launch.id))
            connection.execute(delete(_launch).where(_launch.c.id == launch.id))
            count_change(connection, "launches")

    def audits(self, launch_id: str) -> list[Audit]:
        """Every audit of one launch, newest first."""
        with self._engine.connect() as connection:
            return audits.of(connection, launch_id)

    def add_audit(self, launch_id: str, audit: Audit) -> None:
        """Raises ConfigError where the launch was discarded meanwhile; then nothing was kept."""
        with self._writing() as connection:
            found = select(_launch.c.id).where(_launch.c.id == launch_id)
            if connection.execute(found).first() is None:
                raise ConfigError(
                    f"{audit.listing} was discarded while it was audited; the audit is not kept."
                )
            audits.add(connection, launch_id, audit)

    def close(self) -> None:
        """Let the database go; may be called twice."""
        self._engine.dispose()


def _all(connection: Connection) -> list[Launch]:
    rows = connection.execute(select(_launch)).mappings()
    launches = [_read(row) for row in rows]
    return sorted(launches, key=lambda each: (each.life.created_us, each.id))


def _read(row: RowMapping) -> Launch:
    shown = msgspec.json.decode(row["public"], type=PublicLaunch)
    return Launch(
        id=row["id"],
        listing=shown.listing,
        private=msgspec.json.decode(row["private"], type=Private),
        life=shown.life,
        changes=shown.changes,
        reveal=shown.reveal,
        commitment=shown.commitment,
        opening=shown.opening,
        salt=row["salt"],
        revision=row["revision"],
        source=row["source"],
    )


def _row(launch: Launch) -> dict[str, object]:
    return {
        "slug": launch.listing.slug,
        "state": launch.life.state,
        "public": msgspec.json.encode(launch.public()).decode(),
        "private": msgspec.json.encode(launch.private).decode(),
        "source": launch.source,
        "revision": launch.revision,
        "salt": launch.salt,
    }


def _read_move(row: RowMapping) -> Move:
    return Move(**{**row, "accepted": msgspec.json.decode(row["accepted"], type=tuple[str, ...])})


def _note(connection: Connection, launch: Launch, move: Move) -> None:
    row = {name: getattr(move, name) for name in Move.__struct_fields__}
    row["accepted"] = msgspec.json.encode(move.accepted).decode()
    connection.execute(insert(_move).values(launch=launch.id, revision=launch.revision, **row))
    count_change(connection, "launches")


class SqlPublicLaunches:
    """`storage.ports.PublicLaunches`: reads the public column only; the file may not exist yet.

    Once it did, its absence is a failure: nobody takes a file away that is in use.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = open_reader(path)
        self._was_there = False

    def launches(self) -> list[PublicLaunch]:
        """Newest first, live or past. Blocks on the disk."""
        self._was_there = self._was_there or self._path.exists()
        if not self._was_there:
            return []
        query = select(_launch.c.public).where(_launch.c.state != "draft")
        with self._engine.connect() as connection:
            if not inspect(connection).has_table(_launch.name):
                return []
            found = [
                msgspec.json.decode(public, type=PublicLaunch)
                for public in connection.execute(query).scalars()
            ]
        return sorted(found, key=lambda each: -(each.life.live_us or 0))

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._engine.dispose()
