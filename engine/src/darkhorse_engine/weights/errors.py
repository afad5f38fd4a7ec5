"""What is wrong with a checkpoint, said so that its owner can mend it."""

from collections.abc import Collection

__all__ = ["WeightsError", "first_few"]

_FEW = 5


class WeightsError(ValueError):
    """A checkpoint that cannot be read, taken or written; its text says what would do."""


def first_few(names: Collection[str]) -> str:
    """`a, b, c and 4 more`."""
    few = ", ".join(sorted(names)[:_FEW])
    more = len(names) - _FEW
    return f"{few} and {more} more" if more > 0 else few
