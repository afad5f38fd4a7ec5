"""Identifiers we mint ourselves, so that none of an upstream's ever has to be shown."""

import secrets
from collections.abc import Callable
from typing import Protocol

__all__ = ["IdSource", "RandomIds"]

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TAIL = 20  # 62**20 is about 119 bits: never a collision in a ledger's life


class IdSource(Protocol):
    """Mints identifiers; wiring hands one to whoever needs it."""

    def generation(self, now_us: int) -> str:
        """`gen-<unix seconds>-<20 letters and digits>`: OpenRouter's shape, sortable by time."""
        ...

    def request(self) -> str:
        """`req-…`, for a request that never became a generation."""
        ...

    def call(self) -> str:
        """`call_…`, for a tool call."""
        ...


class RandomIds:
    """Identifiers from the operating system's randomness."""

    def __init__(self, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._random_bytes = random_bytes

    def _tail(self) -> str:
        number = int.from_bytes(self._random_bytes(16))
        letters = []
        for _ in range(_TAIL):
            number, digit = divmod(number, 62)
            letters.append(_ALPHABET[digit])
        return "".join(letters)

    def generation(self, now_us: int) -> str:
        return f"gen-{now_us // 1_000_000}-{self._tail()}"

    def request(self) -> str:
        return f"req-{self._tail()}"

    def call(self) -> str:
        return f"call_{self._tail()}"
