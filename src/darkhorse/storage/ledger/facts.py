"""Facts: one row a generation and the totals of each listing, folded from the journal.

Everything here can be made again from the journal (`fold.Fold`), so a change of shape is a new
`_SHAPE`: the old tables are dropped and the next fold starts from the beginning.
"""

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct, structs
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ports import ListingTotals
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.storage.state.engine import open_engine, open_reader, writing

__all__ = [
    "FACTS_FILE",
    "Bookmark",
    "PublicFactsReader",
    "clear",
    "finish",
    "insert_started",
    "open_facts",
    "read_bookmark",
    "write_bookmark",
]

FACTS_FILE = "facts.sqlite"
"""Its name in the data directory."""

_SHAPE = 1
_HIGHEST = 2**63 - 1  # of a BIGINT; an upstream may claim any count of native tokens

_metadata = MetaData()
_shape = Table("shape", _metadata, Column("number", Integer, primary_key=True, autoincrement=False))
_generation = Table(
    "generation",
    _metadata,
    Column("id", String(64), primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("listing", Text, nullable=False),
    Column("dialect", Text, nullable=False),
    Column("key", String(64), nullable=False),
    Column("streamed", Boolean, nullable=False),
    Column("app_title", Text, nullable=False),
    Column("app_url", Text, nullable=False),
    Column("outcome", String(20)),  # null while it runs; then never changed
    Column("finish", String(20)),
    Column("status", Integer),
    Column("error_type", Text),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("reasoning_tokens", BigInteger, nullable=False),
    Column("native_prompt", BigInteger),
    Column("native_completion", BigInteger),
    Column("first_token_ms", Float),
    Column("duration_ms", Float),
    Column("attempts", Integer),
    Column("endpoint", Text),  # of the last attempt
)
_total = Table(
    "total",
    _metadata,
    Column("listing", Text, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("cancelled", BigInteger, nullable=False),
    Column("interrupted", BigInteger, nullable=False),
)
_position = Table(
    "position",
    _metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row: 1
    Column("file", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("before_file", Text),
    Column("before_offset", BigInteger),
    Column("digest", String(32), nullable=False),
)


class Bookmark(Struct, frozen=True, kw_only=True):
    """How far the journal is folded: the end of the last frame, its digest, and where it began.

    `before_*` is the position ahead of the last frame (None: it was the first of all), so that
    the frame can be read again to see whether it is still the one that was folded.
    """

    file: str
    offset: int
    before_file: str | None
    before_offset: int | None
    digest: str


class _Delta(Struct, kw_only=True):
    """What a batch adds to a listing's totals."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    failed: int = 0
    cancelled: int = 0
    interrupted: int = 0


def open_facts(path: Path) -> Engine:
    """The facts at `path`, made if absent, emptied if of another shape. Raises ConfigError."""
    engine = open_engine(path)
    try:
        with writing(engine).begin() as connection:
            _reshape(connection)
    except DatabaseError as e:
        engine.dispose()
        raise ConfigError(
            f"{path}: not usable ({e.orig}); delete it and it is made again from the journal."
        ) from None
    return engine


def _reshape(connection: Connection) -> None:
    _shape.create(connection, checkfirst=True)
    found = connection.execute(select(_shape.c.number)).scalar()
    if found == _SHAPE:
        return
    kept = [table for table in _metadata.sorted_tables if table is not _shape]
    _metadata.drop_all(connection, kept)
    _metadata.create_all(connection, kept)
    connection.execute(delete(_shape))
    connection.execute(insert(_shape).values(number=_SHAPE))


def clear(connection: Connection) -> None:
    """Forget everything, the bookmark too: the next fold starts from the beginning."""
    for table in (_generation, _total, _position):
        connection.execute(delete(table))


def read_bookmark(connection: Connection) -> Bookmark | None:
    """How far the journal is folded; None before the first frame."""
    columns = [column for column in _position.c if column.name != "id"]
    row = connection.execute(select(*columns)).mappings().first()
    return Bookmark(**row) if row else None


def write_bookmark(connection: Connection, bookmark: Bookmark) -> None:
    """Call it in the transaction that folds what lies before it."""
    row = structs.asdict(bookmark)
    if connection.execute(update(_position).values(row)).rowcount == 0:
        connection.execute(insert(_position).values(id=1, **row))


def insert_started(connection: Connection, records: Iterable[StartRecord]) -> None:
    """Rows for generations that began; one known already stays as it is."""
    fresh = {record.id: record for record in reversed(list(records))}
    if not fresh:
        return
    known = select(_generation.c.id).where(_generation.c.id.in_(list(fresh)))
    for generation in connection.execute(known).scalars():
        del fresh[generation]
    if fresh:
        connection.execute(insert(_generation), [_started(record) for record in fresh.values()])


def _started(record: StartRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "at_us": record.at_us,
        "listing": record.listing,
        "dialect": record.dialect,
        "key": record.key,
        "streamed": record.streamed,
        "app_title": record.app_title,
        "app_url": record.app_url,
        "prompt_tokens": record.prompt_tokens,
        "completion_tokens": 0,
        "reasoning_tokens": 0,
    }


def finish(connection: Connection, records: Iterable[EndRecord]) -> None:
    """Complete the rows of generations that ended and count them, each only once.

    An end without a running generation (seen before, or its start was damaged) counts nothing.
    """
    ends = {record.id: record for record in reversed(list(records))}
    if not ends:
        return
    running = select(_generation.c.id, _generation.c.listing, _generation.c.prompt_tokens).where(
        _generation.c.id.in_(list(ends)), _generation.c.outcome.is_(None)
    )
    rows: list[dict[str, object]] = []
    deltas: dict[str, _Delta] = {}
    for generation, listing, prompt_tokens in connection.execute(running).all():
        record = ends[generation]
        prompt = record.usage.prompt if record.usage else prompt_tokens
        rows.append(_ended(record, prompt))
        _count(deltas.setdefault(listing, _Delta()), record, prompt)
    if rows:
        connection.execute(_FINISH, rows)
    for listing, delta in deltas.items():
        _add(connection, listing, delta)


_ENDED = (
    "outcome",
    "finish",
    "status",
    "error_type",
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "native_prompt",
    "native_completion",
    "first_token_ms",
    "duration_ms",
    "attempts",
    "endpoint",
)
_FINISH = (
    update(_generation)
    .where(_generation.c.id == bindparam("ended"))
    .values({name: bindparam(f"end_{name}") for name in _ENDED})
)


def _ended(record: EndRecord, prompt_tokens: int) -> dict[str, object]:
    """The parameters of `_FINISH`."""
    usage, native = record.usage, record.native
    values = (
        record.outcome,
        record.finish,
        record.status,
        record.error_type,
        prompt_tokens,
        usage.completion if usage else 0,
        usage.reasoning if usage else 0,
        min(native.prompt, _HIGHEST) if native else None,
        min(native.completion, _HIGHEST) if native else None,
        record.first_token_ms,
        record.duration_ms,
        len(record.attempts),
        record.attempts[-1].endpoint if record.attempts else None,
    )
    named = {f"end_{name}": value for name, value in zip(_ENDED, values, strict=True)}
    return {"ended": record.id, **named}


def _count(delta: _Delta, record: EndRecord, prompt_tokens: int) -> None:
    delta.requests += 1
    delta.prompt_tokens += prompt_tokens
    delta.completion_tokens += record.usage.completion if record.usage else 0
    if record.outcome == "failed":
        delta.failed += 1
    elif record.outcome == "cancelled":
        delta.cancelled += 1
    elif record.outcome == "interrupted":
        delta.interrupted += 1


def _add(connection: Connection, listing: str, delta: _Delta) -> None:
    row = structs.asdict(delta)
    grown = {name: _total.c[name] + amount for name, amount in row.items()}
    result = connection.execute(update(_total).where(_total.c.listing == listing).values(grown))
    if result.rowcount == 0:
        connection.execute(insert(_total).values(listing=listing, **row))


class PublicFactsReader:
    """`storage.ports.PublicFacts` over the keeper's file, which need not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = open_reader(path)

    def totals(self) -> dict[str, ListingTotals]:
        """By listing slug; a listing that nobody has used is not in it. Blocks on the disk."""
        if not self._path.exists():
            return {}
        columns = (_total.c[name] for name in ListingTotals.__struct_fields__)
        with self._engine.connect() as connection:
            if not inspect(connection).has_table(_total.name):
                return {}
            rows = connection.execute(select(*columns)).mappings()
            return {row["listing"]: ListingTotals(**row) for row in rows}

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._engine.dispose()
