"""What the journal's tests share: disks that fail or wait, a clock that stands still, records."""

import asyncio
import errno
import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from darkhorse.base.settings import JournalSettings
from darkhorse.storage.ledger.disk import Disk, File, RealDisk
from darkhorse.storage.ledger.frame import (
    END,
    START,
    FileHeader,
    Frame,
    encode,
    encode_header,
)
from darkhorse.storage.ledger.journal import FileJournal
from darkhorse.storage.ledger.read import frames
from darkhorse.storage.records import EndRecord, Outcome, StartRecord

_file_ids = itertools.count(0x9E3779B97F4A7C15)


class HeldClock:
    """Time that moves only when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now_us(self) -> int:
        return 1_700_000_000_000_000

    def monotonic(self) -> float:
        return self.seconds


class FaultyDisk(RealDisk):
    """A real disk whose operations named in `failing` raise what a full disk raises."""

    def __init__(self) -> None:
        self.failing: set[str] = set()
        self.created: list[Path] = []  # tried to
        self.synced: list[Path] = []

    def _maybe_fail(self, operation: str) -> None:
        if operation in self.failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def create(self, path: Path) -> File:
        self.created.append(path)
        self._maybe_fail("create")
        return super().create(path)

    def write(self, file: File, buffers: Sequence[bytes]) -> None:
        if "write" in self.failing:
            whole = b"".join(buffers)
            super().write(file, [whole[: len(whole) // 2]])  # a full disk takes a part
        self._maybe_fail("write")
        super().write(file, buffers)

    def sync(self, file: File) -> None:
        self.synced.append(file.path)
        self._maybe_fail("sync")
        super().sync(file)

    def truncate(self, path: Path, size: int) -> None:
        self._maybe_fail("truncate")
        super().truncate(path, size)


class GatedDisk(RealDisk):
    """A real disk whose syncs wait at a gate once it is shut."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()

    def sync(self, file: File) -> None:
        if not self.gate.is_set():
            self.waiting.set()
        assert self.gate.wait(30)
        super().sync(file)


def open_journal(
    directory: Path,
    *,
    disk: Disk | None = None,
    clock: HeldClock | None = None,
    **settings: float,
) -> FileJournal:
    return FileJournal(
        directory,
        settings=msgspec.convert({"gather_ms": 0, **settings}, JournalSettings),
        clock=clock or HeldClock(),
        disk=disk or RealDisk(),
        new_file_id=lambda: next(_file_ids),
    )


def start_record(generation: str) -> StartRecord:
    return StartRecord(
        id=generation,
        at_us=1_700_000_000_000_000,
        listing="stealth/pony-alpha",
        dialect="chat",
        streamed=True,
        key="0a1b",
        prompt_tokens=7,
    )


def end_record(generation: str, outcome: Outcome = "done") -> EndRecord:
    return EndRecord(id=generation, at_us=1_700_000_001_000_000, outcome=outcome)


async def record(journal: FileJournal, *generations: str) -> None:
    """Start and end each, one after the other, durably."""
    for generation in generations:
        await (await journal.start(start_record(generation), b"body of " + generation.encode()))
        await (await journal.end(end_record(generation), b"answer of " + generation.encode()))


async def overlapping(directory: Path, killed: Path) -> None:
    """Generations that overlap, so that every rotation finds some running."""
    journal = open_journal(directory, rotate_bytes=65_536)
    for n in range(43):
        await (await journal.start(start_record(f"gen-{n}"), b"x" * 7000))
        if n > 2:
            await (await journal.end(end_record(f"gen-{n - 3}"), b"{}"))
    shutil.copytree(directory, killed)  # what kill -9 leaves
    journal.close()


def contents(directory: Path) -> list[tuple[int, str, bytes]]:
    """(kind, id, body) of every frame."""
    return [
        (frame.kind, msgspec.json.decode(frame.meta)["id"], frame.body)
        for frame, _ in frames(directory)
    ]


def started(directory: Path) -> list[str]:
    return [generation for kind, generation, _ in contents(directory) if kind == START]


def ended(directory: Path) -> list[str]:
    return [generation for kind, generation, _ in contents(directory) if kind == END]


def write_file(directory: Path, number: int, held: Sequence[Frame], *, file_id: int = 77) -> Path:
    """A journal file made by hand, outside the journal."""
    parts = [encode_header(FileHeader(file_id, 0))]
    for frame in held:
        parts += encode(frame.kind, frame.sequence, frame.meta, frame.body, file_id=file_id)
    path = directory / f"relay-{number:08}.dhj"
    path.write_bytes(b"".join(parts))
    return path


def start_frame(sequence: int, generation: str, body: bytes = b"{}") -> Frame:
    return Frame(START, sequence, msgspec.json.encode(start_record(generation)), body)


def end_frame(sequence: int, generation: str, body: bytes = b"{}") -> Frame:
    return Frame(END, sequence, msgspec.json.encode(end_record(generation)), body)


def flip(path: Path, offset: int, bits: int = 0xFF) -> None:
    """Change one byte of a file."""
    raw = bytearray(path.read_bytes())
    raw[offset] ^= bits
    path.write_bytes(raw)


def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < deadline, "did not come true in time"
        pause.wait(0.005)


async def settled(task: "asyncio.Task[object]") -> bool:
    """Give a task every chance to go on, and say whether it has ended."""
    for _ in range(20):
        await asyncio.sleep(0)
    return task.done()


async def checked(journal: FileJournal) -> None:
    journal.check()
