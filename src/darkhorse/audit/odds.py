"""How much a difference means, and how much a measure tells."""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from statistics import median

__all__ = ["by_chance", "entropy", "spread", "told_bits"]


def by_chance(hits: int, of: int, others: int, of_others: int) -> float:
    """Fisher's exact test, two-sided: how likely a difference like this is between equals."""
    total, marked = of + of_others, hits + others
    ways = math.comb(total, of)

    def chance(first: int) -> float:
        return math.comb(marked, first) * math.comb(total - marked, of - first) / ways

    seen = chance(hits) * (1 + 1e-9)
    lowest, highest = max(0, of - (total - marked)), min(of, marked)
    return min(1.0, sum(p for each in range(lowest, highest + 1) if (p := chance(each)) <= seen))


def entropy(values: Sequence[Hashable]) -> float:
    """Bits that one of them tells."""
    counts = Counter(values).values()
    return sum(-many / len(values) * math.log2(many / len(values)) for many in counts)


def spread(values: Sequence[float]) -> float:
    """Half the width of the middle two thirds, as a share of the median: robust against stalls."""
    ordered, middle = sorted(values), median(values)
    if len(ordered) < 2 or middle <= 0:
        return 0.0
    edge = len(ordered) // 6
    return (ordered[-1 - edge] - ordered[edge]) / 2 / middle


def told_bits(noise: float, lowest: float, highest: float, finest: float = 0.02) -> float:
    """Bits that one look at a quantity tells.

    If any value from lowest to highest was as likely on a logarithmic scale, and a look is off by
    `noise`, a share; no measure is finer than `finest`.
    """
    width = math.log(highest / lowest)
    return max(0.0, math.log2(width / (max(noise, finest) * math.sqrt(2 * math.pi * math.e))))
