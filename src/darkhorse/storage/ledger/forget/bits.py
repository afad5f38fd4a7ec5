"""A set of numbers as a row of bits: 30 million of them take under 4 MB."""

from collections.abc import Iterable, Iterator

__all__ = ["Bits"]

_ROOM = 4096  # bytes that it grows by at least


class Bits:
    """Whole numbers from 0 on. What was never added is not in it."""

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._bytes = bytearray()
        for number in numbers:
            self.add(number)

    def add(self, number: int) -> bool:
        """Returns whether it is new."""
        index, bit = number >> 3, 1 << (number & 7)
        if index >= len(self._bytes):
            self._bytes.extend(bytes(max(_ROOM, index + 1 - len(self._bytes), len(self._bytes))))
        elif self._bytes[index] & bit:
            return False
        self._bytes[index] |= bit
        return True

    def __contains__(self, number: int) -> bool:
        index = number >> 3
        return index < len(self._bytes) and bool(self._bytes[index] & 1 << (number & 7))

    def __iter__(self) -> Iterator[int]:
        """Ascending."""
        for index, byte in enumerate(self._bytes):
            if byte:
                yield from (index << 3 | bit for bit in range(8) if byte & 1 << bit)
