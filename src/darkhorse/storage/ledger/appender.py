"""The end of a journal that grows: the open file, its sequence numbers, its rotation.

Belongs to the writer thread. `write` then `sync`; after an OSError from either, `abandon`: a
file that failed once is never written again, for a later fsync may succeed without the pages
an earlier one lost.
"""

import contextlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import Disk, File
from darkhorse.storage.ledger.files import JournalFile, journal_files, named
from darkhorse.storage.ledger.frame import HEADER_SIZE, FileHeader, encode, encode_header
from darkhorse.storage.ledger.history import CheckedFile, History, checkpoint_path
from darkhorse.storage.ledger.inbox import Entry
from darkhorse.storage.ledger.mark import read_mark, said_mark

__all__ = ["Appender"]

_log = logging.getLogger(__name__)


class Appender:
    """Appends frames to the newest file of one writer."""

    def __init__(
        self,
        directory: Path,
        writer: str,
        *,
        disk: Disk,
        clock: Clock,
        new_file_id: Callable[[], int],
        rotate_bytes: int,
        history: History,
    ) -> None:
        self._directory = directory
        self._writer = writer
        self._disk = disk
        self._clock = clock
        self._new_file_id = new_file_id
        self._rotate_bytes = rotate_bytes
        self._history = history
        self._number = _highest_number(directory, writer, history)
        self._sequence = history.sequence
        self._current: File | None = None
        self._file_id = 0
        self._unsynced: list[tuple[int, str]] = []
        self._synced_size = 0
        self._begun_at: float | None = None  # when the open file got its first frame, monotonic
        self._traceable = True  # every earlier file is known to the last byte

    @property
    def place(self) -> JournalFile:
        """The newest file."""
        return JournalFile(self._directory, self._writer, self._number)

    def open(self) -> None:
        """Begin a new file, header and directory entry on stable storage."""
        self._number += 1
        file = self._disk.create(self.place.path)
        self._file_id = self._new_file_id()
        header = FileHeader(self._file_id, self._clock.now_us(), marked=True)
        try:
            self._disk.write(file, [encode_header(header)])
            self._disk.sync(file)
        except OSError:
            self._disk.close(file)
            with contextlib.suppress(OSError):
                self._disk.remove(file.path)
            raise
        self._current = file
        self._synced_size = file.size
        self._begun_at = None
        self._history.begun = CheckedFile(self.place.name, self._file_id, HEADER_SIZE)
        self._save()

    def write(self, entries: Sequence[Entry]) -> None:
        """Append one frame an entry; not durable before `sync`. Raises OSError."""
        if self._file.size >= self._rotate_bytes:
            self.turn()
        if self._begun_at is None:
            self._begun_at = self._clock.monotonic()
        buffers: list[bytes] = []
        for entry in entries:
            self._sequence += 1
            buffers += encode(
                entry.kind,
                self._sequence,
                entry.meta,
                entry.body,
                file_id=self._file_id,
                begins=not self._unsynced,
            )
            self._unsynced.append((entry.kind, entry.id))
        self._disk.write(self._file, buffers)

    @property
    def age_s(self) -> float | None:
        """How long ago the open file got its first frame; None while it holds none."""
        begun_at = self._begun_at
        return None if begun_at is None else self._clock.monotonic() - begun_at

    def turn(self) -> None:
        """Go on in a new file. Everything written must be synced. Raises OSError."""
        self.close()
        self.open()

    def sync(self) -> None:
        """Make all that was written durable. Raises OSError."""
        self._disk.sync(self._file)
        self._synced_size = self._file.size
        self._history.sequence = self._sequence
        for kind, generation in self._unsynced:
            self._history.note(kind, generation)
        self._unsynced.clear()

    def abandon(self) -> None:
        """Give up the open file after a failure, without its unsynced tail if that can be cut.

        Where it can, the sequence goes on as if nothing had been tried. Where not, a gap stays,
        and the tail, never acknowledged, may or may not be read later.
        """
        file, self._current = self._current, None
        self._unsynced.clear()
        if file is None:
            self._sequence = self._history.sequence
            return
        self._disk.close(file)
        try:
            self._cut(file.path)
        except OSError:
            self._traceable = False
        else:
            self._sequence = self._history.sequence

    def _cut(self, path: Path) -> None:
        if self._synced_size == HEADER_SIZE and self._forget():
            self._disk.remove(path)
        else:
            self._disk.truncate(path, self._synced_size)
            self._note_file()

    def close(self) -> None:
        """Close the open file, all of it synced, and remember it as whole; an unused one goes."""
        file, self._current = self._current, None
        if file is None:
            return
        self._disk.close(file)
        if file.size > HEADER_SIZE:
            self._note_file()
        elif self._forget():
            with contextlib.suppress(OSError):
                self._disk.remove(file.path)

    def _forget(self) -> bool:
        """Tell the checkpoint not to expect the file just begun; only then may it go."""
        self._history.begun = None
        return self._save() or not self._traceable

    def _note_file(self) -> None:
        """Put the finished file into the checkpoint: the next start need not read it."""
        try:
            self._history.checked(self.place)
        except FileNotFoundError:  # taken away while we wrote it: still it must be missed
            self._history.vanished(self.place, self._synced_size)
        except OSError:
            return
        self._save()

    def _save(self) -> bool:
        if not self._traceable:
            return False
        try:
            self._history.drop(said_mark(self._directory, self._writer))
        except ConfigError as e:
            _log.error("journal: %s", e)
        return self._history.save(checkpoint_path(self._directory, self._writer), self._disk)

    @property
    def _file(self) -> File:
        if self._current is None:
            raise OSError("no journal file is open")
        return self._current


def _highest_number(directory: Path, writer: str, history: History) -> int:
    """Of the files there, those packed, and those lost: a backup must find its name free."""
    lost = [file for name in history.lost if (file := named(directory, name))]
    there = [file.number for file in (*journal_files(directory), *lost)]
    mark = read_mark(directory, writer)  # last: a file that is packed meanwhile is in one of both
    return max(mark.number if mark else 0, *there, 0)
