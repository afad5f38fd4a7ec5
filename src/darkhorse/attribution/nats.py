"""Sums of what is kept as logarithms."""

import math
from collections.abc import Iterable, Sequence

__all__ = ["log_mean", "log_sum"]


def log_sum(nats: Iterable[float]) -> float:
    """Log of the sum of what these are logs of; minus infinity for none."""
    kept = list(nats)
    most, whole = _sum(kept)
    return most + math.log(whole) if whole else -math.inf


def log_mean(nats: Sequence[float]) -> float:
    """Log of the mean of what these are logs of."""
    most, whole = _sum(nats)
    return most + math.log(whole / len(nats)) if whole else -math.inf


def _sum(nats: Sequence[float]) -> tuple[float, float]:
    """The greatest, and the sum of all over it; nought for none."""
    most = max(nats, default=-math.inf)
    if most == -math.inf:
        return most, 0.0
    return most, math.fsum(math.exp(each - most) for each in nats)
