"""May a journal file go? Its number says that it is packed; here its frames are asked.

Numbers alone are not to be trusted with that: a file may have been put in its place again, or been
begun beside a mark that was older than what is packed.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.files import JournalFile
from darkhorse.storage.ledger.frame import Frame
from darkhorse.storage.ledger.mark import PackedMark
from darkhorse.storage.ledger.packed.reader import Packed, PackedMeta
from darkhorse.storage.ledger.scan import Damage, Found, scan_file

__all__ = ["Held", "compare", "refuse"]


class Held(Struct):
    """The frames of one journal file, held against the packed ones."""

    frames: int = 0
    ahead: int = 0  # behind the last frame that is packed
    other: int = 0  # the first whose number another frame was packed under; 0: none
    given_up: int = 0  # that are on record as lost
    damaged: bool = False


def compare(file: JournalFile, mark: PackedMark, packed: Path) -> Held:
    """Read a file whose number is up to the mark's. Raises ConfigError, OSError."""
    held = Held()
    with closing(Packed(packed)) as reader:
        gaps = reader.gaps()
        metas = _Metas(reader)
        for step in scan_file(file):
            if isinstance(step, Damage):
                held.damaged = True
            elif isinstance(step, Found):
                _count(held, step.frame, mark, metas)
                sequence = step.frame.sequence
                held.given_up += any(gap.first <= sequence <= gap.last for gap in gaps)
    return held


def refuse(file: JournalFile, held: Held, mark: PackedMark) -> None:
    """Raise ConfigError if the file holds what is packed nowhere."""
    if held.other:
        raise ConfigError(
            f"{file.path}: frame {held.other:,} in it is not the one that is packed under that "
            "number; nothing is removed and nothing more packed until the server is stopped and "
            "`darkhorse ledger repair` was run."
        )
    if held.ahead:
        raise ConfigError(
            f"{file.path}: holds frames ({held.ahead:,}) behind the last one packed, number "
            f"{mark.sequence:,}, but counts as packed itself; nothing is removed and nothing more "
            "packed until the server is stopped and `darkhorse ledger repair` was run."
        )


def _count(held: Held, frame: Frame, mark: PackedMark, metas: "_Metas") -> None:
    held.frames += 1
    if frame.sequence > mark.sequence:
        held.ahead += 1
        return
    meta = metas.of(frame.sequence)
    if meta and (meta.kind, meta.meta) != (frame.kind, frame.meta):
        held.other = held.other or frame.sequence


class _Metas:
    """Packed frames by number, asked in ascending order."""

    def __init__(self, packed: Packed) -> None:
        self._packed = packed
        self._rest: Iterator[PackedMeta] | None = None
        self._next: PackedMeta | None = None

    def of(self, sequence: int) -> PackedMeta | None:
        """None: erased, or lost."""
        if self._rest is None:
            self._rest = self._packed.metas(sequence - 1)
            self._next = next(self._rest, None)
        while self._next and self._next.sequence < sequence:
            self._next = next(self._rest, None)
        return self._next if self._next and self._next.sequence == sequence else None
