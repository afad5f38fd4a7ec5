"""The tables of facts. A change here is a new `SHAPE`: see `facts`.

`generation` has a row for each recent generation; older ones are in the Delta table (`table`), and
`sealing`, `sealed_file`, `place` and `forgotten` say which (`sealed`); `stale_…` say what is to be
made anew since some were forgotten (`table.remains`). Everything else is counted once and stays:
`use_hour` is the base (hour, listing, app, key); `hour` and `endpoint_hour` are what the operator's
view is made of; `quality_day`, and `hour` but for people, say to the public how it goes; `total`,
`listing_day`, `app_day`, `app`, `conversation` and `key_seen` are what pages, accounts and datasets
read, `used` and `spent` what limits are restored from. A generation belongs to the hour and the UTC
day it began in.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

__all__ = [
    "DAY_US",
    "FOLDED",
    "HOUR_US",
    "SEALED",
    "SHAPE",
    "STALE",
    "app",
    "app_day",
    "conversation",
    "endpoint_hour",
    "forgotten",
    "generation",
    "hour",
    "journal_file",
    "key_seen",
    "listing_day",
    "metadata",
    "place",
    "position",
    "quality_day",
    "sealed_file",
    "sealing",
    "shape",
    "spent",
    "stale_app",
    "stale_conversation",
    "stale_hour",
    "stale_key",
    "total",
    "use_hour",
    "used",
]

SHAPE = 6

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
    _count("start_seq"),  # the sequences of its frames
    Column("end_seq", BigInteger),
    Column("seal", Integer),  # the seal it is going into; null before one is begun
    Index("generation_at", "at_us"),
    Index("generation_seal", "seal", sqlite_where=text("seal IS NOT NULL")),
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
    _count("ended"),
    _count("prompt_tokens"),
    _count("completion_tokens"),
    _count("failed"),
    _count("cancelled"),
    _count("interrupted"),
    Column("first_token", Text, nullable=False),  # a Histogram as JSON, like the next
    Column("duration", Text, nullable=False),
    _count("faulted"),  # of those that failed or were interrupted, by our doing: `hours`
    Column("speed", Text, nullable=False),  # tokens a second: `speed`
    Column("people", LargeBinary, nullable=False),  # a sketch; last, for the public's reader
)
quality_day = Table(  # the same of a UTC day, so that a month is few rows
    "quality_day",
    metadata,
    Column("listing", Text, primary_key=True),
    Column("day", Integer, primary_key=True),
    *(_count(name) for name in ("requests", "ended", "failed", "cancelled", "interrupted")),
    _count("faulted"),
    *(Column(name, Text, nullable=False) for name in ("first_token", "duration", "speed")),
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
use_hour = Table(  # first the key: its use is read for itself alone
    "use_hour",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("hour", Integer, primary_key=True),
    Column("listing", Text, primary_key=True),
    Column("app", BigInteger, primary_key=True, autoincrement=False),  # 0: it named none
    _count("requests"),  # begun; the rest is of those that ended
    _count("ended"),
    _count("prompt_tokens"),
    _count("completion_tokens"),
    _count("reasoning_tokens"),
    _count("micro_usd"),
    _count("failed"),
    _count("cancelled"),
    _count("interrupted"),
    sqlite_with_rowid=False,
)
listing_day = Table(  # what ended, like the next; of the day it began
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
app_day = Table(  # the listing before the app: its apps are asked for without the others'
    "app_day",
    metadata,
    Column("day", Integer, primary_key=True),
    Column("listing", Text, primary_key=True),
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
    Column("sequence", BigInteger, nullable=False),
    Column("file", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("before_file", Text),
    Column("before_offset", BigInteger),
    Column("digest", String(32), nullable=False),
)

place = Table(  # of generations that are in the Delta table only
    "place",
    metadata,
    Column("key", LargeBinary(12), primary_key=True),  # `sealed.place_key` of its id
    _count("start_seq"),
    _count("end_seq"),
    sqlite_with_rowid=False,
)
sealing = Table(  # how far the Delta table goes
    "sealing",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row: 1
    _count("number"),  # of the last seal that is done
    Column("begun", Integer),  # of the one that is being done
    _count("version"),  # of the table as it stands; -1: there is none yet
    _count("checkpoint"),  # the version its log begins with; -1: the first
    _count("sealed_us"),  # when the last seal was done
)
sealed_file = Table(  # the files of the table as it stands
    "sealed_file",
    metadata,
    Column("path", Text, primary_key=True),  # in the table's directory
    Column("day", Integer, nullable=False),
    _count("rows"),
    _count("bytes"),
    _count("first_us"),  # `at_us` of its oldest row, and of its newest
    _count("last_us"),
    _count("first_seq"),  # the lowest and the highest `start_seq`
    _count("last_seq"),
    Column("digest", String(16), nullable=False),  # xxh3_64 of its bytes
    sqlite_with_rowid=False,
)
forgotten = Table(  # rows that count no more and are still in the Delta table
    "forgotten", metadata, Column("start_seq", BigInteger, primary_key=True, autoincrement=False)
)

stale_hour = Table(  # who was there is to be made anew
    "stale_hour",
    metadata,
    Column("hour", Integer, primary_key=True),
    Column("listing", Text, primary_key=True),
    sqlite_with_rowid=False,
)
stale_key = Table(  # when it was last used
    "stale_key", metadata, Column("key", String(64), primary_key=True), sqlite_with_rowid=False
)
stale_app = Table(  # what it calls itself
    "stale_app", metadata, Column("app", BigInteger, primary_key=True, autoincrement=False)
)
stale_conversation = Table(  # its newest day
    "stale_conversation",
    metadata,
    Column("app", BigInteger, primary_key=True, autoincrement=False),
    Column("listing", Text, primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("session", String(64), primary_key=True),
    sqlite_with_rowid=False,
)

STALE = (stale_hour, stale_key, stale_app, stale_conversation)
SEALED = (place, sealing, sealed_file, forgotten, *STALE)
"""What tells of the Delta table; empty: whatever lies in its directory is of no use."""

FOLDED = tuple(each for each in metadata.sorted_tables if each not in (shape, *SEALED))
"""All that the fold makes."""
