"""What `fill` takes tensors from, whichever kind of file they lie in."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from torch import Tensor

__all__ = ["Entry", "Progress", "Source"]

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


class Entry(NamedTuple):
    """One tensor of a file, not yet read: its shape as torch has it, and its bytes there."""

    shape: tuple[int, ...]
    size: int


class Source(Protocol):
    """Tensors by name, read one at a time so that two of them need not be in memory."""

    @property
    def entries(self) -> Mapping[str, Entry]: ...

    def read(self, name: str) -> Tensor:
        """In whatever float type the file has, or float32 where it is quantised."""
        ...
