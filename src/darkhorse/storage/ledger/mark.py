"""How far a journal is packed, and that its older files are gone on purpose.

`journal/relay.packed`: a line with the xxh3_64 of what follows in hex, then JSON, as the
checkpoint. The packer alone writes it, after the packed frames are durable and before it drops
their file; the journal's writer and its readers only read it.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import xxhash
from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import Disk
from darkhorse.storage.ledger.files import JournalFile

__all__ = ["PackedMark", "behind", "mark_path", "read_mark", "summed", "unsummed", "write_mark"]


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
    """A writer's mark; None before anything was packed. Raises ConfigError if it is damaged.

    It is not passed over: without it a writer might give out numbers a second time.
    """
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
