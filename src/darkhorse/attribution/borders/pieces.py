"""How likely it is that a streamed echo breaks where it does, under each vocabulary and none.

Of each place between two characters: is there a border of pieces? Where pieces are tokens, or a
few of them, borders stand at borders of tokens only. A gateway that cuts anew does so by
characters, by words or at random, and that says nothing of the vocabulary, only of itself.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise, product

from msgspec import Struct

from darkhorse.attribution.borders.table import Table
from darkhorse.attribution.nats import log_mean, log_sum

__all__ = ["Stream", "fit_of", "habit_of", "piece_nats"]

_RATES = {0.985: 0.6, 0.9: 0.05, 0.5: 0.15, 0.33: 0.1, 0.2: 0.1}
"""How often a border of tokens is one of pieces, and how likely that is: in most recordings a token
each, on some servers a few together."""
_SLIPS, _LOOSE = (0.005,), (0.005, 0.03, 0.1)
"""How often there is a border where the vocabulary has none: by exact tables, and approximate."""
_NATIVE, _NEUTRAL, _HABIT = 0.84, 0.01, 0.15
_NEUTRAL_FAMILY = "GPT-4o and later (o200k)"
_UNIFORM = 0.9  # of pieces, as long as the most frequent
_NEW = 1.0  # the weight of a place where no known vocabulary has a border
_KIN = (0.03, 0.08, 0.2)
"""How often an unseen vocabulary cuts otherwise than its nearest: Llama 3 was made from cl100k."""
_MARKED = tuple(map(re.compile, (r"\w+\s*|[^\w\s]\s*", r"\s*\w+|\s*[^\w\s]", r"\w+|\s+|[^\w\s]")))
"""Words and marks, with white space after them, before them, and apart."""


class Stream(Struct, frozen=True, kw_only=True):
    """A streamed echo as far as it is one. `borders`: between 0 and `length`, in characters."""

    picks: tuple[int, ...]
    length: int
    borders: frozenset[int]


def piece_nats(streams: Sequence[Stream], known: Table) -> tuple[dict[str, float], float]:
    """Nats by family, and under a vocabulary that is none of these."""
    at = {v.family: [frozenset(v.ends(s.picks)) for s in streams] for v in known.vocabularies}
    loose = {v.family for v in known.vocabularies if v.approximate}
    native = {
        family: log_mean(
            [
                _cut_at(streams, places, slip, 0.0)
                for slip in (_LOOSE if family in loose else _SLIPS)
            ]
        )
        for family, places in at.items()
    }
    shared = [
        math.log(_NEUTRAL) + native.get(_NEUTRAL_FAMILY, -math.inf),
        math.log(_HABIT) + _habits(streams, known),
    ]
    own = math.log(_NATIVE)
    nats = {family: log_sum([own + each, *shared]) for family, each in native.items()}
    return nats, log_sum([own + _unknown(streams, at), *shared])


def _fixed(stream: Stream, ends: Collection[int], rate: float, slip: float) -> float:
    """Of one stream, where borders stand at `ends` with this rate and hardly elsewhere."""
    inside = sum(1 for end in set(ends) if 0 < end < stream.length)
    hits = sum(1 for each in stream.borders if each in ends)
    slips = len(stream.borders) - hits
    quiet = stream.length - 1 - inside - slips
    return (
        hits * math.log(rate)
        + (inside - hits) * math.log(1 - rate)
        + slips * math.log(slip)
        + quiet * math.log(1 - slip)
    )


_Ends = Mapping[str, Sequence[Collection[int]]]  # by family, by stream


def _unknown(streams: Sequence[Stream], at: _Ends) -> float:
    """A vocabulary that nobody holds: like no known one, or like one but for some borders."""
    return log_mean([_like_none(streams, at), _like_one(streams, at)])


def _like_one(streams: Sequence[Stream], at: _Ends) -> float:
    return log_mean(
        [
            _cut_at(streams, places, more / 2, less)
            for places in at.values()
            for more, less in product(_KIN, _KIN)
        ]
    )


def _cut_at(
    streams: Sequence[Stream], places: Sequence[Collection[int]], more: float, less: float
) -> float:
    """Borders at these places less a share, and a share of others more; at any rate."""
    return log_sum(
        math.log(weight)
        + math.fsum(
            _fixed(stream, ends, rate * (1 - less), more)
            for stream, ends in zip(streams, places, strict=True)
        )
        for rate, weight in _RATES.items()
    )


def _like_none(streams: Sequence[Stream], at: _Ends) -> float:
    """Each place as often as the known ones have a border there."""
    total = len(at) + 2 * _NEW
    shares = [
        [(sum(n in rows[s] for rows in at.values()) + _NEW) / total for n in range(stream.length)]
        for s, stream in enumerate(streams)
    ]
    return log_sum(
        math.log(weight)
        + math.fsum(_shared(s, share, rate) for s, share in zip(streams, shares, strict=True))
        for rate, weight in _RATES.items()
    )


def _shared(stream: Stream, share: Sequence[float], rate: float) -> float:
    chances = ((n, min(share[n] * rate, 0.995)) for n in range(1, stream.length))
    return math.fsum(math.log(p if n in stream.borders else 1 - p) for n, p in chances)


def _habits(streams: Sequence[Stream], known: Table) -> float:
    """Of pieces that are none of a vocabulary's: so many characters, words, or anything."""
    texts = [known.text(each.picks) for each in streams]
    words = [
        _cut_at(streams, [_words(text, side) for text in texts], _SLIPS[0], 0.0) for side in (0, 1)
    ]
    words += [
        _cut_at(streams, [_marked(text, by) for text in texts], _SLIPS[0], 0.0) for by in _MARKED
    ]
    sized = [_sized(streams, texts, size) for size in (len, _bytes)]
    return log_mean([*words, *sized, math.fsum(_at_random(each) for each in streams)])


def _bytes(text: str) -> int:
    return len(text.encode())


def _words(text: str, side: int) -> frozenset[int]:
    """Places after white space (0), or before it (1)."""
    return frozenset(n for n in range(1, len(text)) if text[n - 1 + side].isspace())


def _marked(text: str, pattern: re.Pattern[str]) -> frozenset[int]:
    """Ends of words and marks."""
    return frozenset(found.end() for found in pattern.finditer(text))


def _lengths(stream: Stream, text: str, size: Callable[[str], int]) -> list[int]:
    """Of whole pieces: the last may be cut short."""
    marks = (0, *sorted(stream.borders))
    return [size(text[a:b]) for a, b in pairwise(marks)]


def _sized(streams: Sequence[Stream], texts: Sequence[str], size: Callable[[str], int]) -> float:
    found = [n for s, t in zip(streams, texts, strict=True) for n in _lengths(s, t, size)]
    if not found:
        return math.fsum(_at_random(each) for each in streams)
    [(_, times)] = Counter(found).most_common(1)
    others = len(found) - times
    return -math.log(100) + times * math.log(0.97) + others * math.log(0.03 / 30)


def _at_random(stream: Stream) -> float:
    places, borders = stream.length - 1, len(stream.borders)
    rate = (borders + 1) / (places + 2)
    return borders * math.log(rate) + (places - borders) * math.log(1 - rate)


def fit_of(streams: Sequence[Stream], known: Table, family: str) -> tuple[int, int, int]:
    """Borders of pieces; those of them that are borders of tokens; borders of tokens there are."""
    by = next(each for each in known.vocabularies if each.family == family)
    ends = [{n for n in by.ends(s.picks) if 0 < n < s.length} for s in streams]
    hits = sum(len(s.borders & found) for s, found in zip(streams, ends, strict=True))
    return sum(len(s.borders) for s in streams), hits, sum(map(len, ends))


def habit_of(streams: Sequence[Stream], known: Table) -> str:
    """What pieces are, where they are no tokens' in words; empty where they have no such habit."""
    texts = [known.text(each.picks) for each in streams]
    for size, unit in ((len, "characters"), (_bytes, "bytes")):
        found = [n for s, t in zip(streams, texts, strict=True) for n in _lengths(s, t, size)]
        if not found:
            return "the whole answer in one piece"
        [(most, times)] = Counter(found).most_common(1)
        if times >= _UNIFORM * len(found) and len(found) > 3:
            return f"{most} {unit if most > 1 else unit[:-1]} a piece"
    borders = [(s, t, b) for s, t in zip(streams, texts, strict=True) for b in s.borders]
    spaced = sum(t[b - 1].isspace() or t[b].isspace() for _, t, b in borders)
    if spaced >= _UNIFORM * len(borders):
        return "words"
    marks = {id(s): [_marked(t, by) for by in _MARKED] for s, t in zip(streams, texts, strict=True)}
    best = max(sum(b in marks[id(s)][n] for s, _, b in borders) for n in range(len(_MARKED)))
    return "words and marks" if best >= _UNIFORM * len(borders) else ""
