"""The columns of the Delta table, and rows as Arrow: without pyarrow.

Names are those of `tables.generation`, but for durations, which are whole microseconds here (they
compress), and `day`, by which the table is partitioned. Personal columns carry no statistics,
neither in the Parquet files nor in the log: what is erased must leave no byte.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from arro3.core import Array, DataType, Field, Schema, Table
from deltalake import ColumnProperties, WriterProperties
from sqlalchemy import Column

from darkhorse.storage.ledger.tables import DAY_US, generation

__all__ = ["COLUMNS", "DAY", "IN_FACTS", "SCHEMA", "STATISTICS", "WRITER", "from_facts", "to_arrow"]

DAY = "day"

_TEXT, _COUNT, _SMALL = DataType.utf8(), DataType.int64(), DataType.int32()
_TRUTH = DataType.bool()

_PERSONAL = ("id", "key", "address", "person", "session", "user_agent", "app_url", "app_title")
_RISING = ("at_us", "start_seq", "end_seq")  # nearly, or all the way
_NUMBERS = ("first_token_us", "duration_us")  # none like another
STATISTICS = "at_us,start_seq,end_seq,listing"
"""What the log tells of each file: enough to pass files by, and nothing of anybody."""

_TYPES: dict[str, tuple[DataType, bool]] = {  # and whether it may be null
    "id": (_TEXT, False),
    "at_us": (_COUNT, False),
    "listing": (_TEXT, False),
    "dialect": (_TEXT, False),
    "key": (_TEXT, False),
    "address": (_TEXT, False),
    "person": (_TEXT, False),
    "streamed": (_TRUTH, False),
    "app_title": (_TEXT, False),
    "app_url": (_TEXT, False),
    "user_agent": (_TEXT, False),
    "app": (_COUNT, True),
    "session": (_TEXT, False),
    "outcome": (_TEXT, False),
    "finish": (_TEXT, True),
    "status": (_SMALL, False),
    "error_type": (_TEXT, False),
    "prompt_tokens": (_COUNT, False),
    "completion_tokens": (_COUNT, False),
    "reasoning_tokens": (_COUNT, False),
    "micro_usd": (_COUNT, False),
    "native_prompt": (_COUNT, True),
    "native_completion": (_COUNT, True),
    "first_token_us": (_COUNT, True),
    "duration_us": (_COUNT, False),
    "attempts": (_SMALL, False),
    "endpoint": (_TEXT, True),
    "start_seq": (_COUNT, False),
    "end_seq": (_COUNT, False),
}

COLUMNS = tuple(_TYPES)
"""In the order in which `to_arrow` takes them."""

SCHEMA = Schema(
    [
        *(Field(name, kind, nullable=null) for name, (kind, null) in _TYPES.items()),
        Field(DAY, DataType.date32(), nullable=False),
    ]
)


def _in_facts(name: str) -> Column[Any]:
    return generation.c[name.replace("_us", "_ms") if name in _NUMBERS else name]


IN_FACTS = tuple(map(_in_facts, COLUMNS))
"""The columns of SQLite that `from_facts` takes."""

_MS = [COLUMNS.index(name) for name in _NUMBERS]


def from_facts(row: Sequence[Any]) -> list[Any]:
    """A row of SQLite as the table has it."""
    values = list(row)
    for at in _MS:
        values[at] = None if values[at] is None else round(values[at] * 1000)
    return values


_ROWS_A_GROUP = 65_536


def _properties(name: str) -> ColumnProperties | None:
    if name in _RISING or name in _NUMBERS:
        return ColumnProperties(
            dictionary_enabled=False, statistics_enabled="CHUNK", encoding="DELTA_BINARY_PACKED"
        )
    if name in _PERSONAL:
        return ColumnProperties(dictionary_enabled=name != "id", statistics_enabled="NONE")
    return None


WRITER = WriterProperties(
    compression="ZSTD",
    compression_level=3,
    max_row_group_size=_ROWS_A_GROUP,
    column_properties={name: found for name in COLUMNS if (found := _properties(name))},
)


def to_arrow(rows: Sequence[Sequence[Any]]) -> Table:
    """A table of at least one row; each has the values of `COLUMNS`."""
    values: Iterable[tuple[Any, ...]] = zip(*rows, strict=True)
    arrays = [
        Array(list(column), type=kind)
        for column, (kind, _) in zip(values, _TYPES.values(), strict=True)
    ]
    at = COLUMNS.index("at_us")
    days = Array([row[at] // DAY_US for row in rows], type=DataType.int32())
    return Table.from_arrays([*arrays, days.cast(DataType.date32())], schema=SCHEMA)
