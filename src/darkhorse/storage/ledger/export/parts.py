"""The files of an export: parts, and the manifest that says which of them are finished.

A part is written under another name, synced, renamed, and then entered in the manifest; whatever
the manifest does not name was left by a process that died, and is written anew.
"""

import errno
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
import zstandard
from msgspec import Struct, structs

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import Disk
from darkhorse.storage.ledger.export.order import Order
from darkhorse.storage.ledger.export.rows import COLUMNS

__all__ = ["MANIFEST", "Manifest", "Part", "Parts", "Told"]

MANIFEST = "manifest.json"
_LINE = 1 << 20  # bytes that DuckDB makes room for at least


class Part(Struct, frozen=True, kw_only=True):
    """A finished file; `last` is the sequence of the newest generation that was looked at."""

    file: str
    rows: int
    bytes: int
    sha256: str
    last: int


class Manifest(Struct, frozen=True, kw_only=True):
    """What an export holds. `left_out` and `masked` are counts by reason and by kind."""

    darkhorse_export: int = 1  # version of this file
    order: Order
    done: bool = False
    rows: int = 0
    left_out: dict[str, int] = {}
    masked: dict[str, int] = {}
    parts: tuple[Part, ...] = ()

    @property
    def last(self) -> int:
        """The sequence up to which it is written; 0 at the beginning."""
        return self.parts[-1].last if self.parts else 0


class Told(Struct, frozen=True):
    """What is to be said of a part."""

    last: int
    left_out: Counter[str]
    masked: Counter[str]


class Parts:
    """The folder of one export. Raises ConfigError where it holds anything else."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def found(self) -> Manifest | None:
        """What was begun here; None for an empty folder, which is made."""
        self._disk.make_directory(self._folder)
        path = self._folder / MANIFEST
        if not path.exists():
            if any(each.name != f"{MANIFEST}.new" for each in self._folder.iterdir()):
                raise ConfigError(f"{self._folder}: is not empty; name a new directory.")
            return None
        try:
            return msgspec.json.decode(path.read_bytes(), type=Manifest)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            raise ConfigError(
                f"{path}: is not the manifest of an export; name a new directory."
            ) from None

    def resume(self, manifest: Manifest) -> None:
        """Hold what is there against the manifest; remove what it does not name."""
        for part in manifest.parts:
            path = self._folder / part.file
            if not path.exists() or _sum(path) != part.sha256:
                raise ConfigError(
                    f"{path}: is missing or not as it was written; export again into a new "
                    "directory."
                )
        named = {MANIFEST, *(part.file for part in manifest.parts)}
        for path in self._folder.iterdir():
            if path.name.startswith("part-") and path.name not in named:
                path.unlink()

    def write(self, manifest: Manifest) -> Manifest:
        """Put the manifest on stable storage."""
        encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        with _named(self._folder / MANIFEST):
            self._disk.replace(self._folder / MANIFEST, encoded + b"\n")
        return manifest

    def add(self, manifest: Manifest, lines: Iterable[bytes], told: Told) -> Manifest:
        """One more part of these lines, and the manifest with it."""
        order, number = manifest.order, len(manifest.parts) + 1
        final = self._folder / f"part-{number:05}{_suffix(order)}"
        draft = self._folder / f"part-{number:05}.new"
        with _named(final):
            written = _write_lines(
                draft, lines, compressed=order.compressed and order.form != "parquet"
            )
            if order.form == "parquet":
                draft = _as_parquet(draft, written.longest)
            _settle(draft, final)
        part = Part(
            file=final.name,
            rows=written.rows,
            bytes=final.stat().st_size,
            sha256=_sum(final),
            last=told.last,
        )
        return self.write(
            structs.replace(
                manifest,
                rows=manifest.rows + written.rows,
                left_out=dict(sorted((Counter(manifest.left_out) + told.left_out).items())),
                masked=dict(sorted((Counter(manifest.masked) + told.masked).items())),
                parts=(*manifest.parts, part),
            )
        )


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """What hinders the writing, as a sentence that names the file; no words of a library's."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise ConfigError(
            f"{path}: cannot be made in {_ALONE['memory_limit']} of memory; export into a new "
            "directory with a smaller --part-mb."
        ) from None
    except (OSError, duckdb.Error) as e:
        reason = e.strerror if isinstance(e, OSError) else _reason(str(e))
        raise ConfigError(
            f"{path}: cannot be written ({reason}); mend that, or make room there, and the same "
            "command goes on."
        ) from None


def _reason(told: str) -> str:
    """DuckDB's errors quote files and rows: of them only what the system said."""
    numbers = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO)
    reasons = (os.strerror(number) for number in numbers)
    return next((reason for reason in reasons if reason in told), "DuckDB gave up")


def _suffix(order: Order) -> str:
    if order.form == "parquet":
        return ".parquet"
    return ".jsonl.zst" if order.compressed else ".jsonl"


class _Written(NamedTuple):
    rows: int
    longest: int  # bytes of a line


def _write_lines(path: Path, lines: Iterable[bytes], *, compressed: bool) -> _Written:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    packer = zstandard.ZstdCompressor(level=6).compressobj() if compressed else None
    rows = longest = 0
    with os.fdopen(descriptor, "wb") as file:
        for line in lines:
            file.write(packer.compress(line + b"\n") if packer else line + b"\n")
            rows += 1
            longest = max(longest, len(line) + 1)
        if packer:
            file.write(packer.flush())
    return _Written(rows, longest)


def _as_parquet(lines: Path, longest: int) -> Path:
    """The same rows as Parquet, written by DuckDB: in order, and the same bytes each time."""
    table = lines.with_suffix(".new.parquet")
    table.unlink(missing_ok=True)
    table.touch(mode=0o600)
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    with duckdb.connect(config=_ALONE) as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_json(?, format='newline_delimited', columns={{{types}}}, "  # noqa: S608 (names of ours)
            f"maximum_object_size={max(_LINE, longest)})) TO '{_quoted(table)}' (FORMAT parquet, "
            "COMPRESSION zstd, ROW_GROUP_SIZE 20480)",
            [str(lines)],
        )
    lines.unlink()
    return table


_ALONE: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,  # else the order of rows, and with it the bytes, are anybody's guess
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "1GB",
}


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _settle(draft: Path, final: Path) -> None:
    """Its bytes are on stable storage before it has its name; the manifest's write syncs that."""
    draft.chmod(0o600)
    descriptor = os.open(draft, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(final)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
