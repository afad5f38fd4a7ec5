"""The tables of traits.sqlite. A change here is a new `SHAPE`: see `file`.

`trait` has a row for each generation, private, with a piece of what somebody wrote. `facet_hour`
and `facet_day` count the same generations by listing and by each value of each facet; what a row
counts for follows from the row alone (`tally`), so that it can be taken away again. A generation
belongs to the hour and the UTC day it began in.
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
    func,
    text,
)

from darkhorse.storage.ledger.tables import position
from darkhorse.storage.traits import Counts

__all__ = [
    "COUNTS",
    "SHAPE",
    "facet_day",
    "facet_hour",
    "forgotten",
    "listing",
    "metadata",
    "shape",
    "trait",
]

SHAPE = 1

COUNTS = Counts.__struct_fields__

metadata = MetaData()


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


shape = Table(  # one row
    "shape",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    _count("version"),  # of the Describer
    _count("unreadable"),  # frames that were passed by because their bytes are damaged
)
position.to_metadata(metadata)  # how far it is: `ledger.bookmark` reads and writes it
listing = Table(
    "listing",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
)
forgotten = Table(  # erased, perhaps before it was described
    "forgotten",
    metadata,
    Column("generation", LargeBinary(12), primary_key=True),  # `sealed.place_key` of its id
    sqlite_with_rowid=False,
)
trait = Table(
    "trait",
    metadata,
    Column("number", Integer, primary_key=True),  # grows in the order of the frames
    Column("id", String(64), nullable=False, unique=True),
    Column("at_us", BigInteger, nullable=False),
    Column("listing", Integer, nullable=False),
    Column("dialect", Text, nullable=False),
    _flag("streamed"),
    Column("key", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("session", String(64), nullable=False),
    Column("app", BigInteger, nullable=False),  # storage.apps.App.id; 0: it named none
    Column("app_name", Text, nullable=False),
    Column("app_value", Text, nullable=False),  # what it counts for among apps
    Column("category", Text, nullable=False),
    Column("language", Text, nullable=False),
    _count("length"),
    _count("turns"),
    _flag("tools"),
    _flag("schema"),
    _flag("media"),
    Column("preview", Text, nullable=False),
    Column("said", BigInteger, nullable=False),
    _flag("is_first"),  # of its session in its listing, in the order of the frames
    _flag("is_again"),  # asked before, word for word, by the same key
    Column("start_seq", BigInteger),  # of its start frame, and where that began in the journal;
    Column("start_file", Text),  # null when it has ended
    Column("start_at", BigInteger),
    _count("prompt_tokens"),
    Column("outcome", String(20)),  # null while it runs; then never changed
    Column("finish", String(20)),
    Column("status", Integer),
    Column("error_type", Text, nullable=False),
    _count("completion_tokens"),
    _count("reasoning_tokens"),
    _count("micro_usd"),
    Column("first_token_ms", Float),
    Column("duration_ms", Float),
    _count("attempts"),
    Column("endpoint", Text, nullable=False),
    _flag("called"),
    _count("troubles"),  # a bit for each of `Trouble`, in its order
    Column("signature", Text, nullable=False),
    _flag("is_amiss"),
    _flag("is_plain"),  # done, without trouble and error
    Index("trait_at", "at_us"),
    Index("trait_listing", "listing", "at_us"),
    Index("trait_category", "category", "at_us"),
    Index("trait_listing_category", "listing", "category", "at_us"),
    Index("trait_language", "language", "at_us"),
    Index("trait_listing_language", "listing", "language", "at_us"),
    Index("trait_listing_tools", "listing", "tools", "at_us"),
    Index("trait_tools", "tools", "at_us"),
    Index("trait_app", "app", "at_us", "listing"),
    Index("trait_person", "person", "at_us", "listing"),
)
Index("trait_key", func.substr(trait.c.key, 1, 16), trait.c.at_us, trait.c.listing)
Index(
    "trait_session",
    trait.c.session,
    trait.c.at_us,
    sqlite_where=text("session <> ''"),
)
Index("trait_said", trait.c.said, trait.c.at_us, sqlite_where=text("said <> 0"))
Index(  # whatever is not done and well: few, so one index serves all that asks for such
    "trait_odd",
    trait.c.at_us,
    trait.c.listing,
    trait.c.outcome,
    trait.c.troubles,
    trait.c.is_amiss,
    trait.c.error_type,
    trait.c.category,
    trait.c.language,
    trait.c.app,
    trait.c.tools,
    sqlite_where=text("is_plain = 0"),
)
Index(
    "trait_signature",
    trait.c.signature,
    trait.c.at_us,
    trait.c.listing,
    sqlite_where=text("signature <> ''"),
)
Index(  # so that they are grouped without sorting
    "trait_failure",
    trait.c.signature,
    trait.c.error_type,
    trait.c.at_us,
    trait.c.listing,
    trait.c.id,
    sqlite_where=text("signature <> ''"),
)


def _tally(name: str, span: str) -> Table:
    return Table(
        name,
        metadata,
        Column("facet", Text, primary_key=True),
        Column("listing", Integer, primary_key=True, autoincrement=False),
        Column(span, Integer, primary_key=True, autoincrement=False),  # since the epoch, UTC
        Column("value", Text, primary_key=True),
        *(_count(each) for each in COUNTS),
        sqlite_with_rowid=False,
    )


facet_hour = _tally("facet_hour", "hour")
facet_day = _tally("facet_day", "day")
