"""The questions of `growth.py` over facts several times as large as those it has left.

    .venv-test/bin/python bench/growth.py --most 3e6 --keep /tmp/grown
    .venv-test/bin/python bench/large.py /tmp/grown --times 5

Ten million generations take `growth.py` an hour. This takes the rows and rollups of a ledger it
has kept, moves them on by as many days as they span, as often as told, and seals them by the
product's own table; then it asks what needs no bodies. The last line of stdout is JSON.
"""

import argparse
import contextlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
from arro3.core import Table
from growing import asking
from msgspec import structs
from rich.console import Console
from rich.progress import track
from sqlalchemy import Engine

from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.table.columns import COLUMNS, DAY
from darkhorse.storage.ledger.table.sealing import SealedTable
from darkhorse.storage.state.engine import writing as to_write

_DAY_US = 86_400_000_000
_A_DAY = 206_000  # generations
_MOVED = {  # table: what of it moves on, by so many a day
    "use_hour": {"hour": 24},
    "hour": {"hour": 24},
    "endpoint_hour": {"hour": 24},
    "listing_day": {"day": 1},
    "app_day": {"day": 1},
    "conversation": {"last_day": 1},
}
_SKIPPED = ("search", "content_by_id")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("grown", type=Path, help="what `growth.py --keep` has left")
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=Path.cwd(), prefix="large-"))
    try:
        print(json.dumps(measure(Layout(options.grown), Layout(folder), options.times)))
    finally:
        shutil.rmtree(folder)


def measure(grown: Layout, large: Layout, times: int) -> dict:
    days = _days(grown)
    engine = open_facts(large.facts)
    with contextlib.closing(sqlite3.connect(large.facts)) as facts:
        _roll_up(facts, grown, times, days)
    files = _seal(engine, grown, large, times, days)
    engine.dispose()
    with contextlib.closing(sqlite3.connect(large.facts)) as facts:
        (rows,) = facts.execute("SELECT sum(requests) FROM total").fetchone()
        (cells,) = facts.execute("SELECT count(*) FROM use_hour").fetchone()
    last = (times - 1) * days * _A_DAY + rows // times
    with contextlib.ExitStack() as stack:
        questions = dict(asking.questions(stack, large.data, last))
        latencies = {
            name: asking.median_ms(ask) for name, ask in questions.items() if name not in _SKIPPED
        }
    table = sum(path.stat().st_size for path in large.table.rglob("*.parquet"))
    return {
        "generations": rows,
        "rollup_cells": cells,
        "files": files,
        "table_mb": round(table / 1e6),
        "facts_mb": round(large.facts.stat().st_size / 1e6),
        "latency_ms": latencies,
    }


def _days(grown: Layout) -> int:
    """How many days its generations span, rounded up."""
    with contextlib.closing(sqlite3.connect(grown.facts)) as facts:
        (rows,) = facts.execute("SELECT sum(requests) FROM total").fetchone()
    return -(-rows // _A_DAY)


def _roll_up(facts: sqlite3.Connection, grown: Layout, times: int, days: int) -> None:
    facts.execute("ATTACH ? AS grown", (str(grown.facts),))
    for copy in track(range(times), "rolling up", console=Console(stderr=True)):
        for table, moved in _MOVED.items():
            names = [row[1] for row in facts.execute(f"PRAGMA table_info({table})")]
            values = [
                f"{name} + {moved[name] * days * copy}" if name in moved else name for name in names
            ]
            if table == "conversation":
                values[names.index("session")] = f"session || {copy}"
            facts.execute(f"INSERT INTO {table} SELECT {', '.join(values)} FROM grown.{table}")
    sums = ["requests", "prompt_tokens", "completion_tokens", "failed", "cancelled", "interrupted"]
    many = ", ".join(f"{name} * {times}" for name in sums)
    facts.execute(
        f"INSERT INTO total (listing, {', '.join(sums)}) SELECT listing, {many} FROM grown.total"
    )
    for table in ("app", "key_seen", "spent"):
        facts.execute(f"INSERT INTO {table} SELECT * FROM grown.{table}")
    facts.commit()


def _seal(engine: Engine, grown: Layout, large: Layout, times: int, days: int) -> int:
    """Rows into the table, a day of a copy at a time; returns how many files there are."""
    with contextlib.closing(sqlite3.connect(grown.facts)) as facts:
        paths = [row[0] for row in facts.execute("SELECT path FROM sealed_file ORDER BY path")]
    sealed = SealedTable(engine, large, RealDisk())
    jobs = [(copy, path) for copy in range(times) for path in paths]
    for copy, path in track(jobs, "sealing", console=Console(stderr=True)):
        state = sealed.check()
        number = state.number + 1
        change = sealed._table.append(_moved(grown.table / path, copy, days), number)  # noqa: SLF001 (its rows are sealed already)
        with to_write(engine).begin() as connection:
            sealed._took_place(connection, structs.replace(state, number=number), change)  # noqa: SLF001
    return len(sealed.files())


def _moved(path: Path, copy: int, days: int) -> Table:
    wanted = ", ".join([*_columns(copy, days), f"CAST({DAY} AS DATE) + {copy * days} AS {DAY}"])
    source = f"read_parquet('{path}', hive_partitioning = true)"
    return Table.from_arrow(duckdb.sql(f"SELECT {wanted} FROM {source} ORDER BY at_us"))


def _columns(copy: int, days: int) -> Iterator[str]:
    for name in COLUMNS:
        if name == "at_us":
            yield f"at_us + {copy * days * _DAY_US} AS at_us"
        elif name in ("start_seq", "end_seq"):
            yield f"{name} + {copy * 1_000_000_000} AS {name}"
        elif name == "id":
            yield f"id || '{copy}' AS id"
        else:
            yield name


if __name__ == "__main__":
    main()
