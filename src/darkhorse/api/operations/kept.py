"""What many ask for and little changes: worked out once in a while, one thing at a time."""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeVar

from darkhorse.base.clock import Clock
from darkhorse.storage.crew import Crew

__all__ = ["Kept"]

_LINE = 32
_ANSWERS = 32
_ROWS = 100_000  # some tens of MB

T = TypeVar("T")


class _Answer(NamedTuple):
    rows: list[Any]
    until: float  # monotonic


class Kept:
    """Lists of rows, by what was asked. One thread does all the work, and it alone writes."""

    def __init__(self, name: str, clock: Clock) -> None:
        self._crew = Crew(name, threads=1, line=_LINE)
        self._clock = clock
        self._answers: dict[Hashable, _Answer] = {}  # oldest first

    async def get(
        self, question: Hashable, work: Callable[[], list[T]], *, for_s: float
    ) -> list[T]:
        """What `work` returns or returned up to `for_s` seconds ago; not to be changed.

        Nothing is kept where there are no rows: the record may just be read anew. Raises
        RateLimited while too many wait.
        """
        known = self._fresh(question)
        if known is not None:
            return known
        return await self._crew.run(lambda: self._found(question, work, for_s))

    def _found(self, question: Hashable, work: Callable[[], list[T]], for_s: float) -> list[T]:
        """Whoever asked the same a moment earlier has had it made meanwhile."""
        known = self._fresh(question)
        if known is not None:
            return known
        rows = work()
        self._answers.pop(question, None)
        if rows:
            self._answers[question] = _Answer(rows, self._clock.monotonic() + for_s)
        self._shrink()
        return rows

    def _fresh(self, question: Hashable) -> list[Any] | None:
        answer = self._answers.get(question)
        return answer.rows if answer and self._clock.monotonic() < answer.until else None

    def _shrink(self) -> None:
        rows = sum(len(answer.rows) for answer in self._answers.values())
        while self._answers and (len(self._answers) > _ANSWERS or rows > _ROWS):
            rows -= len(self._answers.pop(next(iter(self._answers))).rows)
