"""Whose turn it is: one process, one thread, one slice after another.

The urgent ones (facts, the launch clock) come before every slice of the others, so neither waits
longer than one slice; the others take turns.
"""

from collections.abc import Callable, Sequence

from darkhorse.base.clock import Clock
from darkhorse.wiring.keeper.duty import Duty

__all__ = ["Rounds"]


class Rounds:
    """The duties of one keeper. `turn()` again and again, then `finish()` and `close()`."""

    def __init__(self, urgent: Sequence[Duty], others: Sequence[Duty], clock: Clock) -> None:
        self.urgent = urgent
        self.others = others
        self._clock = clock
        self._next = 0

    @property
    def duties(self) -> tuple[Duty, ...]:
        """All of them."""
        return (*self.urgent, *self.others)

    def turn(self) -> float:
        """What is urgent and due, then a slice of another; seconds until something is due again."""
        for duty in self.urgent:
            if duty.is_due():
                duty.run()
        other = self._other()
        if other:
            other.run()
        due = min(duty.due for duty in self.duties)
        return max(0.0, due - self._clock.monotonic())

    def _other(self) -> Duty | None:
        """The next in turn that is due."""
        for step in range(len(self.others)):
            at = (self._next + step) % len(self.others)
            if self.others[at].is_due():
                self._next = at + 1
                return self.others[at]
        return None

    def finish(self, names: Sequence[str], seconds: float) -> None:
        """Have each of these do what there is to do, one after the other, then stop.

        No slice begins when `seconds` have passed.
        """
        until = self._clock.monotonic() + seconds
        for name in names:
            for duty in self.duties:
                if duty.name == name:
                    _exhaust(duty, lambda: self._clock.monotonic() < until)

    def close(self) -> None:
        """Let all files go; may be called twice."""
        for duty in self.duties:
            duty.close()


def _exhaust(duty: Duty, has_time: Callable[[], bool]) -> None:
    while has_time() and duty.run():
        pass
