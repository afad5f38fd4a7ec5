"""A llama.cpp server's saved slot, made longer: a cache of 200,000 tokens without their prefill.

The format is that of `POST /slots/0?action=save` in xllamacpp 2026.10 for a model with grouped
attention and one slot, read off real files (little endian, `u32` words): `qsgg`, version, count of
words, those words (-1, 1, tokens, the token ids, 0), streams (1), cells, for each cell (position,
1, sequence 0), four words (are values transposed, layers, 0, 0), then each layer's keys: type,
`u64` bytes of a row, a row for each cell; and after them each layer's values: the same, or where
they are transposed (no flash attention): type, bytes of a value, rows, and in each row a value for
each cell. Anything else is refused: a file that is only nearly right would be timed all the same.
"""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Slot", "SlotError"]

_MAGIC = b"qsgg"
_LAYOUT = struct.Struct("<4I")
_CELL_ROWS = struct.Struct("<IQ")
_VALUE_ROWS = struct.Struct("<3I")

_Bytes = NDArray[np.uint8]


class SlotError(ValueError):
    """The file is not of the format that this was written for."""


class Slot:
    """What a real save holds; `write` makes a longer one of it."""

    def __init__(self, path: Path) -> None:
        """Raises SlotError."""
        self._raw = np.fromfile(path, np.uint8)
        magic, self._version, words = struct.unpack_from("<4s2I", self._raw)
        self._cells = struct.unpack_from("<I", self._raw, 20)[0]
        at = 12 + 4 * words + 8 + 12 * self._cells
        if magic != _MAGIC or words != self._cells + 4 or at + _LAYOUT.size > len(self._raw):
            raise SlotError(f"{path}: not a saved slot as xllamacpp 2026.10 writes it.")
        self._layout = _LAYOUT.unpack_from(self._raw, at)
        self._tensors: list[tuple[bytes, _Bytes]] = []
        """Head of each, and its bytes as (runs, cells, bytes): one run, or one for each value."""
        is_transposed, layers, *_ = self._layout
        at += _LAYOUT.size
        for number in range(2 * layers):
            at = self._read_tensor(at, is_transposed=bool(is_transposed and number >= layers))
        if at != len(self._raw):
            raise SlotError(f"{path}: {len(self._raw)} bytes where its own counts make {at}.")

    def _read_tensor(self, at: int, *, is_transposed: bool) -> int:
        """Where the next one begins."""
        form = _VALUE_ROWS if is_transposed else _CELL_ROWS
        _, width, *rows = form.unpack_from(self._raw, at)
        runs = rows[0] if rows else 1
        start = at + form.size
        end = start + runs * self._cells * width
        if end > len(self._raw):
            raise SlotError(f"the saved slot ends at {len(self._raw)}, in the middle of a tensor.")
        values = self._raw[start:end].reshape(runs, self._cells, width)
        self._tensors.append((self._raw[at:start].tobytes(), values))
        return end

    def write(self, path: Path, tokens: Sequence[int]) -> None:
        """A slot in which `tokens` have been read: this one's cells, over and over."""
        count = len(tokens)
        cells = np.zeros((count, 3), np.uint32)
        cells[:, 0], cells[:, 1] = np.arange(count), 1
        order = np.arange(count) % self._cells
        with path.open("wb") as file:
            file.write(_MAGIC + struct.pack("<2IiII", self._version, count + 4, -1, 1, count))
            file.write(np.asarray(tokens, np.uint32).tobytes())
            file.write(struct.pack("<3I", 0, 1, count) + cells.tobytes())
            file.write(_LAYOUT.pack(*self._layout))
            for head, values in self._tensors:
                file.write(head)
                np.take(values, order, axis=1).tofile(file)
