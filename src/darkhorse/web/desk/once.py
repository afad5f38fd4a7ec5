"""Forms that do something only once, however often a browser sends them again."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError

__all__ = ["Once"]

_MOST = 1000


class Once:
    """Numbers for forms of one kind; those that were used are remembered until the process ends."""

    def __init__(self, clock: Clock, problem: str) -> None:
        """`problem`: what a form is told that comes a second time."""
        self._clock, self._problem = clock, problem
        self._count = count()
        self._used: dict[str, None] = {}  # oldest first

    def number(self) -> str:
        """For a form that is about to be shown: no other has it, before a restart or after."""
        return f"{self._clock.now_us():x}.{next(self._count):x}"

    @contextmanager
    def use(self, number: str) -> Iterator[None]:
        """Done in the block, or not at all: what raises there may be sent again.

        Raises ConfigError where it was done. A form without a number was not one of ours.
        """
        if not number:
            yield
            return
        if number in self._used:
            raise ConfigError(self._problem)
        self._used[number] = None
        try:
            yield
        except BaseException:
            self._used.pop(number, None)
            raise
        while len(self._used) > _MOST:
            del self._used[next(iter(self._used))]
