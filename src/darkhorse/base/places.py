"""How much may be open at once: in all, and of that for one address, or one key."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Places"]


class Places:
    """`most` in all; a `share` of them for one, so that nobody alone takes all away."""

    def __init__(self, most: int, share: int) -> None:
        self._most = most
        self._share = share
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one(self, who: str) -> Iterator[bool]:
        """Taken for as long as the block runs; False where there was none left."""
        if self._taken.total() >= self._most or self._taken[who] >= self._share:
            yield False
            return
        self._taken[who] += 1
        try:
            yield True
        finally:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]
