"""The head of a GGUF file: its metadata, and where its tensors lie.

Format: ggml-org/ggml, docs/gguf.md, versions 2 and 3, little-endian. Read by hand, since a
vocabulary takes the `gguf` library's reader seconds; and a file that lies about a length is found
out before anything is made of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

from darkhorse_engine.weights.errors import WeightsError

__all__ = ["Head", "Tensor", "read_head"]

_NUMBERS = {
    kind: np.dtype(name).newbyteorder("<")
    for kind, name in enumerate(("u1", "i1", "u2", "i2", "u4", "i4", "f4", "?"))
} | {10: np.dtype("<u8"), 11: np.dtype("<i8"), 12: np.dtype("<f8")}
_STRING, _ARRAY = 8, 9
_U32, _U64 = 4, 10
_VERSIONS = (2, 3)
_ALIGNMENT = 32


@dataclass(frozen=True)
class Tensor:
    """Where its bytes lie in the file; `shape` in torch's order, outermost first."""

    kind: GGMLQuantizationType
    shape: tuple[int, ...]
    start: int
    size: int


@dataclass(frozen=True)
class Head:
    fields: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


class _Cursor:
    """Reads one thing after another; never beyond the end."""

    def __init__(self, data: memoryview) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> memoryview:
        if size > len(self.data) - self.at:
            raise ValueError("it ends too early")
        self.at += size
        return self.data[self.at - size : self.at]

    def numbers(self, kind: int, count: int) -> list[Any]:
        if kind not in _NUMBERS:
            raise ValueError(f"it has values of an unknown kind, {kind}")
        dtype = _NUMBERS[kind]
        values: list[Any] = np.frombuffer(self.take(count * dtype.itemsize), dtype).tolist()
        return values

    def number(self, kind: int) -> Any:
        return self.numbers(kind, 1)[0]

    def text(self) -> str:
        length = int.from_bytes(self.take(8), "little")  # a hundred thousand times: not by numpy
        return str(self.take(length), "utf-8")

    def value(self) -> Any:
        kind = self.number(_U32)
        if kind == _STRING:
            return self.text()
        if kind != _ARRAY:
            return self.number(kind)
        of, count = self.number(_U32), self.number(_U64)
        return [self.text() for _ in range(count)] if of == _STRING else self.numbers(of, count)


def read_head(data: memoryview, path: Path) -> Head:
    """Of the file whose bytes are `data`. Raises WeightsError where it is damaged."""
    cursor = _Cursor(data)
    try:
        return _head(cursor)
    except (ValueError, TypeError, ArithmeticError) as e:
        raise WeightsError(f"{path}: not a whole GGUF file: {e}; fetch it again.") from None


def _head(cursor: _Cursor) -> Head:
    if bytes(cursor.take(4)) != b"GGUF":
        raise ValueError("it does not begin as one")
    if (version := cursor.number(_U32)) not in _VERSIONS:
        raise ValueError(f"its version is {version}, not one of {_VERSIONS}")
    tensors, count = cursor.numbers(_U64, 2)
    fields = {cursor.text(): cursor.value() for _ in range(count)}
    return Head(fields, _tensors(cursor, tensors, fields.get("general.alignment", _ALIGNMENT)))


def _tensors(cursor: _Cursor, count: int, alignment: int) -> dict[str, Tensor]:
    """Their offsets count from the end of the head, rounded up."""
    found = {cursor.text(): _tensor(cursor) for _ in range(count)}
    start = -(-cursor.at // alignment) * alignment
    placed = {
        name: Tensor(tensor.kind, tensor.shape, start + tensor.start, tensor.size)
        for name, tensor in found.items()
    }
    for name, tensor in placed.items():
        if tensor.start + tensor.size > len(cursor.data):
            raise ValueError(f"it ends before {name} does")
    return placed


def _tensor(cursor: _Cursor) -> Tensor:
    dims = cursor.numbers(_U64, cursor.number(_U32))
    kind = GGMLQuantizationType(cursor.number(_U32))
    values, size = GGML_QUANT_SIZES[kind]
    if not dims or dims[0] % values:
        raise ValueError(f"it has a tensor of {dims} in blocks of {values}")
    return Tensor(kind, tuple(reversed(dims)), cursor.number(_U64), prod(dims) // values * size)
