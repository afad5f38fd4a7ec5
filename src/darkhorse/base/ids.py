"""Identifiers we mint ourselves, so that none of an upstream's ever has to be shown."""

import secrets
from collections.abc import Callable
from typing import Protocol

__all__ = ["IdSource", "RandomIds"]

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TAIL = 20  # about 119 bits: never a collision in a ledger's life
_LETTERS = bytes(ord(_ALPHABET[byte % 62]) for byte in range(256))
_RESERVE = 256 * _TAIL  # one call to the system's randomness costs as much as 50 ids


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

    def launch(self) -> str:
        """`lch-…`, for a launch."""
        ...


class RandomIds:
    """Identifiers from the operating system's randomness."""

    def __init__(self, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._random_bytes = random_bytes
        self._reserve = b""
        self._used = 0

    def _tail(self) -> str:
        if self._used >= len(self._reserve):
            self._reserve = self._random_bytes(_RESERVE)
            self._used = 0
        piece = self._reserve[self._used : self._used + _TAIL]
        self._used += _TAIL
        return piece.translate(_LETTERS).decode()

    def generation(self, now_us: int) -> str:
        return f"gen-{now_us // 1_000_000}-{self._tail()}"

    def request(self) -> str:
        return f"req-{self._tail()}"

    def call(self) -> str:
        return f"call_{self._tail()}"

    def launch(self) -> str:
        return f"lch-{self._tail()}"

    def report(self) -> str:
        """`rep-…`, for an abuse report."""
        return f"rep-{self._tail()}"

    def erasure(self) -> str:
        """`ers-…`, for an order to erase."""
        return f"ers-{self._tail()}"

    def salt(self) -> str:
        """256 random bits as hexadecimal digits, for a commitment."""
        return secrets.token_hex(32)

    def audit(self) -> str:
        """`aud-…`, for an audit."""
        return f"aud-{self._tail()}"

    def note(self) -> str:
        """`note-…`, for what an operator noted of a launch."""
        return f"note-{self._tail()}"
