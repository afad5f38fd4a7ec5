"""How often each model writes signs that a person can count."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.style.rates import SIGNS, rates_in
from darkhorse.attribution.style.text import answer_of

__all__ = ["rates_of"]


def rates_of(rows: Sequence[Row], names: Sequence[str]) -> Mapping[str, tuple[float, ...]]:
    """Sign → each model's times in 1,000 characters, in the order of `names`."""
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        texts[row.model].append(answer_of(row.seen.text))
    found = [rates_in(texts[name]) for name in names]
    return {sign: tuple(round(each[sign], 3) for each in found) for sign in SIGNS}
