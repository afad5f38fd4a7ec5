"""Randomness that is no secret: who is asked first. Ids have their own (base/ids.py)."""

from collections.abc import Callable
from random import Random  # noqa: TID251 the one place it comes from

__all__ = ["Draw", "seeded_draw", "system_draw"]

Draw = Callable[[], float]
"""Gives a number from 0 up to but not including 1, each as likely as any other."""


def system_draw() -> Draw:
    """Draws that nobody can foretell from outside, seeded by the operating system."""
    return Random().random


def seeded_draw(seed: int) -> Draw:
    """The same draws for the same seed."""
    return Random(seed).random
