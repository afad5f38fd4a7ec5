"""Who runs next, and on which pages.

All who answer go on by a token each step. What is left of the step's budget goes to prompts, in
equal parts (a short one behind a long one is read at once, and the long one gets the rest), so
neither has to wait for the end of a long prompt.

Pages are taken as answers grow, not set aside for the longest answer that was allowed: few use what
they may. Where none is left, the sequence that came last gives up its own and is read again later;
what it had said stays said. The oldest can thus always have everything, and as no request is
admitted that would not fit alone, everyone comes to an end.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from darkhorse_engine.cache import PAGE, Pool
from darkhorse_engine.prefixes import Prefixes
from darkhorse_engine.sequence import Sequence

__all__ = ["Scheduler", "Work"]

_FAR = 8192
"""A token so far in is taken to cost twice as much as the first, as it looks back on so many."""

_FAR_BESIDE = 2048
"""The same while somebody answers and waits for the step's end: smaller pieces, read less well."""

_LEAST = 16
"""Of a prompt in a step: fewer are hardly worth the reading of all weights."""


@dataclass(frozen=True)
class Work:
    """What a step reads of one sequence."""

    sequence: Sequence
    start: int
    tokens: list[int]
    says: bool
    """Is the last of its tokens among them, so that another can be said? Drafts follow it."""


class Scheduler:
    def __init__(self, pool: Pool, prefixes: Prefixes, *, slots: int, budget: int) -> None:
        self._pool = pool
        self._prefixes = prefixes
        self._slots = slots
        self._budget = budget
        self.waiting: deque[Sequence] = deque()
        self.running: list[Sequence] = []
        """The oldest first."""
        self.preemptions = 0
        self.begun = 0
        """Tokens of prompts that ran, and how many of them were found in the cache."""
        self.found = 0

    def plan(self) -> list[Work]:
        """The next step's work; none where nobody is here."""
        self._admit()
        for sequence in list(self.running):
            if sequence in self.running and sequence.missing == 1:
                self._make_room(sequence)
        return [self._work(sequence, count) for sequence, count in self._shares()]

    def leave(self, sequence: Sequence) -> None:
        """It has ended: its pages are free at once, but for those that are kept."""
        if sequence in self.running:
            self.running.remove(sequence)
            self._release(sequence)
        else:
            self.waiting.remove(sequence)

    def note(self, work: Work) -> None:
        """It is read; of its drafts, those are written that the sequence has said."""
        sequence = work.sequence
        end = min(work.start + len(work.tokens), len(sequence.tokens) - 1)
        sequence.cached = end
        new = range(work.start, end)
        self._prefixes.keep(sequence.tokens, sequence.keys, sequence.table.pages, new)

    def reach(self, sequence: Sequence, length: int) -> bool:
        """Has it pages for `length` tokens, or can it have them without taking another's?"""
        count = _pages(length) - len(sequence.table.pages)
        return count <= 0 or self._take(sequence, count)

    def _admit(self) -> None:
        """First come, first served; each with the pages for all it has to read."""
        while self.waiting and len(self.running) < self._slots:
            sequence = self.waiting[0]
            found = self._prefixes.find(sequence.tokens, sequence.keys)
            count = _pages(len(sequence.tokens)) - len(found)
            # One page more for each who runs: a newcomer should not be sent away in the next step.
            if self.running and count + len(self.running) > self._pool.free + self._prefixes.idle:
                self._pool.release(found)
                return
            sequence.table.extend(found)
            sequence.cached = len(found) * PAGE
            if sequence.reused is None:
                sequence.reused = sequence.cached
                self.begun += len(sequence.tokens)
                self.found += sequence.cached
            has_pages = self._take(sequence, count)
            assert has_pages, "what would not fit alone has been refused"
            self.running.append(self.waiting.popleft())

    def _make_room(self, sequence: Sequence) -> None:
        """For its next token and its drafts; others who came later pay for it."""
        while not self.reach(sequence, len(sequence.tokens) + len(sequence.drafts)):
            last = self.running[-1]
            self._preempt(last)
            if last is sequence:
                return

    def _preempt(self, sequence: Sequence) -> None:
        self.running.remove(sequence)
        self._release(sequence)
        sequence.rest()
        self.waiting.appendleft(sequence)
        self.preemptions += 1

    def _release(self, sequence: Sequence) -> None:
        self._pool.release(sequence.table.pages)
        self._prefixes.touch(sequence.keys)

    def _take(self, sequence: Sequence, count: int) -> bool:
        """`count` more pages, behind those it has; kept ones are given up for it."""
        if (short := count - self._pool.free) > 0:
            if short > self._prefixes.idle:
                return False
            self._prefixes.give_up(short)
        pages = sequence.table.pages
        sequence.table.extend(self._pool.take(count, pages[-1] if pages else None))
        return True

    def _shares(self) -> Iterator[tuple[Sequence, int]]:
        """Tokens for each. Who answers comes first, then the shortest prompts.

        They leave more than their part to the others.
        """
        order = sorted(self.running, key=lambda sequence: sequence.missing)
        left = float(self._budget)
        far = _FAR_BESIDE if order and order[0].missing == 1 else _FAR
        for place, sequence in enumerate(order):
            price = 1 + sequence.cached / far
            part = int(left / (len(order) - place) / price)
            count = min(sequence.missing, max(part, _LEAST))
            left -= count * price
            yield sequence, count

    def _work(self, sequence: Sequence, count: int) -> Work:
        end = sequence.cached + count
        says = end == len(sequence.tokens)
        tokens = sequence.tokens[sequence.cached : end]
        return Work(sequence, sequence.cached, tokens + (sequence.drafts if says else []), says)


def _pages(tokens: int) -> int:
    return -(-tokens // PAGE)
