"""How far the facts are folded, and the ledger behind that place.

The newest frames may be folded before they are synced, so a power cut can take back what the
bookmark stands on. Whoever goes on from it therefore reads the last folded frame again.
"""

from collections.abc import Iterator

import xxhash
from msgspec import Struct, structs
from sqlalchemy import Connection, insert, select, update

from darkhorse.storage.ledger.frame import Frame
from darkhorse.storage.ledger.read import Position
from darkhorse.storage.ledger.tables import position
from darkhorse.storage.ledger.whole import PACKED, Step, Whole

__all__ = [
    "Bookmark",
    "digest_of",
    "frames_behind",
    "read_bookmark",
    "start_of",
    "write_bookmark",
]


class Bookmark(Struct, frozen=True, kw_only=True):
    """How far the ledger is folded: the last frame's sequence, its end, its digest, its beginning.

    A frame that was packed when it was folded ends at `PACKED`; its `before_*` are None.
    """

    sequence: int
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


def write_bookmark(connection: Connection, last: Frame, at: Position) -> None:
    """Call it in the transaction that folds `last`, which ends `at`, and all before it."""
    before = start_of(last, at)
    bookmark = Bookmark(
        sequence=last.sequence,
        file=at.file,
        offset=at.offset,
        before_file=before.file or None,
        before_offset=before.offset if before.file else None,
        digest=digest_of(last),
    )
    row = structs.asdict(bookmark)
    if connection.execute(update(position).values(row)).rowcount == 0:
        connection.execute(insert(position).values(id=1, **row))


def start_of(frame: Frame, at: Position) -> Position:
    """Where a frame begins that ends `at`."""
    return PACKED if at == PACKED else Position(at.file, at.offset - frame.size)


def frames_behind(whole: Whole, bookmark: Bookmark | None) -> Iterator[Step] | None:
    """The frames that are not folded yet; None if the bookmark does not fit the ledger."""
    if bookmark is None:
        return whole.frames()
    if not _fits(whole, bookmark):
        return None
    return whole.frames(bookmark.sequence, bookmark.at)


def _fits(whole: Whole, bookmark: Bookmark) -> bool:
    """Is the frame that was folded last still there? One that was erased since fits too."""
    last = whole.bare(bookmark.sequence, bookmark.before or PACKED)
    if last is None:
        return bookmark.sequence <= whole.packed.last()
    return digest_of(last) == bookmark.digest


def digest_of(frame: Frame) -> str:
    """Of what makes a frame unlike any other: its meta names a generation."""
    summed = xxhash.xxh3_128(frame.meta)
    summed.update(b"%d %d" % (frame.kind, frame.sequence))
    return summed.hexdigest()
