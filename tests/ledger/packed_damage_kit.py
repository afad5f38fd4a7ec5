"""A small packed ledger in a directory, to be damaged and put back as often as wanted."""

import itertools
import json
import shutil
from pathlib import Path

import msgspec
from journal_kit import end_record, start_record, write_file

from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.check import check_packed
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.packed.reader import Packed


def turn(number: int, sequence: int) -> list[Frame]:
    """A generation of a conversation that goes on: all messages so far, and one more."""
    name = f"gen-{number}"
    said = [{"role": "user", "content": f"{at} " + "la " * 300} for at in range(number)]
    request = json.dumps({"model": "pony", "messages": said}).encode()
    answer = json.dumps({"text": f"{number} " + "so " * 100}).encode()
    start = msgspec.json.encode(start_record(name))
    end = msgspec.json.encode(end_record(name))
    return [Frame(START, sequence, start, request), Frame(END, sequence + 1, end, answer)]


class Ledger:
    """Journal files of some turns each, all packed but the last file."""

    def __init__(self, data: Path, *, files: int = 3, turns: int = 1, block_size: int = 512):
        self.data = data
        self.layout = Layout(data)
        self._block_size = block_size
        self._file_ids = itertools.count(7)
        self.layout.journal.mkdir(parents=True)
        numbers = itertools.count(1)
        frames: list[Frame] = []
        for number in range(1, files + 2):
            own = [f for _ in range(turns) for f in self._turn(next(numbers), frames)]
            write_file(self.layout.journal, number, own, file_id=number)
        self.pack()
        self.whole = self.frames()
        self.kept = data.with_name(f"{data.name}-kept")
        shutil.copytree(data, self.kept)

    def _turn(self, number: int, frames: list[Frame]) -> list[Frame]:
        made = turn(number, len(frames) + 1)
        frames += made
        return made

    def packer(self) -> Packer:
        return Packer(
            self.layout,
            disk=RealDisk(),
            clock=SystemClock(),
            new_file_id=lambda: next(self._file_ids),
            block_size=self._block_size,
        )

    def pack(self) -> None:
        packer = self.packer()
        try:
            while packer.step():
                pass
        finally:
            packer.close()

    def restore(self) -> None:
        shutil.rmtree(self.data)
        shutil.copytree(self.kept, self.data)

    def frames(self) -> list[Frame]:
        """Everything packed. Raises ConfigError."""
        packed = Packed(self.layout.packed)
        try:
            found = [packed.frame(meta.sequence) for meta in packed.metas()]
        finally:
            packed.close()
        return [frame for frame in found if frame]

    def segments(self) -> list[Path]:
        return sorted(self.layout.packed.glob("*.dhs"))

    def seen(self) -> str:
        """What verify and a reader make of it: `same`, `told`, or what must never be."""
        report = check_packed(self.layout.packed)
        for fault in report.faults:
            assert fault.file in fault.told()
            assert "darkhorse ledger repair" in fault.told()
        reads, said = self._reads()
        if said:
            assert str(self.layout.packed) in said
            assert "darkhorse ledger" in said
        if report.ok:
            return "same" if reads == "same" else f"{reads}, and verify is content"
        return "told" if reads != "wrong" else "read wrong"

    def _reads(self) -> tuple[str, str]:
        try:
            return ("same" if self.frames() == self.whole else "wrong"), ""
        except ConfigError as e:
            return "refused", str(e)
