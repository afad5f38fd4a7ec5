"""Durations and speeds, in buckets 2.2 % wide, so that percentiles of hours can be added up."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

import msgspec

__all__ = ["Histogram", "merged", "parse", "percentile", "percentiles", "put"]

Histogram = Counter[int]
"""How many values fell into which bucket. A bucket's number is 32 times its base-2 logarithm."""

_PER_OCTAVE = 32
_LEAST, _MOST = 0.1, 1e9

_decode = msgspec.json.Decoder(dict[int, int]).decode


def put(histogram: Histogram, value: float) -> None:
    """Count one duration in milliseconds, or one speed in tokens a second."""
    clamped = min(max(value, _LEAST), _MOST)
    histogram[round(_PER_OCTAVE * math.log2(clamped))] += 1


def parse(text: str) -> Histogram:
    """From JSON, as tables keep it. Raises msgspec.DecodeError."""
    return Counter(_decode(text))


def merged(text: str, more: Mapping[int, int]) -> str:
    """`text` with the counts of `more`, as JSON; the same counts always give the same text.

    Counts below zero are taken away; a bucket that nothing is left in goes.
    """
    counts = parse(text)
    counts.update(more)
    held = {bucket: count for bucket, count in sorted(counts.items()) if count > 0}
    return msgspec.json.encode(held).decode()


def percentile(histograms: Iterable[Histogram], share: float) -> float | None:
    """The duration in ms that `share` (0 to 1) of all do not exceed; None where there is none.

    Exact to the bucket, that is within about 1.1 %.
    """
    counts = sum(histograms, start=Counter[int]())
    return percentiles(counts, (share,))[0] if counts else None


def percentiles(histogram: Histogram, shares: Sequence[float]) -> list[float]:
    """As `percentile`, of one that is not empty."""
    buckets = sorted(histogram)
    ends = list(accumulate(histogram[bucket] for bucket in buckets))
    ranks = (max(1, math.ceil(share * ends[-1])) for share in shares)
    return [float(2 ** (buckets[bisect_left(ends, rank)] / _PER_OCTAVE)) for rank in ranks]
