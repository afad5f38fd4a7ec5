"""Sums of what is kept as logarithms."""

import math
from collections.abc import Iterable, Sequence

__all__ = ["log_mean", "log_sum"]


def log_sum(nats: Iterable[float]) -> float:
    """Log of the sum of what these are logs of; minus infinity for none."""
    there = [each for each in nats if each > -math.inf]
    if not there:
        return -math.inf
    most = max(there)
    return most + math.log(math.fsum(math.exp(each - most) for each in there))


def log_mean(nats: Sequence[float]) -> float:
    """Log of the mean of what these are logs of."""
    return log_sum(nats) - math.log(len(nats)) if nats else -math.inf
