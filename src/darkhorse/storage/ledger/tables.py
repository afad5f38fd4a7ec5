"""The tables of facts. A change here is a new `SHAPE`: see `facts`.

`generation` has a row for each, `total` what the public may know of a listing. `used` and `spent`
are what limits are restored from; `hour`, `endpoint_hour`, `visitor` and `person` are what the
operator's view is made of; accounts and datasets read `key_day`, `key_seen`, `listing_day`,
`app_day`, `app` and `conversation`. A generation belongs to the hour and the UTC day it began in.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

__all__ = [
    "DAY_US",
    "FOLDED",
    "HOUR_US",
    "SHAPE",
    "app",
    "app_day",
    "conversation",
    "endpoint_hour",
    "generation",
    "hour",
    "journal_file",
    "key_day",
    "key_seen",
    "listing_day",
    "metadata",
    "person",
    "position",
    "shape",
    "spent",
    "total",
    "used",
    "visitor",
]

SHAPE = 3

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US

metadata = MetaData()


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


shape = Table("shape", metadata, Column("number", Integer, primary_key=True, autoincrement=False))
generation = Table(
    "generation",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("listing", Text, nullable=False),
    Column("dialect", Text, nullable=False),
    Column("key", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("streamed", Boolean, nullable=False),
    Column("app_title", Text, nullable=False),
    Column("app_url", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("app", BigInteger),  # storage.apps.App.id
    Column("session", String(64), nullable=False),
    _count("start_file"),  # where in the journal its frames begin: `journal_file`, byte
    _count("start_at"),
    Column("end_file", BigInteger),
    Column("end_at", BigInteger),
    Column("outcome", String(20)),  # null while it runs; then never changed
    Column("finish", String(20)),
    Column("status", Integer),
    Column("error_type", Text),
    _count("prompt_tokens"),
    _count("completion_tokens"),
    _count("reasoning_tokens"),
    _count("micro_usd"),
    Column("native_prompt", BigInteger),
    Column("native_completion", BigInteger),
    Column("first_token_ms", Float),
    Column("duration_ms", Float),
    Column("attempts", Integer),
    Column("endpoint", Text),  # of the last attempt
    Index("generation_at", "at_us"),
)
total = Table(
    "total",
    metadata,
    Column("listing", Text, primary_key=True),
    _count("requests"),
    _count("prompt_tokens"),
    _count("completion_tokens"),
    _count("failed"),
    _count("cancelled"),
    _count("interrupted"),
)
used = Table(
    "used",
    metadata,
    Column("day", Integer, primary_key=True),  # since the epoch, UTC
    Column("listing", Text, primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("address", String(64), primary_key=True),
    _count("requests"),  # begun
    _count("tokens"),  # of those that ended
    _count("micro_usd"),
    sqlite_with_rowid=False,
)
spent = Table(
    "spent",
    metadata,
    Column("listing", Text, primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("address", String(64), primary_key=True),
    _count("micro_usd"),  # never 0
    sqlite_with_rowid=False,
)
hour = Table(
    "hour",
    metadata,
    Column("listing", Text, primary_key=True),
    Column("hour", Integer, primary_key=True),  # since the epoch
    _count("requests"),  # begun
    _count("people"),
    _count("ended"),
    _count("prompt_tokens"),
    _count("completion_tokens"),
    _count("failed"),
    _count("cancelled"),
    _count("interrupted"),
    Column("first_token", Text, nullable=False),  # a Histogram as JSON, like the next
    Column("duration", Text, nullable=False),
)
endpoint_hour = Table(
    "endpoint_hour",
    metadata,
    Column("listing", Text, primary_key=True),
    Column("hour", Integer, primary_key=True),
    Column("endpoint", Text, primary_key=True),
    _count("requests"),  # attempts, so a generation may be in several rows
    _count("failed"),
    Column("duration", Text, nullable=False),  # of the attempts that went well
)
visitor = Table(  # who was there in which hour
    "visitor",
    metadata,
    Column("listing", Text, primary_key=True),
    Column("hour", Integer, primary_key=True),
    Column("person", String(64), primary_key=True),
    sqlite_with_rowid=False,
)
person = Table(
    "person",
    metadata,
    Column("listing", Text, primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("last_hour", Integer, nullable=False),
    sqlite_with_rowid=False,
)
key_day = Table(  # what ended, like the next two; of the day it began
    "key_day",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("listing", Text, primary_key=True),
    _count("requests"),
    _count("prompt_tokens"),
    _count("completion_tokens"),
    _count("reasoning_tokens"),
    _count("micro_usd"),
    sqlite_with_rowid=False,
)
listing_day = Table(
    "listing_day",
    metadata,
    Column("day", Integer, primary_key=True),
    Column("listing", Text, primary_key=True),
    _count("requests"),
    _count("prompt_tokens"),
    _count("completion_tokens"),
    _count("reasoning_tokens"),
    _count("micro_usd"),
    sqlite_with_rowid=False,
)
app_day = Table(
    "app_day",
    metadata,
    Column("day", Integer, primary_key=True),
    Column("app", BigInteger, primary_key=True, autoincrement=False),
    _count("requests"),
    _count("tokens"),
    sqlite_with_rowid=False,
)
app = Table(
    "app",
    metadata,
    Column("app", BigInteger, primary_key=True, autoincrement=False),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),  # the first it gave; empty while it gave none
)
conversation = Table(  # of apps that named themselves, where the client named a session
    "conversation",
    metadata,
    Column("app", BigInteger, primary_key=True, autoincrement=False),
    Column("listing", Text, primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("session", String(64), primary_key=True),
    _count("turns"),
    _count("micro_usd"),
    Column("last_day", Integer, nullable=False),
    Index("conversation_last_day", "last_day"),
    sqlite_with_rowid=False,
)
key_seen = Table(
    "key_seen",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("last_us", BigInteger, nullable=False),  # when its newest generation began
    sqlite_with_rowid=False,
)
journal_file = Table(
    "journal_file",
    metadata,
    Column("number", Integer, primary_key=True),  # in the order in which they were folded
    Column("name", Text, nullable=False, unique=True),
)
position = Table(
    "position",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row: 1
    Column("file", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("before_file", Text),
    Column("before_offset", BigInteger),
    Column("digest", String(32), nullable=False),
)

FOLDED = tuple(table for table in metadata.sorted_tables if table is not shape)
"""All that is made from the journal."""
