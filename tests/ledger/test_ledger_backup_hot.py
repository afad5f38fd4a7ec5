"""The backup that docs/operating.md tells of, while the server turns files and the keeper packs."""

import asyncio
import itertools
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from journal_kit import end_record, open_journal, start_record

from darkhorse.base.clock import SystemClock
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.frame import Frame
from darkhorse.storage.ledger.journal import FileJournal
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.whole import Whole
from darkhorse.wiring.ledger_verify import verify_ledger

STEPS = 12  # copies of single files, at least

_file_ids = itertools.count(1)
_names = itertools.count(1)


def hot_backup(data: Path, to: Path) -> Iterator[None]:
    """As docs/operating.md has it, a file at a time."""
    here, there = Layout(data), Layout(to)
    there.journal.mkdir(parents=True)
    there.packed.mkdir()
    for names in (("*.checkpoint", "*.packed"), ("*.dhj",)):
        yield from copy(here.journal, there.journal, *names)
    source = sqlite3.connect(here.packed / "index.sqlite")
    copied = sqlite3.connect(there.packed / "index.sqlite")
    with closing(source), closing(copied):
        source.backup(copied)
    yield
    yield from copy(here.packed, there.packed, "*.dhs")


def copy(here: Path, there: Path, *names: str) -> Iterator[None]:
    """Which files there are is known before the first is copied; one may be gone by its turn."""
    for path in [path for name in names for path in sorted(here.glob(name))]:
        if path.exists():
            shutil.copy2(path, there)
        yield


async def traffic(journal: FileJournal, count: int = 2) -> list[str]:
    """Generations so large that each frame has the next one begin a new file."""
    names = [f"gen-{next(_names)}" for _ in range(count)]
    for name in names:
        body = msgspec.json.encode({"messages": [{"role": "user", "content": name * 9000}]})
        await (await journal.start(start_record(name), body))
        await (await journal.end(end_record(name), name.encode()))
    return names


def pack(data: Path) -> None:
    packer = Packer(
        Layout(data), disk=RealDisk(), clock=SystemClock(), new_file_id=lambda: next(_file_ids)
    )
    try:
        while packer.step():
            pass
    finally:
        packer.close()


def answered(data: Path) -> list[str]:
    """The generations that can be read whole, in order."""
    whole = Whole(Layout(data))
    try:
        ends: list[Frame] = []
        for frame, _ in whole.frames():
            if frame.kind == 2:
                pair = whole.find(msgspec.json.decode(frame.meta)["id"])
                assert pair.start
                assert pair.end
                ends.append(pair.end)
        return [end.body.decode() for end in ends if end.body]
    finally:
        whole.close()


async def _backed_up(data: Path, to: Path, at: Callable[[int], bool]) -> list[str]:
    """Returns what was acknowledged before the backup began."""
    journal = open_journal(Layout(data).journal, rotate_bytes=65_536)
    before = await traffic(journal)
    pack(data)
    before += await traffic(journal)
    for step, _ in enumerate(hot_backup(data, to)):
        if at(step):
            await traffic(journal)
            pack(data)
    journal.close()
    return before


async def _goes_on(data: Path) -> list[str]:
    journal = open_journal(Layout(data).journal, rotate_bytes=65_536)
    assert journal.recovery.damage == ""
    made = await traffic(journal, 1)
    pack(data)
    made += await traffic(journal, 1)
    journal.close()
    return made


@pytest.mark.parametrize("at", [*range(STEPS), "every", "none"])
def test_what_was_acknowledged_before_it_is_in_it(tmp_path: Path, at: int | str) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup"
    before = asyncio.run(
        _backed_up(data, backup, lambda step: at == "every" or (at != "none" and step == at))
    )
    assert verify_ledger(backup).problems() == []
    held = answered(backup)
    assert held[: len(before)] == before
    made = asyncio.run(_goes_on(backup))
    pack(backup)
    assert verify_ledger(backup).problems() == []
    assert answered(backup) == held + made


def test_a_relay_that_begins_before_the_keeper_does_not_begin_what_is_packed(
    tmp_path: Path,
) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup"
    asyncio.run(_backed_up(data, backup, lambda _: True))
    (backup / "journal" / "relay.packed").unlink()
    packed = {frame for frame, _ in Whole(Layout(backup)).frames()}
    made = asyncio.run(_goes_on(backup))
    assert answered(backup)[-2:] == made
    assert {frame.sequence for frame in packed} < {
        frame.sequence for frame, _ in Whole(Layout(backup)).frames()
    }
