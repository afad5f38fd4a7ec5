"""Keys in the state database: their hashes, never themselves."""

from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from darkhorse.catalog.limits import Limits
from darkhorse.storage.ports import Alter, Check, KeyRecord
from darkhorse.storage.state.counters import count_change, read_count
from darkhorse.storage.state.engine import writing

__all__ = ["SqlKeyStore"]

_metadata = MetaData()
_api_key = Table(
    "api_key",
    _metadata,
    Column("hash", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("label", String(200), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("expires_us", BigInteger),
    Column("limits", Text, nullable=False),  # catalog.limits.Limits as JSON
    Column("updated_us", BigInteger),
    Column("deleted_us", BigInteger),  # its row stays, so that no start adds it again
)
_KEPT = _api_key.c.deleted_us.is_(None)
_COLUMNS = [_api_key.c[name] for name in KeyRecord.__struct_fields__]


class SqlKeyStore:
    """`storage.ports.KeyStore` over a migrated state database (`migrations.open_state`)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def version(self) -> int:
        """Grows with every change to the keys, in the same transaction as the change."""
        return read_count(self._engine, "keys")

    def keys(self) -> list[KeyRecord]:
        """All keys but the deleted, oldest first."""
        with self._engine.connect() as connection:
            return _all(connection)

    def add(self, record: KeyRecord) -> None:
        """Store a key. One that is there already stays as it is, disabled or deleted or not."""
        known = select(_api_key.c.hash).where(_api_key.c.hash == record.hash)
        with writing(self._engine).begin() as connection:
            if connection.execute(known).first():
                return
            connection.execute(insert(_api_key).values(_row(record)))
            count_change(connection, "keys")

    def change(self, key_hash: str, alter: Alter) -> KeyRecord:
        """Store what `alter` makes of it. Raises KeyError if there is none, and what `alter` does.

        The write lock is held from before the reading, so another process waits.
        """
        with writing(self._engine).begin() as connection:
            changed = alter(*_one_of(_all(connection), key_hash))
            _update(connection, key_hash, _row(changed))
        return changed

    def delete(self, key_hash: str, at_us: int, check: Check) -> None:
        """It is never listed and never added again. Raises KeyError if there is none."""
        with writing(self._engine).begin() as connection:
            check(*_one_of(_all(connection), key_hash))
            _update(connection, key_hash, {"deleted_us": at_us})

    def close(self) -> None:
        """Let the database go; may be called twice."""
        self._engine.dispose()


def _all(connection: Connection) -> list[KeyRecord]:
    query = select(*_COLUMNS).where(_KEPT).order_by(_api_key.c.created_us, _api_key.c.hash)
    return [_record(row) for row in connection.execute(query).mappings()]


class _One(NamedTuple):
    """A key, and all others."""

    record: KeyRecord
    others: list[KeyRecord]


def _one_of(records: list[KeyRecord], key_hash: str) -> _One:
    others = [each for each in records if each.hash != key_hash]
    for each in records:
        if each.hash == key_hash:
            return _One(each, others)
    raise KeyError(key_hash)


def _update(connection: Connection, key_hash: str, values: dict[str, Any]) -> None:
    connection.execute(update(_api_key).where(_api_key.c.hash == key_hash).values(values))
    count_change(connection, "keys")


def _row(record: KeyRecord) -> dict[str, Any]:
    limits = msgspec.json.encode(record.limits).decode()
    return {**msgspec.structs.asdict(record), "limits": limits}


def _record(row: RowMapping) -> KeyRecord:
    limits = msgspec.json.decode(row["limits"], type=Limits)
    return KeyRecord(**{**row, "limits": limits})
