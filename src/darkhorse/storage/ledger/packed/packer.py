"""Packs closed journal files, each exactly once, and lets them go.

A file's items, their names and the new ends of all streams are one commit of the index, made when
the segments are synced; then the mark says that the file may go, then it goes. A process that
dies in between leaves bytes that nobody counts (`leftovers`), or a file that the mark no longer
needs (`dropping`).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import structs

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import Disk
from darkhorse.storage.ledger.files import JournalFile, journal_files
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.history import expected, id_of, read_checkpoint
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.mark import PackedMark, behind, said_mark, write_mark
from darkhorse.storage.ledger.packed.bodies import Bodies, Remembered
from darkhorse.storage.ledger.packed.dropping import compare, refuse
from darkhorse.storage.ledger.packed.index import Gap, Index, open_index
from darkhorse.storage.ledger.packed.leftovers import Ahead, clear, fingerprint, unused
from darkhorse.storage.ledger.packed.recipe import Record, encode_record
from darkhorse.storage.ledger.packed.segment import BLOCK_SIZE, Stream
from darkhorse.storage.ledger.packed.writer import SEGMENT_SIZE, StreamWriter
from darkhorse.storage.ledger.scan import Damage, Found, Known, Lost, SequenceGap, Step, walk

__all__ = ["Packer"]

_log = logging.getLogger(__name__)

_NOTHING = PackedMark(number=0, sequence=0, generations=0)


class Packer:
    """A Chore. One a data directory: whoever makes it holds the keeper's lock.

    `newest_too` packs the file that is being written; only for one who holds the journal's lock.
    Raises ConfigError for damage, OSError from the disk; nothing is lost by either.
    """

    name = "pack"
    every_s = 1.0

    def __init__(
        self,
        layout: Layout,
        *,
        disk: Disk,
        clock: Clock,
        new_file_id: Callable[[], int],
        writer: str = "relay",
        block_size: int = BLOCK_SIZE,
        segment_size: int = SEGMENT_SIZE,
        newest_too: bool = False,
    ) -> None:
        self._layout = layout
        self._disk = disk
        self._clock = clock
        self._new_file_id = new_file_id
        self._writer = writer
        self._block_size = block_size
        self._segment_size = segment_size
        self._newest_too = newest_too
        self._remembered = Remembered()
        self._index: Index | None = None

    def step(self) -> bool:
        """Pack one file and let it go."""
        index = self._ready()
        mark = self._mark(index)
        files = self._files()
        self._drop(files, mark)
        files = behind(files, mark)
        if len(files) < (1 if self._newest_too else 2):
            return False
        try:
            marked = self._pack(index, mark, files)
        except BaseException:
            self.close()  # what was not committed is cut off at the next step
            raise
        self._write_mark(marked)
        with suppress(FileNotFoundError):
            self._let_go(files[0])
        return len(files) > (1 if self._newest_too else 2)

    def forget_cached(self) -> None:
        """Items were erased: remember none of their names."""
        self._remembered = Remembered()

    def close(self) -> None:
        """Let files go; may be called twice."""
        if self._index:
            self._index.close()
        self._index = None
        self.forget_cached()

    # --- before ---

    def _ready(self) -> Index:
        if self._index is None:
            self._disk.make_directory(self._layout.packed)
            index = open_index(self._layout.packed)
            try:
                # One that lost its content must not cut back what it forgot.
                mark = self._mark(index)
                clear(
                    self._layout.packed,
                    index,
                    lambda: self._ahead(mark),
                    disk=self._disk,
                    damaged=self._layout.damaged,
                )
            except BaseException:
                index.close()
                raise
            self._index = index
        return self._index

    def _ahead(self, mark: PackedMark) -> Ahead:
        """What the journal holds behind the mark, and whether it goes on there."""
        files = behind(self._files(), mark)
        if not files:
            saved = read_checkpoint(self._layout.journal, self._writer)
            return Ahead(goes_on=saved is None or saved.sequence <= mark.sequence)
        frames: dict[int, int] = {}
        explained = False
        for step in self._steps(mark, files):
            if isinstance(step, Found):
                frames[step.frame.sequence] = fingerprint(step.frame.kind, step.frame.meta)
            elif isinstance(step, Damage):
                explained = True
            elif isinstance(step, SequenceGap) and step.missing and not frames:
                explained = explained or any(map(self._is_explained, step.inside))
                if not explained:
                    return Ahead(goes_on=False)
        return Ahead(frames)

    def _is_explained(self, name: str) -> bool:
        """May what is missing have been in this file, damaged or given up?"""
        return (self._layout.journal / name).exists() or self.accept_path(name).exists()

    def _mark(self, index: Index) -> PackedMark:
        """How far packing is: the index knows best, for the mark is written after its commit."""
        mark = said_mark(self._layout.journal, self._writer) or _NOTHING
        raw = index.mark()
        kept = msgspec.json.decode(raw, type=PackedMark) if raw else _NOTHING
        if kept.number > mark.number:
            self._write_mark(kept)
            return kept
        if kept.number < mark.number:
            raise _behind(self._layout.packed, mark)
        return mark

    def _write_mark(self, mark: PackedMark) -> None:
        write_mark(self._layout.journal, mark, self._disk, self._writer)

    def _files(self) -> list[JournalFile]:
        files = journal_files(self._layout.journal)
        return [file for file in files if file.writer == self._writer]

    def _drop(self, files: list[JournalFile], mark: PackedMark) -> None:
        """Let go of what was packed before, if that is what these files hold."""
        for file in files:
            if file.number > mark.number:
                return
            with suppress(FileNotFoundError):
                self._drop_one(file, mark, may_be_open=file is files[-1] and not self._newest_too)

    def _drop_one(self, file: JournalFile, mark: PackedMark, *, may_be_open: bool) -> None:
        held = compare(file, mark, self._layout.packed)
        refuse(file, held, mark)
        if held.given_up:
            kept = self._set_aside(file)
            _log.warning(
                "%s: holds frames that were given up (%d), and cannot be packed now; it is kept "
                "as %s.",
                file.path,
                held.given_up,
                kept,
            )
        elif held.damaged:
            self._set_aside(file)
        elif held.frames or not may_be_open:
            self._let_go(file)

    def _let_go(self, file: JournalFile) -> None:
        """All of it is packed; evidence of damage is set aside."""
        if self.accept_path(file.name).exists():
            self._set_aside(file)
        else:
            self._disk.remove(file.path)

    def _set_aside(self, file: JournalFile) -> Path:
        self._disk.make_directory(self._layout.damaged)
        kept = unused(self._layout.damaged, file.name)
        file.path.replace(kept)
        self.accept_path(file.name).unlink(missing_ok=True)
        return kept

    # --- one file ---

    def _pack(self, index: Index, mark: PackedMark, files: list[JournalFile]) -> PackedMark:
        with index.commit():
            job = _Job(index, mark, self._writers(index), self._remembered)
            try:
                for step in self._steps(mark, files):
                    self._take(job, step, files[0])
                return job.finish(files[0].number)
            finally:
                job.close()

    def _writers(self, index: Index) -> dict[Stream, StreamWriter]:
        return {
            stream: StreamWriter(
                self._layout.packed,
                stream,
                index,
                disk=self._disk,
                clock=self._clock,
                new_file_id=self._new_file_id,
                block_size=self._block_size,
                segment_size=self._segment_size,
            )
            for stream in Stream
        }

    def _steps(self, mark: PackedMark, files: list[JournalFile]) -> Iterator[Step]:
        """What the first file holds; the ones behind it tell a torn tail from damage."""
        saved = read_checkpoint(self._layout.journal, self._writer)
        known = expected(self._layout.journal, saved, files)
        first = files[0]
        lost = tuple(file for file in known.lost if file.number > mark.number)
        known = Known(mark.sequence, known.upto, known.sizes, lost)
        for step in walk(files, known):
            at = step.file if not isinstance(step, SequenceGap) else None
            if isinstance(step, Found) and step.file.number > first.number:
                return
            if isinstance(at, JournalFile) and at.number > first.number:
                return
            yield step

    def _take(self, job: "_Job", step: Step, file: JournalFile) -> None:
        match step:
            case Found(_, frame):
                job.add(frame)
            case Damage(at, start, end):
                self._accept(at.name, f"bytes {start:,} to {end:,} are damaged")
            case Lost(at):
                self._accept(at.name, "is missing")
            case SequenceGap() if step.missing:
                names = step.inside or (step.file or file.name,)
                for name in names:
                    self._accept(name, f"{step.missing:,} frames are missing")
                job.gap(Gap(step.expected, step.found - 1, names[0]))
            case SequenceGap():
                self._accept(file.name, f"frame {step.found:,} comes again")
            case _:
                pass

    def _accept(self, name: str, why: str) -> None:
        """Go on past damage only where the operator said so for this file."""
        if not self.accept_path(name).exists():
            raise ConfigError(
                f"{self._layout.journal / name}: {why}; the files behind it are kept and not "
                "packed until a backup of it is put in its place, or `darkhorse ledger repair` "
                "gives up what is lost."
            )

    def accept_path(self, name: str) -> Path:
        """The file that says: what is damaged in the journal file `name` may be given up."""
        return self._layout.journal / f"{name}.accepted"


class _Job:
    """The packing of one journal file, inside one commit of the index."""

    def __init__(
        self,
        index: Index,
        mark: PackedMark,
        writers: dict[Stream, StreamWriter],
        remembered: Remembered,
    ) -> None:
        self._index = index
        self._mark = mark
        self._writers = writers
        self._counts = index.counts()
        self._open = dict.fromkeys(mark.open)
        self._begun = 0
        self._bodies = Bodies(index, self._counts, writers, remembered)

    def add(self, frame: Frame) -> None:
        """The next frame."""
        if frame.kind == START:
            recipe, repeated = self._bodies.request(frame.body)
        else:
            recipe, repeated = self._bodies.answer(frame.body), 0
        record = Record(frame.kind, frame.meta, len(frame.body), repeated, recipe)
        self._writers[Stream.RECORDS].add(frame.sequence, encode_record(record))
        self._counts.last_record = frame.sequence
        self._counts.take(record)
        self._note(frame)

    def _note(self, frame: Frame) -> None:
        """What the mark will say of generations."""
        if frame.kind == START:
            self._begun += 1
            if generation := id_of(frame.meta):
                self._open[generation] = None
        elif frame.kind == END:
            self._open.pop(id_of(frame.meta), None)

    def gap(self, gap: Gap) -> None:
        """Frames of these numbers are lost, and the operator knows."""
        self._index.put_gap(gap)
        self._counts.last_record = max(self._counts.last_record, gap.last)

    def finish(self, number: int) -> PackedMark:
        """Everything on stable storage, and in the commit that is open."""
        for writer in self._writers.values():
            writer.flush()
        self._index.put_counts(self._counts)
        marked = structs.replace(
            self._mark,
            number=number,
            sequence=max(self._mark.sequence, self._counts.last_record),
            generations=self._mark.generations + self._begun,
            open=tuple(self._open),
        )
        self._index.put_mark(msgspec.json.encode(marked))
        return marked

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()


def _behind(directory: Path, mark: PackedMark) -> ConfigError:
    return ConfigError(
        f"{directory}: holds less than the journal's mark says, frames up to {mark.sequence:,}; "
        "put a backup of the directory in its place, or `darkhorse ledger repair` gives up what "
        "is lost."
    )
