"""Are charges a count at all: the same for the same text, and even steps for even growth?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from darkhorse.attribution.counting.items import FRAME, Item
from darkhorse.attribution.observation import Observation

__all__ = ["TIMES", "UNITS", "Repeats", "repeats_of", "slope_texts", "uneven"]

UNITS = ("ab 7", "ключ", "名前", "x = 1;", "año", "Qz-")
"""Lines that growing prompts are made of; each line is counted alike."""
TIMES = (2, 3, 4)
"""From two on, all that is added is one line between others."""
_ROUNDED = 1  # by which steps of a fraction differ once they are rounded


class Repeats(Struct, frozen=True, kw_only=True):
    """Texts that were asked again, and what the unsteady ones were charged."""

    texts: int
    unsteady: tuple[tuple[str, tuple[int, ...]], ...]  # text, charges in rising order

    @property
    def is_noise(self) -> bool:
        """Are most of them charged anew each time?"""
        return 2 * len(self.unsteady) > self.texts > 0


def repeats_of(items: Iterable[Item]) -> Repeats:
    """All texts that were charged more than once in one shape, by one provider."""
    charges: dict[tuple[str, str], list[int]] = defaultdict(list)
    for each in items:
        charges[each.group, each.text].append(each.charged)
    again = {place: found for place, found in charges.items() if len(found) > 1}
    unsteady = [
        (text, tuple(sorted(set(found))))
        for (_, text), found in again.items()
        if len(set(found)) > 1
    ]
    return Repeats(texts=len(again), unsteady=tuple(unsteady))


def slope_texts(unit: str, times: Sequence[int]) -> list[str]:
    """Prompts of so many equal lines."""
    return [FRAME + "\n".join([unit] * n) for n in times]


def uneven(seen: Iterable[Observation]) -> list[tuple[str, tuple[int, ...]]]:
    """Units whose prompts grow by equal lines and whose charges do not, with the charges."""
    charges: dict[str, dict[str, int]] = defaultdict(dict)
    for each in seen:
        if each.ok and each.is_plain and each.prompt_tokens is not None:
            charges[each.provider][each.question] = each.prompt_tokens
    return [
        (unit, grown)
        for theirs in charges.values()
        for unit in UNITS
        if (grown := _grown(theirs, unit)) and _is_uneven(grown)
    ]


def _grown(charges: Mapping[str, int], unit: str) -> tuple[int, ...]:
    texts = slope_texts(unit, TIMES)
    return tuple(charges[text] for text in texts) if all(t in charges for t in texts) else ()


def _is_uneven(charges: Sequence[int]) -> bool:
    steps = [after - before for before, after in pairwise(charges)]
    return min(steps) <= 0 or max(steps) - min(steps) > _ROUNDED
