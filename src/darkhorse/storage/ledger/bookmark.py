"""How far the facts are folded, and the journal behind that place.

The newest frames may be folded before they are synced, so a power cut can take back what the
bookmark stands on. Whoever goes on from it therefore reads the last folded frame again.
"""

from collections.abc import Iterator
from pathlib import Path

import xxhash
from msgspec import Struct, structs
from sqlalchemy import Connection, insert, select, update

from darkhorse.storage.ledger.frame import Frame
from darkhorse.storage.ledger.read import Position, frames
from darkhorse.storage.ledger.tables import position

__all__ = ["Bookmark", "digest_of", "frames_behind", "read_bookmark", "write_bookmark"]


class Bookmark(Struct, frozen=True, kw_only=True):
    """How far the journal is folded: the end of the last frame, its digest, and where it began.

    `before_*` is the position ahead of the last frame (None: it was the first of all), so that
    the frame can be read again to see whether it is still the one that was folded.
    """

    file: str
    offset: int
    before_file: str | None
    before_offset: int | None
    digest: str

    @property
    def at(self) -> Position:
        """The end of the last frame."""
        return Position(self.file, self.offset)

    @property
    def before(self) -> Position | None:
        """Where the last frame began."""
        if self.before_file is None or self.before_offset is None:
            return None
        return Position(self.before_file, self.before_offset)


def read_bookmark(connection: Connection) -> Bookmark | None:
    """How far the journal is folded; None before the first frame."""
    columns = [column for column in position.c if column.name != "id"]
    row = connection.execute(select(*columns)).mappings().first()
    return Bookmark(**row) if row else None


def write_bookmark(
    connection: Connection, at: Position, before: Position | None, digest: str
) -> None:
    """Call it in the transaction that folds what lies before it."""
    bookmark = Bookmark(
        file=at.file,
        offset=at.offset,
        before_file=before.file if before else None,
        before_offset=before.offset if before else None,
        digest=digest,
    )
    row = structs.asdict(bookmark)
    if connection.execute(update(position).values(row)).rowcount == 0:
        connection.execute(insert(position).values(id=1, **row))


def frames_behind(
    directory: Path, bookmark: Bookmark | None
) -> Iterator[tuple[Frame, Position]] | None:
    """The frames that are not folded yet; None if the bookmark does not fit the journal."""
    if bookmark is None:
        return frames(directory)
    rest = frames(directory, bookmark.before)
    try:
        last = next(rest, None)
    except ValueError:  # it names no journal file
        return None
    return rest if last and digest_of(last[0]) == bookmark.digest else None


def digest_of(frame: Frame) -> str:
    """Of what makes a frame unlike any other: its meta names a generation."""
    summed = xxhash.xxh3_128(frame.meta)
    summed.update(b"%d %d" % (frame.kind, frame.sequence))
    return summed.hexdigest()
