"""Journals generations until its stdin has something. usage: facts_writer.py DIRECTORY NAME"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from facts_kit import end, start

from darkhorse.base.clock import SystemClock
from darkhorse.base.settings import JournalSettings
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.journal import FileJournal


async def work(journal, name, numbers, stop):
    while not stop.is_set():
        number = next(numbers)
        which = {"id": f"gen-{name}-{number}", "at_us": SystemClock().now_us()}
        await (await journal.start(start(number, **which), b"{}" * (number % 500)))
        await (await journal.end(end(number, **which), b"{}"))


async def main(directory, name):
    journal = FileJournal(
        directory,
        settings=JournalSettings(gather_ms=1, rotate_bytes=65_536),
        clock=SystemClock(),
        disk=RealDisk(),
        new_file_id=lambda: int.from_bytes(os.urandom(8)),
    )
    stop, numbers = asyncio.Event(), itertools.count()
    asyncio.get_running_loop().add_reader(0, stop.set)
    print("writing", flush=True)
    await asyncio.gather(*(work(journal, name, numbers, stop) for _ in range(4)))
    journal.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
