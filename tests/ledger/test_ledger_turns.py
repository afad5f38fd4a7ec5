"""Files that are closed before they are large: because of their age, or because somebody asked."""

import asyncio
from pathlib import Path

from journal_kit import (
    FaultyDisk,
    HeldClock,
    end_record,
    eventually,
    open_journal,
    record,
    start_record,
    started,
)

from darkhorse.base.errors import LedgerUnavailable
from darkhorse.storage.ledger.files import ask_for_turn, journal_files, turn_path
from darkhorse.storage.ledger.journal import FileJournal
from darkhorse.storage.ledger.verify import verify


def _files(directory: Path) -> int:
    return len(journal_files(directory))


def _looks(journal: FileJournal, clock: HeldClock, seconds: float = 0.5) -> None:
    """Let time go by until the writer has looked whether it is time for another file."""
    clock.seconds += seconds
    journal._inbox.nudge()
    eventually(lambda: journal._looked_at == clock.seconds)


def test_an_old_file_is_closed_though_nothing_comes(tmp_path: Path) -> None:
    clock = HeldClock()
    journal = open_journal(tmp_path, clock=clock, rotate_s=300)
    asyncio.run(record(journal, "gen-1"))
    _looks(journal, clock, 299)
    assert _files(tmp_path) == 1
    _looks(journal, clock, 1)
    eventually(lambda: _files(tmp_path) == 2)
    for _ in range(2):
        _looks(journal, clock, 1000)
    assert _files(tmp_path) == 2, "one without frames stays open"
    journal.close()
    assert verify(tmp_path).problems() == []


def test_the_age_of_a_file_is_that_of_its_first_frame(tmp_path: Path) -> None:
    clock = HeldClock()
    journal = open_journal(tmp_path, clock=clock, rotate_s=300)
    _looks(journal, clock, 1000)
    asyncio.run(record(journal, "gen-1"))
    _looks(journal, clock, 200)
    asyncio.run(record(journal, "gen-2"))
    assert _files(tmp_path) == 1
    _looks(journal, clock, 100)
    eventually(lambda: _files(tmp_path) == 2)
    journal.close()


def test_whoever_asks_for_a_turn_gets_it(tmp_path: Path) -> None:
    clock = HeldClock()
    journal = open_journal(tmp_path, clock=clock)
    for turn in (1, 2):
        asyncio.run(record(journal, f"gen-{turn}"))
        ask_for_turn(tmp_path)
        ask_for_turn(tmp_path)
        _looks(journal, clock)
        eventually(lambda: not turn_path(tmp_path).exists())
        assert _files(tmp_path) == turn + 1
    ask_for_turn(tmp_path)
    _looks(journal, clock)
    eventually(lambda: not turn_path(tmp_path).exists())
    assert _files(tmp_path) == 3, "there was nothing to close"
    journal.close()
    assert started(tmp_path) == ["gen-1", "gen-2"]
    assert verify(tmp_path).problems() == []


def test_no_frame_is_lost_or_out_of_order_while_files_turn(tmp_path: Path) -> None:
    clock = HeldClock()
    journal = open_journal(tmp_path, clock=clock)
    names = [f"gen-{n}" for n in range(300)]

    async def main() -> None:
        for n, name in enumerate(names):
            if n % 10 == 0:
                ask_for_turn(tmp_path)
                clock.seconds += 1
            done = await journal.start(start_record(name), b"x")
            await (await journal.end(end_record(name), b"y"))
            assert done.done()

    asyncio.run(main())
    journal.close()
    assert started(tmp_path) == names
    assert _files(tmp_path) > 10
    found = verify(tmp_path)
    assert (found.problems(), found.open) == ([], ())


def test_a_disk_that_fails_at_a_turn_is_handled_like_any(tmp_path: Path) -> None:
    disk, clock = FaultyDisk(), HeldClock()
    journal = open_journal(tmp_path, disk=disk, clock=clock)
    asyncio.run(record(journal, "gen-1"))
    disk.failing = {"create"}
    ask_for_turn(tmp_path)
    _looks(journal, clock)
    eventually(lambda: not _works(journal))
    disk.failing = set()
    eventually(lambda: _works_after(journal, clock))
    asyncio.run(record(journal, "gen-2"))
    _looks(journal, clock)
    eventually(lambda: not turn_path(tmp_path).exists())
    journal.close()
    assert started(tmp_path) == ["gen-1", "gen-2"]
    assert verify(tmp_path).problems() == []


def _works_after(journal: FileJournal, clock: HeldClock) -> bool:
    clock.seconds += 1
    return _works(journal)


def _works(journal: FileJournal) -> bool:
    try:
        journal.check()
    except LedgerUnavailable:
        return False
    return True
