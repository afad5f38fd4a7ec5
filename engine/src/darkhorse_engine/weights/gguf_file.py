"""A GGUF file: its metadata as plain Python values, its tensors as float32.

Dequantising is the `gguf` library's.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf.quants import dequantize
from torch import Tensor

from darkhorse_engine.weights.errors import WeightsError
from darkhorse_engine.weights.gguf_head import read_head
from darkhorse_engine.weights.source import Entry

__all__ = ["GgufFile"]


class GgufFile:
    """Mapped, not read: what is asked for comes in. Raises WeightsError where it is damaged."""

    fields: Mapping[str, Any]
    """Metadata by key: numbers, booleans and strings, lists of them."""
    entries: Mapping[str, Entry]
    """Tensors by their names there; shapes in torch's order, outermost first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._data = np.memmap(path, np.uint8, "r").view(np.ndarray)
        except OSError as e:
            raise WeightsError(f"{path}: cannot be read ({e.strerror}).") from None
        except ValueError:
            raise WeightsError(f"{path}: is empty; fetch it again.") from None
        head = read_head(self._data.data, path)
        self.fields, self._tensors = head.fields, head.tensors
        self.entries = {
            name: Entry(tensor.shape, tensor.size) for name, tensor in head.tensors.items()
        }

    @property
    def architecture(self) -> str:
        """What the keys of its shape begin with: `llama`, `glm-dsa`, …"""
        return str(self.fields.get("general.architecture", ""))

    def shape_field(self, key: str, otherwise: Any = None) -> Any:
        """The value of `<architecture>.<key>`. Raises WeightsError where there is none."""
        name = f"{self.architecture}.{key}"
        if (value := self.fields.get(name, otherwise)) is None:
            raise WeightsError(f"{self.path}: lacks the key {name}; convert the model again.")
        return value

    def read(self, name: str) -> Tensor:
        """Float32, in memory of its own."""
        tensor = self._tensors[name]
        rows = self._data[tensor.start : tensor.start + tensor.size]
        try:
            values = dequantize(rows.reshape(*tensor.shape[:-1], -1), tensor.kind)
        except NotImplementedError:
            raise WeightsError(
                f"{self.path}: {name} is {tensor.kind.name}, which cannot be read here; "
                "convert the model to Q8_0 or F16."
            ) from None
        own = np.require(values, np.float32, ["C", "W"])  # a mapped file cannot be written
        return torch.from_numpy(own).view(tensor.shape)
