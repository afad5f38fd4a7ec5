"""The writer: order, push-back, rotation, closing."""

import asyncio
import tracemalloc
from pathlib import Path

import pytest
from journal_kit import (
    FaultyDisk,
    GatedDisk,
    checked,
    contents,
    end_record,
    ended,
    open_journal,
    record,
    settled,
    start_record,
    started,
)

from darkhorse.base.errors import ConfigError, LedgerUnavailable
from darkhorse.storage.ledger.disk import rest_after
from darkhorse.storage.ledger.frame import END, HEADER_SIZE, START
from darkhorse.storage.ledger.verify import verify
from darkhorse.storage.ports import Journal

KIB = 1024


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.glob("*.dhj"))


def test_what_is_acknowledged_is_in_the_file_with_its_body(tmp_path: Path) -> None:
    journal: Journal = (held := open_journal(tmp_path))
    body = b'{"caf\xc3\xa9": 1}\x00\xff'

    async def main() -> None:
        await (await journal.start(start_record("gen-1"), body))
        assert contents(tmp_path) == [(START, "gen-1", body)]
        await (await journal.end(end_record("gen-1"), b""))
        assert contents(tmp_path)[1:] == [(END, "gen-1", b"")]

    asyncio.run(main())
    held.close()


def test_a_batch_keeps_the_order_of_its_appends(tmp_path: Path) -> None:
    disk = FaultyDisk()
    journal = open_journal(tmp_path, disk=disk, gather_ms=20)
    generations = [f"gen-{n}" for n in range(1500)]  # more buffers than one writev takes

    async def main() -> None:
        before = len(disk.synced)
        done = [await journal.start(start_record(g), g.encode() * 40) for g in generations]
        await asyncio.gather(*done)
        assert len(disk.synced) - before < 20, "one sync a batch, not one a frame"

    asyncio.run(main())
    journal.close()
    assert contents(tmp_path) == [(START, g, g.encode() * 40) for g in generations]
    assert verify(tmp_path).gaps == ()


def test_the_full_queue_pushes_back_in_order_and_lets_go(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = open_journal(tmp_path, disk=disk, queue_bytes=64 * KIB)
    body = b"x" * 30 * KIB

    async def main() -> None:
        disk.gate.clear()
        first = await journal.start(start_record("gen-0"), b"")
        await asyncio.to_thread(disk.waiting.wait, 20)  # the writer is busy with the first
        for n in (1, 2):
            await journal.start(start_record(f"gen-{n}"), body)
        late = [
            asyncio.create_task(journal.start(start_record(f"gen-{n}"), b"x" * size))
            for n, size in ((3, 30 * KIB), (4, 1), (5, 200 * KIB), (6, 1))
        ]
        assert not any([await settled(task) for task in late])
        disk.gate.set()
        await asyncio.wait_for(asyncio.gather(*[await task for task in late]), 20)
        assert first.done()

    asyncio.run(main())
    journal.close()
    assert started(tmp_path) == [f"gen-{n}" for n in range(7)]


def test_a_waiter_that_gives_up_leaves_the_line_and_its_place(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = open_journal(tmp_path, disk=disk, queue_bytes=64 * KIB)

    async def main() -> None:
        disk.gate.clear()
        await journal.start(start_record("gen-0"), b"")
        await asyncio.to_thread(disk.waiting.wait, 20)
        await journal.start(start_record("gen-1"), b"x" * 60 * KIB)
        large = asyncio.create_task(journal.start(start_record("gen-gone"), b"x" * 60 * KIB))
        small = asyncio.create_task(journal.start(start_record("gen-2"), b"x"))
        assert not await settled(small), "it may not overtake"
        large.cancel()
        done = await asyncio.wait_for(small, 20)  # there was room for it all along
        disk.gate.set()
        await asyncio.wait_for(done, 20)

    asyncio.run(main())
    journal.close()
    assert started(tmp_path) == ["gen-0", "gen-1", "gen-2"]


def test_an_acknowledgement_nobody_waits_for_breaks_nothing(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = open_journal(tmp_path, disk=disk)

    async def main() -> None:
        disk.gate.clear()
        gone = await journal.start(start_record("gen-1"), b"")
        kept = await journal.start(start_record("gen-2"), b"")
        gone.cancel()
        disk.gate.set()
        await asyncio.wait_for(kept, 20)

    asyncio.run(main())
    journal.close()
    assert started(tmp_path) == ["gen-1", "gen-2"]


def test_written_bodies_leave_memory_before_they_are_synced(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = open_journal(tmp_path, disk=disk)
    size = 16 * KIB * KIB

    async def main() -> None:
        disk.gate.clear()
        done = await journal.start(start_record("gen-1"), b"x" * size)
        assert tracemalloc.get_traced_memory()[0] >= size or disk.waiting.is_set()
        await asyncio.to_thread(disk.waiting.wait, 20)
        assert tracemalloc.get_traced_memory()[0] < size // 4
        assert not done.done()
        disk.gate.set()
        await done

    tracemalloc.start()
    try:
        asyncio.run(main())
    finally:
        tracemalloc.stop()
    journal.close()


def test_a_file_is_closed_at_its_size_and_the_numbers_go_on(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, rotate_bytes=64 * KIB)

    async def main() -> None:
        for n in range(12):
            await (await journal.start(start_record(f"gen-{n}"), b"x" * 20 * KIB))

    asyncio.run(main())
    journal.close()
    assert names(tmp_path) == [f"relay-0000000{n}.dhj" for n in (1, 2, 3)]
    report = verify(tmp_path)
    assert (report.starts, report.ok) == (12, True)
    assert all(p.stat().st_size < 90 * KIB for p in tmp_path.glob("*.dhj"))


def test_every_start_opens_a_new_file_and_an_unused_one_goes(tmp_path: Path) -> None:
    for n in range(3):
        journal = open_journal(tmp_path)
        asyncio.run(record(journal, f"gen-{n}"))
        journal.close()
        open_journal(tmp_path).close()
    assert names(tmp_path) == [f"relay-0000000{n}.dhj" for n in (1, 2, 3)]
    assert started(tmp_path) == ["gen-0", "gen-1", "gen-2"]
    assert verify(tmp_path).ok


def test_close_writes_what_is_queued_and_may_be_called_again(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, gather_ms=1000)

    async def main() -> None:
        done = [await journal.start(start_record(f"gen-{n}"), b"") for n in range(5)]
        journal.close()
        journal.close()
        await asyncio.wait_for(asyncio.gather(*done), 20)
        for refused in (journal.end(end_record("gen-0"), b""), checked(journal)):
            with pytest.raises(LedgerUnavailable):
                await refused

    asyncio.run(main())
    assert len(started(tmp_path)) == 5


def test_close_turns_away_who_waits_for_room(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = open_journal(tmp_path, disk=disk, queue_bytes=64 * KIB)
    disk.gate.clear()

    async def main() -> None:
        first = await journal.start(start_record("gen-0"), b"x" * 100 * KIB)
        await asyncio.to_thread(disk.waiting.wait, 20)
        second = await journal.start(start_record("gen-1"), b"x" * 60 * KIB)
        in_line = asyncio.create_task(journal.start(start_record("gen-2"), b"x" * 60 * KIB))
        assert not await settled(in_line)
        closing = asyncio.create_task(asyncio.to_thread(journal.close))
        with pytest.raises(LedgerUnavailable):
            await asyncio.wait_for(in_line, 20)
        disk.gate.set()
        await asyncio.wait_for(asyncio.gather(first, second, closing), 20)

    asyncio.run(main())
    assert started(tmp_path) == ["gen-0", "gen-1"]


def test_a_second_opener_is_refused_and_the_next_one_is_not(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    with pytest.raises(ConfigError, match="another process is writing this journal"):
        open_journal(tmp_path)
    journal.close()
    open_journal(tmp_path).close()


def test_a_directory_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ConfigError, match=r"journal cannot be written .*; make"):
        open_journal(tmp_path / "data" / "journal")
    disk = FaultyDisk()
    disk.failing = {"write"}
    with pytest.raises(ConfigError, match="No space left on device"):
        open_journal(tmp_path / "full", disk=disk)
    disk.failing = set()
    open_journal(tmp_path / "full", disk=disk).close()  # the lock was let go


def test_a_record_over_the_bound_is_refused_before_it_is_queued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("darkhorse.storage.ledger.journal.MAX_LENGTH", 1000)
    journal = open_journal(tmp_path)

    async def main() -> None:
        with pytest.raises(ValueError, match="over the bound"):
            await journal.start(start_record("gen-1"), b"x" * 1000)
        await record(journal, "gen-2")

    asyncio.run(main())
    journal.close()
    assert (started(tmp_path), ended(tmp_path)) == (["gen-2"], ["gen-2"])


def test_partial_writes_go_on_where_they_stopped() -> None:
    buffers = [b"abc", b"", b"defg", b"h"]
    whole = b"".join(buffers)
    for written in range(len(whole) + 1):
        assert b"".join(rest_after(buffers, written)) == whole[written:]
    assert rest_after(buffers, len(whole)) == []


def test_the_header_is_all_there_is_before_the_first_append(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    assert (tmp_path / "relay-00000001.dhj").stat().st_size == HEADER_SIZE
    journal.close()
    assert names(tmp_path) == []
