"""Pages that are kept after their sequence has ended, for the next one that begins the same.

A page is known by a hash of its tokens and of the page in front of it, so by everything up to its
end. Only whole pages are kept, and given up again, the longest unused first, when memory is wanted.
"""

from array import array
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b

from darkhorse_engine.cache import PAGE, Pool

__all__ = ["Prefixes"]


class Prefixes:
    """It holds each of its pages once, as a table does: a page that is held once only is idle.

    With `looks_ahead`, a page's key covers the first token behind it too: the MTP block's row at a
    position is made of the token that follows, so the last row of a page is of use only to those
    who go on the same way.

    Methods take a sequence's `tokens`, and `keys`, those of its pages, which they lengthen.
    """

    def __init__(self, pool: Pool, *, looks_ahead: bool, keeps: bool = True) -> None:
        self._pool = pool
        self._width = PAGE + looks_ahead
        self._keeps = keeps
        self._pages: OrderedDict[bytes, int] = OrderedDict()

    @property
    def pages(self) -> Collection[int]:
        """All that it holds."""
        return self._pages.values()

    @property
    def idle(self) -> int:
        """Pages that it alone holds: as good as free."""
        return sum(self._pool.held[page] == 1 for page in self._pages.values())

    def find(self, tokens: Sequence[int], keys: list[bytes]) -> list[int]:
        """Pages that begin `tokens`, held once more now: never all, as the last must be read."""
        found: list[int] = []
        for key in self._keys(tokens, (len(tokens) - 1) // PAGE, keys):
            if key not in self._pages:
                break
            found.append(self._pages[key])
        self._pool.hold(found)
        return found

    def keep(self, tokens: Sequence[int], keys: list[bytes], pages: list[int], new: range) -> None:
        """Those of `pages`, a sequence's, that its `new` positions have made whole."""
        if not self._keeps:
            return
        whole = range(new.start // PAGE, new.stop // PAGE)
        keys = self._keys(tokens, whole.stop, keys)
        for at in whole:
            if keys[at] not in self._pages:
                self._pages[keys[at]] = pages[at]
                self._pool.hold([pages[at]])

    def touch(self, keys: Iterable[bytes]) -> None:
        """Were just in use: the last page goes first, as those in front are of use without it."""
        for key in reversed(list(keys)):
            if key in self._pages:
                self._pages.move_to_end(key)

    def give_up(self, count: int) -> None:
        """Free `count` idle pages, or as many as there are, the longest unused first."""
        idle = [key for key, page in self._pages.items() if self._pool.held[page] == 1]
        self._pool.release([self._pages.pop(key) for key in idle[:count]])

    def _keys(self, tokens: Sequence[int], count: int, keys: list[bytes]) -> list[bytes]:
        """Of the first `count` pages."""
        for at in range(len(keys) * PAGE, count * PAGE, PAGE):
            written = array("q", tokens[at : at + self._width]).tobytes()
            keys.append(blake2b((keys[-1] if keys else b"") + written, digest_size=16).digest())
        return keys[:count]
