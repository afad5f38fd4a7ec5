"""What packing costs when millions of messages are known: memory of the process, CPU a request.

    .venv-test/bin/python bench/known.py --messages 30e6 --directory /tmp/known

Fills the index of an empty packed ledger with names nobody will ask for again (as many of blobs as
of nodes), then packs journal files of new conversations into it with the keeper's own packer, in a
process of its own, and does the same with an empty index. The last line of stdout is JSON.
"""

import argparse
import itertools
import json
import os
import random  # noqa: TID251 (a bench is seeded)
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import track

from darkhorse.base.clock import SystemClock
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.frame import END, START, FileHeader, encode, encode_header
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.index import open_index
from darkhorse.storage.ledger.packed.packer import Packer

FILES, CONVERSATIONS, TURNS = 6, 20, 10


def fill(layout: Layout, messages: int) -> None:
    """So many names of blobs and of nodes, in order: the quickest way into a tree."""
    layout.packed.mkdir(parents=True, exist_ok=True)
    index = open_index(layout.packed)
    each = messages // 256
    numbers = itertools.count(10**9)
    jobs = [(table, lead) for table in ("blob_name", "node_name") for lead in range(256)]
    for table, lead in track(jobs, "naming", console=Console(stderr=True)):
        tails = os.urandom(15 * each)
        names = sorted(bytes([lead]) + tails[at : at + 15] for at in range(0, len(tails), 15))
        with index.commit():
            rows = ((name, next(numbers)) for name in names)
            index.run(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", rows)
    index.close()


def journal(layout: Layout) -> tuple[int, int]:
    """Files of conversations that grow; returns requests and their bytes."""
    dice, sequence, size = random.Random(1), 0, 0
    words = ["".join(dice.choices("abcdefghij", k=6)) for _ in range(2000)]
    said = [[] for _ in range(CONVERSATIONS)]
    layout.journal.mkdir(parents=True, exist_ok=True)
    for number in range(1, FILES + 1):
        parts = [encode_header(FileHeader(number, 0))]
        for history in said * TURNS:
            for role in ("user", "assistant"):
                history.append({"role": role, "content": " ".join(dice.choices(words, k=200))})
            body, sequence = json.dumps({"messages": history}).encode(), sequence + 2
            size += len(body)
            meta = msgspec.json.encode({"id": f"gen-{sequence}"})
            parts += encode(START, sequence - 1, meta, body, file_id=number)
            parts += encode(END, sequence, meta, b'{"content":"yes"}', file_id=number)
        (layout.journal / f"relay-{number:08}.dhj").write_bytes(b"".join(parts))
    return FILES * CONVERSATIONS * TURNS, size


def pack(layout: Layout) -> None:
    """In a process of its own: what it cost, as JSON."""
    ids = itertools.count(1)
    packer = Packer(
        layout,
        disk=RealDisk(),
        clock=SystemClock(),
        new_file_id=lambda: next(ids),
        newest_too=True,
    )
    began = time.process_time()
    while packer.step():
        pass
    packer.close()
    cost = {
        "cpu_s": time.process_time() - began,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(cost))


def measure(directory: Path, messages: int) -> dict:
    layout = Layout(directory)
    shutil.rmtree(directory, ignore_errors=True)
    if messages:
        fill(layout, messages)
    requests, size = journal(layout)
    argv = [sys.executable, __file__, "--pack", str(directory)]
    cost = json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)
    index = sum(path.stat().st_size for path in layout.packed.glob("index.sqlite*"))
    shutil.rmtree(directory)
    return {
        "messages_known": messages,
        "requests": requests,
        "request_kb": round(size / requests / 1000, 1),
        "cpu_us_a_request": round(cost["cpu_s"] / requests * 1e6),
        "peak_rss_mb": round(cost["peak_rss_mb"]),
        "index_mb": round(index / 1e6),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=lambda text: int(float(text)), default=1_000_000)
    parser.add_argument("--directory", type=Path, default=Path("/tmp/known"))
    parser.add_argument("--pack", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.pack:
        pack(Layout(options.pack))
        return
    found = [measure(options.directory, messages) for messages in (0, options.messages)]
    print(json.dumps({"empty": found[0], "full": found[1]}))


if __name__ == "__main__":
    main()
