"""Durations as counts in buckets 2.2 % wide, so that percentiles of hours can be added up."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

__all__ = ["Histogram", "merged", "parse", "percentile", "put"]

Histogram = Counter[int]
"""How many durations fell into which bucket. A bucket's number is 32 times its base-2 logarithm."""

_PER_OCTAVE = 32
_LEAST_MS, _MOST_MS = 0.1, 1e9

_decode = msgspec.json.Decoder(dict[int, int]).decode


def put(histogram: Histogram, ms: float) -> None:
    """Count one duration in milliseconds."""
    clamped = min(max(ms, _LEAST_MS), _MOST_MS)
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
    rank = max(1, math.ceil(share * counts.total()))
    for bucket in sorted(counts):
        rank -= counts[bucket]
        if rank <= 0:
            return float(2 ** (bucket / _PER_OCTAVE))
    return None
