"""The writer on a disk that fails: nothing acknowledged is lost, and it goes on by itself."""

import asyncio
import resource
from pathlib import Path

import pytest
from journal_kit import (
    FaultyDisk,
    GatedDisk,
    HeldClock,
    checked,
    eventually,
    open_journal,
    record,
    settled,
    start_record,
    started,
)

from darkhorse.base.errors import LedgerUnavailable
from darkhorse.storage.ledger.history import read_checkpoint
from darkhorse.storage.ledger.journal import FileJournal
from darkhorse.storage.ledger.verify import verify

KIB = 1024


@pytest.mark.parametrize("operation", ["write", "sync"])
@pytest.mark.parametrize("before", [0, 2])
def test_a_failing_disk_fails_its_batch_and_then_it_goes_on(
    tmp_path: Path, operation: str, before: int
) -> None:
    disk, clock = FaultyDisk(), HeldClock()
    journal = open_journal(tmp_path, disk=disk, clock=clock)
    first = [f"gen-before-{n}" for n in range(before)]

    async def main() -> None:
        await record(journal, *first)
        disk.failing = {operation}
        batch = [await journal.start(start_record(f"gen-lost-{n}"), b"x") for n in range(3)]
        for lost in await asyncio.gather(*batch, return_exceptions=True):
            assert isinstance(lost, LedgerUnavailable)
        for refused in (journal.start(start_record("gen-no"), b""), checked(journal)):
            with pytest.raises(LedgerUnavailable):
                await refused
        await asyncio.to_thread(_resumes, journal, disk, clock)
        await record(journal, "gen-after")

    asyncio.run(main())
    journal.close()
    assert started(tmp_path) == [*first, "gen-after"]
    assert verify(tmp_path).ok, verify(tmp_path).problems()


def _resumes(journal: FileJournal, disk: FaultyDisk, clock: HeldClock) -> None:
    """The disk is still bad at the first try and good at the second."""
    tried = len(disk.created)
    clock.seconds += 0.5
    for _ in range(5):
        assert not _works(journal)
        eventually(lambda: not journal._inbox._nudged)  # the writer has heard, and waits on
    disk.failing = {"create"}
    clock.seconds += 1
    assert not _works(journal)
    eventually(lambda: len(disk.created) == tried + 1)
    disk.failing = set()
    eventually(lambda: _works_after(journal, clock))
    assert len(disk.created) == tried + 2, "once for each second, not once for each question"


def _works_after(journal: FileJournal, clock: HeldClock) -> bool:
    clock.seconds += 1
    return _works(journal)


def _works(journal: FileJournal) -> bool:
    try:
        journal.check()
    except LedgerUnavailable:
        return False
    return True


def test_a_file_that_failed_is_never_written_or_synced_again(tmp_path: Path) -> None:
    disk, clock = FaultyDisk(), HeldClock()
    journal = open_journal(tmp_path, disk=disk, clock=clock)

    async def main() -> None:
        await record(journal, "gen-1")
        disk.failing = {"sync", "truncate"}  # not even the tail can be cut
        with pytest.raises(LedgerUnavailable):
            await (await journal.start(start_record("gen-2"), b"x"))
        disk.failing = set()
        disk.synced.clear()
        await asyncio.to_thread(eventually, lambda: _works_after(journal, clock))
        await record(journal, "gen-3")

    failed = tmp_path / "relay-00000001.dhj"
    asyncio.run(main())
    assert failed not in disk.synced
    journal.close()
    assert started(tmp_path) == ["gen-1", "gen-2", "gen-3"], "unacknowledged, and it may stay"
    saved = read_checkpoint(tmp_path, "relay")
    assert saved is not None
    assert saved.files == (), "it would vouch for that tail"
    assert verify(tmp_path).ok
    open_journal(tmp_path).close()
    assert verify(tmp_path).ok


@pytest.mark.parametrize("operation", ["write", "sync"])
def test_everybody_in_line_hears_of_the_failure(tmp_path: Path, operation: str) -> None:
    disk = GatedDisk()
    journal = open_journal(tmp_path, disk=disk, queue_bytes=64 * KIB)
    disk.gate.clear()

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    async def main() -> None:
        first = await journal.start(start_record("gen-0"), b"")
        await asyncio.to_thread(disk.waiting.wait, 20)
        queued = await journal.start(start_record("gen-1"), b"x" * 60 * KIB)
        in_line = asyncio.create_task(journal.start(start_record("gen-2"), b"x" * 60 * KIB))
        assert not await settled(in_line)
        setattr(disk, operation, fail)
        disk.gate.set()
        await asyncio.wait_for(first, 20)  # its sync had begun
        for refused in (queued, in_line):
            with pytest.raises(LedgerUnavailable):
                await _through(refused)

    asyncio.run(main())
    journal.close()
    assert started(tmp_path) == ["gen-0"]


async def _through(waiting: "asyncio.Future[object]") -> None:
    """Wait for an append and, once it is through, for its acknowledgement."""
    result = await asyncio.wait_for(waiting, 20)
    if isinstance(result, asyncio.Future):
        await asyncio.wait_for(result, 20)


def test_a_file_system_that_fills_up_in_the_middle_of_a_write(tmp_path: Path) -> None:
    clock = HeldClock()
    journal = open_journal(tmp_path, clock=clock)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def main() -> None:
        await record(journal, "gen-1")
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * KIB, hard))
        try:
            with pytest.raises(LedgerUnavailable):
                await (await journal.start(start_record("gen-2"), b"x" * 100 * KIB))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        await asyncio.to_thread(eventually, lambda: _works_after(journal, clock))
        await record(journal, "gen-3")

    asyncio.run(main())
    journal.close()
    assert started(tmp_path) == ["gen-1", "gen-3"]
    assert verify(tmp_path).ok
