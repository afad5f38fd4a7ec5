"""Questions to the Parquet files of the table, answered by DuckDB inside this process.

Little memory and two threads; nothing is spilled to disk and no extension is fetched.
"""

import glob
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.sealed import SealedFile

__all__ = ["FilesChanged", "Scan", "own_files"]

_MEMORY = "384MB"
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "preserve_insertion_order": False,
}


class FilesChanged(Exception):
    """A file cannot be read. It may have gone while it was asked, since the table was compacted:

    ask anew with the table's new files. If that does not help, it is damaged.
    """


@contextmanager
def own_files(table: Path) -> Iterator[None]:
    """For the process that changes the files itself: one that cannot be read is damaged.

    Raises ConfigError instead of FilesChanged.
    """
    try:
        yield
    except FilesChanged as e:
        raise ConfigError(
            f"{table}: a file of the table cannot be read; run `darkhorse ledger repair`."
        ) from e


class Scan:
    """A DuckDB that is opened when it is first asked. Safe from several threads, one at a time."""

    def __init__(self, table: Path, *, memory: str = "") -> None:
        self._table = table
        self._memory = memory or _MEMORY
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None

    def ask(
        self, query: str, files: Iterable[SealedFile], values: Mapping[str, Any]
    ) -> Sequence[tuple[Any, ...]]:
        """The rows of `query`, which reads `FROM {files}` and names its `values` $so.

        Raises FilesChanged, and ConfigError where the answer takes more memory than it may.
        """
        paths = [glob.escape(str(self._table / file.path)) for file in files]
        if not paths:
            return []
        source = "read_parquet($files, hive_partitioning = false)"
        with self._lock:
            if self._connection is None:
                config = {**_CONFIG, "memory_limit": self._memory}
                self._connection = duckdb.connect(":memory:", config=config)
            try:
                found = self._connection.execute(
                    query.format(files=source), {"files": paths, **values}
                )
                return found.fetchall()
            except duckdb.OutOfMemoryException:
                raise ConfigError(
                    f"{self._table}: the answer takes more than {self._memory} of memory; ask for "
                    "less at once: fewer days, or fewer lines."
                ) from None
            except duckdb.Error as e:
                raise FilesChanged from e

    def close(self) -> None:
        """May be called twice."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
