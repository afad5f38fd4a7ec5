"""What the keeper does again and again, in slices short enough that nothing else waits."""

from typing import Protocol

__all__ = ["Chore"]


class Chore(Protocol):
    """One kind of background work. A slice is durable when `step` returns; any may be the last."""

    name: str
    """For logs and lag, "fold", "pack" …; says nothing of a launch."""

    every_s: float
    """Pause between two slices while there is nothing to do."""

    def step(self) -> bool:
        """Do about a second's work or less. True: there is more to do at once.

        Raises ConfigError for what an operator must mend, anything else for what may pass: it is
        tried again later, ever less often.
        """
        ...

    def close(self) -> None:
        """Let files go; may be called twice."""
        ...
