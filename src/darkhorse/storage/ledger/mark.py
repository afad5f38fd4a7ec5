"""How far a journal is packed, and that its older files are gone on purpose.

`journal/relay.packed`: a line with the xxh3_64 of what follows in hex, then JSON, as the
checkpoint. The packer alone writes it, after the packed frames are durable and before it drops
their file; the journal's writer and its readers only read it.

The index beside the segments holds the same mark, and is ahead for a moment after each commit; in
a directory put together from copies for longer. So whoever reads takes the higher of the two.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec
import xxhash
from msgspec import Struct, structs

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import Disk
from darkhorse.storage.ledger.files import JournalFile
from darkhorse.storage.ledger.index_file import INDEX_FILE, is_made, look_for_segments, opened
from darkhorse.storage.ledger.layout import Layout

__all__ = [
    "PackedMark",
    "behind",
    "index_fault",
    "index_mark",
    "mark_path",
    "read_mark",
    "said_mark",
    "summed",
    "unsummed",
    "write_mark",
]

_PACKED = "relay"  # the writer whose files are packed


class PackedMark(Struct, frozen=True, kw_only=True):
    """Every file up to `number` is packed, every frame up to `sequence` packed or given up."""

    number: int  # of the last journal file packed
    sequence: int  # of its last frame
    generations: int  # that began up to there
    open: tuple[str, ...] = ()  # of those, the ones that had not ended there


def mark_path(directory: Path, writer: str = "relay") -> Path:
    """Where a writer's mark is."""
    return directory / f"{writer}.packed"


def read_mark(directory: Path, writer: str = "relay") -> PackedMark | None:
    """How far a writer's journal is packed: the higher of what its mark says and the index.

    None before anything was packed. An index that cannot be read is passed over where there is a
    mark. Raises ConfigError if the mark is damaged, or if neither tells: without both a writer
    might give out numbers a second time.
    """
    said = said_mark(directory, writer)
    try:
        known = index_mark(directory, writer)
    except ConfigError:
        if said is None:
            raise
        return said
    return _higher(said, known)


def _higher(said: PackedMark | None, known: PackedMark | None) -> PackedMark | None:
    if said is None or known is None:
        return said or known
    further = said if said.sequence > known.sequence else known
    return structs.replace(further, number=max(said.number, known.number))


def index_mark(directory: Path, writer: str = "relay") -> PackedMark | None:
    """The mark in the index beside a journal; None where there is none. Raises ConfigError."""
    layout = Layout(directory.parent)
    if directory != layout.journal or writer != _PACKED:
        return None
    path = layout.packed / INDEX_FILE
    look_for_segments(path)
    if not is_made(path):
        return None
    try:
        with opened(path, "ro") as connection:
            row = connection.execute("SELECT content FROM mark").fetchone()
        connection.close()
        raw = row[0] if row else None
        return msgspec.json.decode(raw, type=PackedMark) if raw else None
    except (sqlite3.Error, msgspec.DecodeError, UnicodeDecodeError, TypeError) as e:
        why = e if isinstance(e, sqlite3.Error) else "its mark makes no sense"
        raise ConfigError(
            f"{path}: does not tell how far the journal is packed ({why}); "
            "run `darkhorse ledger verify`."
        ) from None


def index_fault(directory: Path, writer: str = "relay") -> str:
    """Why the index does not tell how far the journal is packed; empty if it does."""
    try:
        index_mark(directory, writer)
    except ConfigError as e:
        return str(e)
    return ""


def said_mark(directory: Path, writer: str = "relay") -> PackedMark | None:
    """What a writer's mark itself says; None where there is none. ConfigError if it is damaged."""
    path = mark_path(directory, writer)
    try:
        data = unsummed(path.read_bytes())
    except FileNotFoundError:
        return None
    try:
        if data is not None:
            return msgspec.json.decode(data, type=PackedMark)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    raise ConfigError(
        f"{path}: is damaged; stop the server and run `darkhorse ledger repair`, which makes it "
        "again from the packed segments."
    )


def write_mark(directory: Path, mark: PackedMark, disk: Disk, writer: str = "relay") -> None:
    """Durably. Raises OSError; then the old mark is there, or the new one."""
    disk.replace(mark_path(directory, writer), summed(msgspec.json.encode(mark)))


def behind(files: Sequence[JournalFile], mark: PackedMark | None) -> list[JournalFile]:
    """Those of one writer's files that are not packed yet."""
    return [file for file in files if mark is None or file.number > mark.number]


def summed(data: bytes) -> bytes:
    """`data` behind a line with its checksum."""
    return f"{xxhash.xxh3_64_hexdigest(data)}\n".encode() + data


def unsummed(raw: bytes) -> bytes | None:
    """What is behind the checksum; None if it does not match."""
    checksum, _, data = raw.partition(b"\n")
    return data if checksum == xxhash.xxh3_64_hexdigest(data).encode() else None
