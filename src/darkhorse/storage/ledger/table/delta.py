"""The Delta table on disk, one change after another, each on stable storage before it counts.

deltalake writes through the page cache and syncs nothing, so a power cut may leave any part of a
newest commit. Therefore nothing here is believed that `sealed` does not tell of: a change is
written, synced file by file, and counts when SQLite says so; whatever is in the directory beyond
that is taken back. Format: the Delta protocol, https://github.com/delta-io/delta/blob/master/PROTOCOL.md.
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import xxhash
from arro3.core import Table
from deltalake import (
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    Transaction,
    write_deltalake,
)
from deltalake.exceptions import DeltaError
from msgspec import Struct, structs

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.account import date_of
from darkhorse.storage.ledger.disk import Disk
from darkhorse.storage.ledger.sealed import NO_TABLE, SealedFile, Sealing
from darkhorse.storage.ledger.table.columns import DAY, SCHEMA, STATISTICS, WRITER
from darkhorse.storage.ledger.tables import DAY_US

__all__ = ["APP", "Change", "FactsTable", "Parquet", "digest_of", "files_of"]

APP = "darkhorse-facts"
"""The table's application: its transaction is the number of the last seal."""

_LOG = "_delta_log"
_COMMIT = re.compile(r"([0-9]{20})\.json")
_CHECKPOINT = re.compile(r"([0-9]{20})\.checkpoint\.parquet")
_POINTER = "_last_checkpoint"
_REPAIR = "run `darkhorse ledger repair`"
_UNREADABLE = (DeltaError, OSError, ValueError, KeyError)  # what deltalake raises of a damaged log
_QUIET = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


class Parquet(Struct, frozen=True, kw_only=True):
    """A file as the table's log knows it: `SealedFile` without what its bytes say."""

    path: str
    rows: int
    bytes: int
    first_us: int
    last_us: int
    first_seq: int
    last_seq: int


class Change(Struct, frozen=True, kw_only=True):
    """What a change of the table made of its files."""

    version: int
    added: list[SealedFile]
    removed: list[str]


class _Pointer(Struct):
    version: int


class FactsTable:
    """The table at `path`; one process at a time may change it."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._log = path / _LOG
        self._disk = disk

    # --- as it stands ---

    def make(self) -> int:
        """An empty table, whatever was there; returns its version.

        Raises ConfigError if the directory holds a table that is none of ours.
        """
        self._refuse_strangers()
        gone = self._path.with_name(f"{self._path.name}.gone")
        shutil.rmtree(gone, ignore_errors=True)
        if self._path.exists():
            self._path.rename(gone)  # at once: half a table says nothing of whose it was
            shutil.rmtree(gone)
        self._disk.make_directory(self._log)
        table = DeltaTable.create(
            self._path,
            schema=SCHEMA,
            partition_by=[DAY],
            configuration={"delta.dataSkippingStatsColumns": STATISTICS},
        )
        self._settle(table.version(), ())
        return table.version()

    def _refuse_strangers(self) -> None:
        try:
            table = DeltaTable(self._path)
        except _UNREADABLE:
            return  # none, or what a crash left of one
        if table.version() > 0 and table.transaction_version(APP) is None:
            raise ConfigError(
                f"{self._path}: a Delta table that is not this ledger's; move it away."
            )

    def take_back(self, state: Sealing) -> None:
        """Remove what is beyond `state`: a change that did not come to its end."""
        for version, path in self._numbered(_COMMIT):
            if version > state.version:
                self._disk.remove(path)
        for version, path in self._numbered(_CHECKPOINT):
            if version != state.checkpoint:
                self._disk.remove(path)
        pointer = self._log / _POINTER
        if pointer.exists() and self._pointed(pointer) != state.checkpoint:
            self._disk.remove(pointer)

    def _pointed(self, pointer: Path) -> int | None:
        try:
            return msgspec.json.decode(pointer.read_bytes(), type=_Pointer).version
        except msgspec.DecodeError:
            return None

    def faults(self, state: Sealing, files: Sequence[SealedFile]) -> Iterator[str]:
        """What is wrong with it, a sentence each; call `take_back` before."""
        for file in files:
            path = self._path / file.path
            if not path.exists():
                yield f"{path}: missing; {_REPAIR}."
            elif path.stat().st_size != file.bytes:
                yield f"{path}: {path.stat().st_size} bytes, not {file.bytes}; {_REPAIR}."
        try:
            table = DeltaTable(self._path)
            paths = {each.path for each in files_of(table)}
        except _UNREADABLE:
            yield f"{self._log}: cannot be read; {_REPAIR}."
            return
        if table.version() != state.version:
            yield f"{self._log}: at version {table.version()}, not {state.version}; {_REPAIR}."
        elif state.number and table.transaction_version(APP) != state.number:
            yield f"{self._log}: not the log of seal {state.number} of these facts; {_REPAIR}."
        elif paths != {each.path for each in files}:
            yield f"{self._log}: names other files than the facts do; {_REPAIR}."

    def sweep(self, keep: Iterable[str]) -> None:
        """Remove every data file but these."""
        kept = {self._path / path for path in keep}
        for path in self._path.glob(f"{DAY}=*/*"):
            if path not in kept:
                self._disk.remove(path)
        for path in self._path.glob(f"{DAY}=*"):
            if not any(path.iterdir()):
                path.rmdir()

    # --- changes ---

    def append(self, rows: Table, number: int) -> Change:
        """Add the rows of one seal."""
        table = DeltaTable(self._path)
        before = files_of(table)
        write_deltalake(
            table,
            rows,
            mode="append",
            writer_properties=WRITER,
            commit_properties=CommitProperties(app_transactions=[Transaction(APP, number)]),
            post_commithook_properties=_QUIET,
        )
        return self._changed(before)

    def compact(self, day: int, *, target_bytes: int) -> Change:
        """Put the small files of a day (since the epoch) together."""
        table = DeltaTable(self._path)
        before = files_of(table)
        chosen: list[tuple[str, str, Any]] = [(DAY, "=", date_of(day).isoformat())]
        table.optimize.compact(
            partition_filters=chosen,
            target_size=target_bytes,
            max_concurrent_tasks=1,
            writer_properties=WRITER,
            post_commithook_properties=_QUIET,
        )
        return self._changed(before)

    def delete(self, starts: Sequence[int]) -> Change:
        """Without the rows of these start sequences, which say nothing of anybody in the log."""
        table = DeltaTable(self._path)
        before = files_of(table)
        table.delete(
            f"start_seq IN ({', '.join(map(str, starts))})",
            writer_properties=WRITER,
            post_commithook_properties=_QUIET,
        )
        return self._changed(before)

    def _changed(self, before: Sequence[Parquet]) -> Change:
        table = DeltaTable(self._path)
        now = files_of(table)
        old, new = {file.path for file in before}, {file.path for file in now}
        fresh = [file for file in now if file.path not in old]
        self._settle(table.version(), [file.path for file in fresh])
        added = [self._sealed(file) for file in fresh]
        return Change(version=table.version(), added=added, removed=sorted(old - new))

    def _sealed(self, file: Parquet) -> SealedFile:
        digest = digest_of(self._path / file.path)
        return SealedFile(**structs.asdict(file), day=file.first_us // DAY_US, digest=digest)

    def _settle(self, version: int, paths: Iterable[str]) -> None:
        """Bring a commit and its files to stable storage."""
        for path in paths:
            self._disk.adopt(self._path / path, below=self._path)
        self._disk.adopt(self._log / f"{version:020}.json", below=self._path)

    # --- the log ---

    def checkpoint(self) -> int:
        """Write down the table as it stands, so that the log may begin here."""
        table = DeltaTable(self._path)
        table.create_checkpoint()
        version = table.version()
        self._disk.adopt(self._log / f"{version:020}.checkpoint.parquet", below=self._path)
        self._disk.adopt(self._log / _POINTER, below=self._path)
        return version

    def shorten(self, checkpoint: int) -> None:
        """Remove what lies before a checkpoint that counts."""
        for kind in (_COMMIT, _CHECKPOINT):
            for version, path in self._numbered(kind):
                if version < checkpoint:
                    self._disk.remove(path)

    def _numbered(self, kind: re.Pattern[str]) -> list[tuple[int, Path]]:
        if not self._log.is_dir():
            return []
        found = ((kind.fullmatch(path.name), path) for path in sorted(self._log.iterdir()))
        return [(int(match[1]), path) for match, path in found if match]


def files_of(table: DeltaTable) -> list[Parquet]:
    """Of the version that is open."""
    if table.version() == NO_TABLE:
        return []
    actions = table.get_add_actions(flatten=True)
    if actions.num_rows == 0:
        return []
    columns = [actions.column(name).to_pylist() for name in _OF_LOG.values()]
    return [
        Parquet(**dict(zip(_OF_LOG, values, strict=True))) for values in zip(*columns, strict=True)
    ]


_OF_LOG = {
    "path": "path",
    "rows": "num_records",
    "bytes": "size_bytes",
    "first_us": "min.at_us",
    "last_us": "max.at_us",
    "first_seq": "min.start_seq",
    "last_seq": "max.start_seq",
}


def digest_of(path: Path) -> str:
    """xxh3_64 of a file's bytes, in hex. Raises OSError."""
    digest = xxhash.xxh3_64()
    with path.open("rb") as file:
        while some := file.read(_READ):
            digest.update(some)
    return digest.hexdigest()


_READ = 1 << 20
