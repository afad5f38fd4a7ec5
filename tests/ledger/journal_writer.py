"""A process that journals until it is killed and says what it was promised.

usage: journal_writer.py DIRECTORY SIDECAR|- ROUND; one line an acknowledgement: "S id" or "E id".
"""

import asyncio
import os
import sys
import zlib
from pathlib import Path

from journal_kit import end_record, start_record

from darkhorse.base.clock import SystemClock
from darkhorse.base.settings import JournalSettings
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.journal import FileJournal
from darkhorse.storage.ledger.powercut import RecordingDisk

WORKERS = 12


def body_of(kind: str, generation: str) -> bytes:
    """A body anybody can make again from the id: 1 byte to 100 KB."""
    seed = f"{kind} {generation} ".encode()
    number = zlib.crc32(seed)
    size = number % 100_000 if number % 13 == 0 else number % 3000
    return (seed * (size // len(seed) + 1))[: size + 1]


def say(kind: str, generation: str) -> None:
    os.write(1, f"{kind} {generation}\n".encode())


async def work(journal: FileJournal, name: str) -> None:
    number = 0
    while True:
        number += 1
        generation = f"gen-{name}-{number}"
        await (await journal.start(start_record(generation), body_of("S", generation)))
        say("S", generation)
        await (await journal.end(end_record(generation), body_of("E", generation)))
        say("E", generation)


async def main(directory: Path, sidecar: str, turn: str) -> None:
    journal = FileJournal(
        directory,
        settings=JournalSettings(gather_ms=1, queue_bytes=65_536, rotate_bytes=200_000),
        clock=SystemClock(),
        disk=RealDisk() if sidecar == "-" else RecordingDisk(Path(sidecar)),
        new_file_id=lambda: int.from_bytes(os.urandom(8)),
    )
    await asyncio.gather(*(work(journal, f"{turn}-{worker}") for worker in range(WORKERS)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
