"""Keys in the state database: their hashes, never themselves."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Engine,
    MetaData,
    String,
    Table,
    insert,
    select,
    update,
)

from darkhorse.storage.ports import KeyRecord
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
)
_counter = Table(
    "counter",
    _metadata,
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
)


class SqlKeyStore:
    """`storage.ports.KeyStore` over a migrated state database (`migrations.open_state`)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def version(self) -> int:
        """Grows with every change to the keys, in the same transaction as the change."""
        query = select(_counter.c.value).where(_counter.c.name == "keys")
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def keys(self) -> list[KeyRecord]:
        """All keys, oldest first."""
        query = select(_api_key).order_by(_api_key.c.created_us, _api_key.c.hash)
        with self._engine.connect() as connection:
            return [KeyRecord(**row) for row in connection.execute(query).mappings()]

    def add(self, record: KeyRecord) -> None:
        """Store a key. One that is there already stays as it is, disabled or not."""
        known = select(_api_key.c.hash).where(_api_key.c.hash == record.hash)
        with writing(self._engine).begin() as connection:
            if connection.execute(known).first():
                return
            connection.execute(
                insert(_api_key).values(
                    hash=record.hash,
                    kind=record.kind,
                    label=record.label,
                    created_us=record.created_us,
                    disabled=record.disabled,
                )
            )
            connection.execute(
                update(_counter).where(_counter.c.name == "keys").values(value=_counter.c.value + 1)
            )

    def close(self) -> None:
        """Let the database go; may be called twice."""
        self._engine.dispose()
