"""A disk that is slow: whoever waits is told in time, and what is written is known in the end."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from journal_kit import (
    GatedDisk,
    HeldClock,
    checked,
    end_record,
    ended,
    eventually,
    open_journal,
    record,
    settled,
    start_record,
    started,
)

from darkhorse.base.errors import LedgerUnavailable
from darkhorse.storage.ledger.disk import File
from darkhorse.storage.ledger.journal import FileJournal
from darkhorse.storage.ledger.verify import verify

KIB = 1024
PATIENCE = {"patience_s": 80_000}


class StuckDisk(GatedDisk):
    """Fails the sync that waits at the gate, if told to."""

    fails = False

    def sync(self, file: File) -> None:
        super().sync(file)
        if self.fails:
            self.fails = False
            raise OSError(5, "Input/output error")


async def _stick(journal: FileJournal, disk: GatedDisk, name: str) -> "asyncio.Future[None]":
    """A start that the writer has taken and cannot bring to rest."""
    disk.waiting.clear()
    disk.gate.clear()
    done = await journal.start(start_record(name), b"x")
    await asyncio.to_thread(disk.waiting.wait, 20)
    return done


def _late(journal: FileJournal) -> None:
    """Patience is over for everybody who waits now; no test depends on how long that takes."""
    receipts = journal._receipts
    kept, receipts._patience_s = receipts._patience_s, 0.0
    assert receipts._timer is not None
    receipts._timer.cancel()
    receipts._look()
    receipts._patience_s = kept


async def _refused(futures: "Sequence[asyncio.Future[None]]") -> None:
    for each in await asyncio.wait_for(asyncio.gather(*futures, return_exceptions=True), 20):
        assert isinstance(each, LedgerUnavailable)


def test_who_waits_too_long_is_refused_and_what_was_not_taken_is_never_written(
    tmp_path: Path,
) -> None:
    disk = StuckDisk()
    journal = open_journal(tmp_path, disk=disk, **PATIENCE)

    async def main() -> None:
        await record(journal, "gen-0")
        stuck = await _stick(journal, disk, "gen-stuck")
        queued = [await journal.start(start_record(f"gen-no-{n}"), b"x") for n in range(3)]
        _late(journal)
        await _refused([stuck, *queued])
        assert [journal.fate(each) for each in queued] == [None, None, None]
        fate = journal.fate(stuck)
        assert fate is not None
        assert not fate.done()
        with pytest.raises(LedgerUnavailable):
            await checked(journal)
        disk.gate.set()
        assert await asyncio.wait_for(fate, 20) is True
        await checked(journal)
        assert journal.queued_bytes == 0
        await record(journal, "gen-1")

    asyncio.run(main())
    journal.close()
    assert started(tmp_path) == ["gen-0", "gen-stuck", "gen-1"]
    assert verify(tmp_path).problems() == []


def test_what_the_disk_refuses_after_all_is_not_there(tmp_path: Path) -> None:
    disk, clock = StuckDisk(), HeldClock()
    journal = open_journal(tmp_path, disk=disk, clock=clock, **PATIENCE)

    async def main() -> None:
        stuck = await _stick(journal, disk, "gen-stuck")
        _late(journal)
        await _refused([stuck])
        fate = journal.fate(stuck)
        assert fate is not None
        disk.fails = True
        disk.gate.set()
        assert await asyncio.wait_for(fate, 20) is False

    asyncio.run(main())
    journal.close()
    assert started(tmp_path) == []


def test_who_stands_in_line_is_refused_too(tmp_path: Path) -> None:
    disk = StuckDisk()
    journal = open_journal(tmp_path, disk=disk, queue_bytes=64 * KIB, **PATIENCE)
    large = b"x" * 60 * KIB

    async def main() -> None:
        stuck = await _stick(journal, disk, "gen-stuck")
        queued = await journal.start(start_record("gen-queued"), large)
        line = [
            asyncio.create_task(journal.start(start_record(f"gen-line-{n}"), large))
            for n in range(3)
        ]
        assert not await settled(line[0])
        _late(journal)
        for each in await asyncio.wait_for(asyncio.gather(*line, return_exceptions=True), 20):
            assert isinstance(each, LedgerUnavailable)
        await _refused([stuck, queued])
        disk.gate.set()
        fate = journal.fate(stuck)
        assert fate is not None
        await asyncio.wait_for(fate, 20)
        await checked(journal)
        await record(journal, "gen-after")

    asyncio.run(main())
    journal.close()
    assert started(tmp_path) == ["gen-stuck", "gen-after"]


def test_who_gave_up_in_line_holds_nobody_up_later(tmp_path: Path) -> None:
    disk = StuckDisk()
    journal = open_journal(tmp_path, disk=disk, queue_bytes=64 * KIB, **PATIENCE)
    large = b"x" * 60 * KIB

    async def main() -> None:
        stuck = await _stick(journal, disk, "gen-stuck")
        queued = await journal.start(start_record("gen-queued"), large)
        gone = asyncio.create_task(journal.start(start_record("gen-gone"), large))
        await settled(gone)
        gone.cancel()
        _late(journal)
        await _refused([stuck, queued])
        disk.gate.set()
        await asyncio.wait_for(journal.fate(stuck) or stuck, 20)
        await journal.start(start_record("gen-next"), b"x")
        _late(journal)
        await asyncio.to_thread(eventually, lambda: not journal._receipts.overdue)
        await record(journal, "gen-after")

    asyncio.run(main())
    journal.close()
    assert set(started(tmp_path)) - {"gen-next"} == {"gen-stuck", "gen-after"}


def test_ends_may_wait_while_nothing_new_is_begun(tmp_path: Path) -> None:
    disk = StuckDisk()
    journal = open_journal(tmp_path, disk=disk, **PATIENCE)

    async def main() -> None:
        await (await journal.start(start_record("gen-1"), b"x"))
        stuck = await _stick(journal, disk, "gen-stuck")
        _late(journal)
        await _refused([stuck])
        end = await journal.end(end_record("gen-1"), b"y")
        disk.gate.set()
        await asyncio.wait_for(end, 20)

    asyncio.run(main())
    journal.close()
    assert ended(tmp_path) == ["gen-1"]


def test_patience_ends_by_itself(tmp_path: Path) -> None:
    disk = StuckDisk()
    journal = open_journal(tmp_path, disk=disk, patience_s=0.05)

    async def main() -> None:
        disk.gate.clear()
        done = await journal.start(start_record("gen-stuck"), b"x")
        with pytest.raises(LedgerUnavailable):
            await asyncio.wait_for(done, 20)
        disk.gate.set()

    asyncio.run(main())
    journal.close()


def test_a_disk_that_hangs_between_two_files_is_refused_before_anything_begins(
    tmp_path: Path,
) -> None:
    async def work() -> None:
        disk, clock = GatedDisk(), HeldClock()
        journal = open_journal(tmp_path, disk=disk, clock=clock, patience_s=10, rotate_s=60)
        await record(journal, "gen-1")
        disk.waiting.clear()
        disk.gate.clear()
        clock.seconds += 61
        assert await asyncio.to_thread(disk.waiting.wait, 20)  # in the turn's sync
        journal.check()
        clock.seconds += 11
        with pytest.raises(LedgerUnavailable):
            journal.check()
        disk.gate.set()
        eventually(lambda: journal._turning_since is None)
        journal.check()
        await record(journal, "gen-2")
        journal.close()

    asyncio.run(work())
    assert ended(tmp_path) == ["gen-1", "gen-2"]
