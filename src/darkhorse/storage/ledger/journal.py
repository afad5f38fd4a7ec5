"""The durable log of one process: one writer thread, group commit, a queue that pushes back.

    event loop                         writer thread
    start/end: encode the record,  →   take the whole queue, wait gather_ms for company,
    queue it, return a future          writev, release the memory, one fdatasync,
                                   ←   resolve the futures of the batch in one call

A failed write or sync fails its batch and everything queued with LedgerUnavailable, and gives
up the file. From then on nothing is taken until a new file can be opened, which is tried about
once a second. An acknowledgement means: on stable storage, as far as the drive is honest.

A disk that only takes too long (`patience_s`): who waits hears LedgerUnavailable, what the writer
has not taken is withdrawn, and nothing new is begun until the disk has answered.

About twice a second the writer looks whether the file is to be closed, so that it can be packed:
its oldest frame is old (`rotate_s`), or somebody has asked for it (`ask_for_turn`).
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError, LedgerUnavailable
from darkhorse.base.settings import JournalSettings
from darkhorse.storage.ledger.appender import Appender
from darkhorse.storage.ledger.disk import Disk
from darkhorse.storage.ledger.files import WriterLock, turn_path
from darkhorse.storage.ledger.frame import END, MAX_LENGTH, START
from darkhorse.storage.ledger.history import History
from darkhorse.storage.ledger.inbox import Entry, Inbox, Queued
from darkhorse.storage.ledger.receipts import Receipts
from darkhorse.storage.ledger.recover import RecoveryReport, restore
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["FileJournal"]

_RETRY_S = 1.0
_LOOK_S = 0.5

_log = logging.getLogger(__name__)


class FileJournal:
    """`storage.ports.Journal` over the files of one directory.

    Opening recovers what the last process left (`recovery` says what that was), begins a new
    file, and ends the generations that were running as "interrupted". `new_file_id` gives 64
    random bits; `on_commit` hears in the writer's thread how many seconds each commit took.
    Serves one event loop. Raises ConfigError if the directory cannot be written or another
    process writes there.
    """

    def __init__(
        self,
        directory: Path,
        *,
        settings: JournalSettings,
        clock: Clock,
        disk: Disk,
        new_file_id: Callable[[], int],
        writer: str = "relay",
        on_commit: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._clock = clock
        self._on_commit = on_commit
        self._encoder = msgspec.json.Encoder()
        self._inbox = Inbox(settings.queue_bytes, settings.gather_ms / 1000)
        self._receipts = Receipts(settings.patience_s, self._inbox.withdraw)
        self._rotate_s = settings.rotate_s
        self._patience_s = settings.patience_s
        self._turning_since: float | None = None
        self._turn = turn_path(directory, writer)
        self._lock = _lock(directory, writer, disk)
        try:
            history, self.recovery = restore(directory, disk, writer)
            if self.recovery.damage:
                _log.error("journal: damage: %s", self.recovery.damage)
            self._appender = Appender(
                directory,
                writer,
                disk=disk,
                clock=clock,
                new_file_id=new_file_id,
                rotate_bytes=settings.rotate_bytes,
                history=history,
            )
            self._appender.open()
            self._end_interrupted(history)
        except OSError as e:
            self._lock.release()
            raise _unwritable(directory, e) from None
        except BaseException:
            self._lock.release()
            raise
        self._tried_at: float | None = None  # set while nothing can be written
        self._looked_at = clock.monotonic()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    recovery: RecoveryReport

    def _end_interrupted(self, history: History) -> None:
        if not history.open:
            return
        at_us = self._clock.now_us()
        ends = [
            EndRecord(
                id=generation, at_us=at_us, outcome="interrupted", status=500, error_type="server"
            )
            for generation in history.open
        ]
        self._appender.write([Entry(END, end.id, self._encoder.encode(end), b"") for end in ends])
        self._appender.sync()

    async def start(self, record: StartRecord, body: bytes) -> "asyncio.Future[None]":
        """Append a start frame; the future is done when it is durable.

        Waits while the queue is full; cancelled while waiting, the frame may or may not be
        written. It or the future raises LedgerUnavailable, after `patience_s` at the latest.
        """
        return await self._append(START, record, body)

    async def end(self, record: EndRecord, answer: bytes) -> "asyncio.Future[None]":
        """Append an end frame; otherwise as `start`."""
        return await self._append(END, record, answer)

    async def _append(
        self, kind: int, record: StartRecord | EndRecord, body: bytes
    ) -> "asyncio.Future[None]":
        self._check_open()
        entry = Entry(kind, record.id, self._encoder.encode(record), body)
        if entry.size > MAX_LENGTH:
            raise ValueError(f"a record of {entry.size} bytes is over the bound of {MAX_LENGTH}")
        done = self._receipts.new()
        try:
            await self._inbox.put(Queued(entry, done))
        except BaseException:
            done.cancel()  # nobody waits for it
            raise
        return done

    def fate(self, done: "asyncio.Future[None]") -> "asyncio.Future[bool] | None":
        """Of a future that failed because the disk is slow: will the frame have been written?

        None: it was not, and will not be.
        """
        return self._receipts.fate(done)

    def check(self) -> None:
        """Raise LedgerUnavailable while nothing can be written, and after `close`."""
        self._check_open()
        if self._receipts.overdue or self._turns_too_long():
            raise LedgerUnavailable

    def _turns_too_long(self) -> bool:
        """Does the disk hang between two files, with no frame in the writer's hands?"""
        since = self._turning_since
        return since is not None and self._clock.monotonic() - since > self._patience_s

    def _check_open(self) -> None:
        if self._inbox.refusing:
            if self._retry_is_due():
                self._inbox.nudge()
            raise LedgerUnavailable

    @property
    def queued_bytes(self) -> int:
        """Memory held by frames that are not in the file yet, about."""
        return self._inbox.held_bytes

    def close(self) -> None:
        """Refuse what comes, write and sync what is queued, end the thread. May be called again.

        Blocks for the last commit. Who waits for room gets LedgerUnavailable.
        """
        self._inbox.close()
        self._thread.join()
        self._lock.release()

    def _run(self) -> None:
        while True:
            batch = self._inbox.take(_LOOK_S if self._tried_at is None else _RETRY_S)
            if batch:
                self._commit(batch)
            elif self._inbox.closed:
                self._appender.close()
                return
            elif self._retry_is_due():
                self._reopen()
            self._look()

    def _look(self) -> None:
        """Close the file for the packer, where it is time or was asked for."""
        now = self._clock.monotonic()
        if self._tried_at is not None or now - self._looked_at < _LOOK_S:
            return
        self._looked_at = now
        age_s = self._appender.age_s
        asked = self._turn.exists()
        if age_s is not None and (asked or age_s >= self._rotate_s):
            self._turning_since = now
            try:
                self._appender.turn()
            except OSError as e:
                self._fail([], e)
                return
            finally:
                self._turning_since = None
        if asked:
            with contextlib.suppress(OSError):
                self._turn.unlink()

    def _commit(self, batch: list[Queued]) -> None:
        """Write a batch; empties it once the bytes are in the file, so that memory is free."""
        waiting = [queued.done for queued in batch]
        size = sum(queued.entry.size for queued in batch)
        began = self._clock.monotonic()
        try:
            self._appender.write([queued.entry for queued in batch])
            batch.clear()
            self._inbox.release(size)
            self._appender.sync()
        except Exception as e:  # noqa: BLE001 (the thread must live, whoever waits must hear)
            self._fail(waiting, e)
        else:
            seconds = self._clock.monotonic() - began
            self._receipts.settle(waiting)
            self._on_commit(seconds)

    def _fail(self, waiting: "list[asyncio.Future[None]]", error: Exception) -> None:
        self._tried_at = self._clock.monotonic()
        waiting += [queued.done for queued in self._inbox.block()]
        _log.error("journal: cannot write (%s); requests are refused until it can", error)
        self._appender.abandon()
        self._receipts.settle(waiting, failed=True)

    def _retry_is_due(self) -> bool:
        tried_at = self._tried_at
        return tried_at is not None and self._clock.monotonic() - tried_at >= _RETRY_S

    def _reopen(self) -> None:
        self._tried_at = self._clock.monotonic()
        try:
            self._appender.open()
        except OSError:
            return
        self._tried_at = None
        self._inbox.unblock()
        _log.warning("journal: writing again, to %s", self._appender.place.name)


def _lock(directory: Path, writer: str, disk: Disk) -> WriterLock:
    try:
        disk.make_directory(directory)
        return WriterLock(directory, writer)
    except OSError as e:
        raise _unwritable(directory, e) from None


def _unwritable(directory: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"{directory}: the journal cannot be written ({error.strerror or error}); "
        "make the directory writable or choose another with --data."
    )
