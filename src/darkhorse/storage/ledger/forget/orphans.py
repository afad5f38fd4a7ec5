"""Ends that followed no start: whose are they, and did anything begin them at all?

A start is gone where damage was given up, or where an end came after its generation was erased.
Nobody can read what is left then, and no order finds it by a key: every run takes it out.
"""

from collections.abc import Callable, Iterator

from darkhorse.storage.ledger.forget.find import Sought
from darkhorse.storage.ledger.forget.work import Work
from darkhorse.storage.ledger.frame import START
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.whole import Step, Whole

__all__ = ["Orphans"]

NOBODYS = ""
"""The order that takes out what no order names."""


class Orphans:
    """Looks at what a `Finder` has noted, when that is done. Begun again it reads all again.

    The ledger is read once more, and only where such ends are.
    """

    def __init__(self, layout: Layout, work: Work, sought: Sought) -> None:
        self._work = work
        self._sought = sought
        self._whole = Whole(layout)
        work.join()
        self._names = work.unpaired()
        self._steps: Iterator[Step] = self._whole.frames()

    def read(self, has_time: Callable[[], bool]) -> bool:
        """A slice; True: there is more to do. Raises ConfigError where bytes are damaged."""
        for frame, _ in self._steps if self._names else ():
            if frame.kind == START:
                self._keep(id_of(frame.meta))
            if not has_time():
                return True
        with self._work.commit():
            for name in self._names:
                self._work.adopt(name, self._sought.order_naming(name) or NOBODYS)
            self._work.join()
        return False

    def close(self) -> None:
        """Let files go; may be called twice."""
        self._whole.close()

    def _keep(self, name: str) -> None:
        if name in self._names:
            self._names.discard(name)
            self._work.keep(name)
