"""The packed store without what was erased.

First it is marked what dies (`alive`). Then, in one commit of the index, the dead are written down
as doomed and lose their names: from there on nothing that is packed can refer to them, and the
work goes on from there after any crash. Then each segment that holds doomed items is written anew
(`rewrite`), records first: a generation is gone before what it was made of is.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import Disk
from darkhorse.storage.ledger.forget.alive import Marking
from darkhorse.storage.ledger.forget.rewrite import Rewriter
from darkhorse.storage.ledger.packed.blocks import Blocks
from darkhorse.storage.ledger.packed.index import INDEX_FILE, Segment, open_index
from darkhorse.storage.ledger.packed.segment import Stream

__all__ = ["Sweep"]

_LINGER_S = 1.0  # how long a reader may need from a file's name to its opening

_DOOMED = """
CREATE TABLE IF NOT EXISTS doomed (
    stream INTEGER, number INTEGER, PRIMARY KEY (stream, number)
) WITHOUT ROWID
"""


class Sweep:
    """One sweep: `step` until it says that nothing is left. Raises ConfigError and OSError.

    `erased` gives the numbers of the records that go; `forget_cached` makes the packer forget
    every name it remembers. Nothing is packed while `step` runs.
    """

    def __init__(
        self,
        directory: Path,
        erased: Callable[[], Iterable[int]],
        *,
        disk: Disk,
        clock: Clock,
        new_file_id: Callable[[], int],
        forget_cached: Callable[[], None],
        linger_s: float = _LINGER_S,
    ) -> None:
        self._directory = directory
        self._erased = erased
        self._disk = disk
        self._clock = clock
        self._forget_cached = forget_cached
        self._linger_s = linger_s
        self._index = open_index(directory)
        self._rewriter = Rewriter(
            directory, self._index, disk=disk, clock=clock, new_file_id=new_file_id
        )
        self._marking: Iterator[None] | None = None
        self._switched_at: float | None = None

    def step(self, has_time: Callable[[], bool]) -> bool:
        """A slice; False when all is done."""
        if self.is_marked:
            return self._rewrite(has_time)
        try:
            return self._mark(has_time)
        except ValueError as e:
            raise _unreadable(self._directory, e) from None

    @property
    def is_marked(self) -> bool:
        """Is it known what has to go?"""
        found = self._index.ask("SELECT 1 FROM sqlite_master WHERE name = 'doomed'")
        return next(found, None) is not None

    @property
    def lingers(self) -> bool:
        """Is all written anew, and only the old files have still to go, in a moment?"""
        return self.is_marked and not self.doomed()

    def doomed(self) -> int:
        """How many items have still to go; 0 too before they are known."""
        if not self.is_marked:
            return 0
        (row,) = self._index.ask("SELECT count(*) FROM doomed")
        return int(str(row[0]))

    def close(self) -> None:
        """Let the index go; may be called twice."""
        self._marking = None
        self._index.close()

    # --- marking ---

    def _mark(self, has_time: Callable[[], bool]) -> bool:
        if self._marking is None:
            self._marking = self._marked()
        for _ in self._marking:
            if not has_time():
                return True
        self._marking = None
        return True

    def _marked(self) -> Iterator[None]:
        marking = Marking(self._index, Blocks(self._directory, self._index), self._erased())
        yield from marking.slices()
        marking.tail()
        self._condemn(marking)

    def _condemn(self, marking: Marking) -> None:
        with self._index.commit():
            self._index.run(_DOOMED)
            for stream, numbers in (
                (Stream.RECORDS, marking.records()),
                (Stream.CHAINS, marking.dead_nodes()),
                (Stream.BLOBS, marking.dead_blobs()),
            ):
                rows = ((int(stream), number) for number in numbers)
                self._index.run("INSERT INTO doomed VALUES (?, ?)", rows)
            for names, stream in (("node_name", Stream.CHAINS), ("blob_name", Stream.BLOBS)):
                self._index.run(
                    f"DELETE FROM {names} WHERE number IN "  # noqa: S608 (names of ours)
                    f"(SELECT number FROM doomed WHERE stream = {int(stream)})"
                )
        self._forget_cached()

    # --- writing anew ---

    def _rewrite(self, has_time: Callable[[], bool]) -> bool:
        self._forget_cached()  # after a crash between the commit and its forgetting
        while segment := self._next():
            self._rewriter.rewrite(segment, self._doomed_in(segment))
            self._switched_at = self._clock.monotonic()
            if not has_time():
                return True
        if self._has_readers():
            return True
        for path in self._superseded():
            self._disk.remove(path)
        self._index.run("DROP TABLE doomed")
        return False

    def _next(self) -> Segment | None:
        """The segment to write next, records first."""
        row = next(self._index.ask("SELECT stream, number FROM doomed LIMIT 1"), None)
        if row is None:
            return None
        stream, number = Stream(int(str(row[0]))), int(str(row[1]))
        place = self._index.place(stream, number)
        segment = self._index.segment(stream, place.segment) if place else None
        if segment is None:
            raise _unreadable(self._directory, f"it has no place for item {number}")
        return segment

    def _doomed_in(self, segment: Segment) -> set[int]:
        places = self._index.places_in(segment)
        rows = self._index.ask(
            "SELECT number FROM doomed WHERE stream = ? AND number BETWEEN ? AND ?",
            (int(segment.stream), places[0].first, places[-1].last),
        )
        return {int(str(row[0])) for row in rows}

    def _has_readers(self) -> bool:
        """May somebody still be about to open a file that was written anew just now?"""
        if self._switched_at is None:
            return False
        return self._clock.monotonic() - self._switched_at < self._linger_s

    def _superseded(self) -> list[Path]:
        """Older writings of segments; those the packer has just begun are not among them."""
        found: list[Path] = []
        for segment in self._index.segments():
            stem = f"{segment.stream.word}-{segment.number:08}-"
            found += [
                path for path in self._directory.glob(f"{stem}*.dhs") if path.name != segment.name
            ]
        return found


def _unreadable(directory: Path, why: object) -> ConfigError:
    return ConfigError(
        f"{directory / INDEX_FILE}: does not fit the segments beside it ({why}); run "
        "`darkhorse ledger verify` to see what is wrong and `darkhorse ledger repair`."
    )
