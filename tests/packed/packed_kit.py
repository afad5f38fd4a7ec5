"""What the tests of the packed ledger share: journals made by hand, and their packing."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import msgspec

from darkhorse.storage.ledger.disk import Disk, RealDisk
from darkhorse.storage.ledger.frame import END, START, FileHeader, Frame, encode, encode_header
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer

FIRST_US = 1_700_000_000_000_000


class HeldClock:
    def now_us(self) -> int:
        return FIRST_US

    def monotonic(self) -> float:
        return 1000.0


def packer_of(layout: Layout, disk: Disk | None = None, **options: int) -> Packer:
    ids = itertools.count(0xABCDEF0123456789)
    return Packer(
        layout,
        disk=disk or RealDisk(),
        clock=HeldClock(),
        new_file_id=lambda: next(ids),
        **options,
    )


def pack_all(layout: Layout, **options: int) -> None:
    """Pack every journal file there is, the newest too."""
    packer = packer_of(layout, newest_too=True, **options)
    while packer.step():
        pass
    packer.close()


def meta_of(generation: str) -> bytes:
    return msgspec.json.encode({"id": generation, "at_us": FIRST_US})


def frames_of(bodies: Sequence[tuple[bytes, bytes]], first: int = 1) -> list[Frame]:
    """A start and an end for each (request, answer)."""
    frames = []
    for at, (request, answer) in enumerate(bodies):
        sequence, name = first + 2 * at, f"gen-{first + 2 * at}"
        frames.append(Frame(START, sequence, meta_of(name), request))
        frames.append(Frame(END, sequence + 1, meta_of(name), answer))
    return frames


def journal_file(layout: Layout, number: int, held: Sequence[Frame]) -> Path:
    """A journal file made by hand."""
    file_id = 77 + number
    parts = [encode_header(FileHeader(file_id, 0))]
    for frame in held:
        parts += encode(frame.kind, frame.sequence, frame.meta, frame.body, file_id=file_id)
    layout.journal.mkdir(parents=True, exist_ok=True)
    path = layout.journal / f"relay-{number:08}.dhj"
    path.write_bytes(b"".join(parts))
    return path
