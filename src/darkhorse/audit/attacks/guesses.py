"""Tries names on a model, the true one among others: does it fare as they do?"""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from darkhorse.attribution.client.door import Names
from darkhorse.audit.odds import by_chance
from darkhorse.audit.said import other_makers

__all__ = ["DECOYS", "Guess", "Split", "decoys", "split", "true_guess"]

_UNLIKELY = 0.01
_MOST_DECOYS = 10
DECOYS: tuple[str, ...] = (
    *("OpenAI", "Anthropic", "Google", "Meta", "Mistral AI", "DeepSeek", "Alibaba", "xAI"),
    *("Moonshot AI", "Cohere", "MiniMax", "Zhipu AI"),
)
"""Makers that an attacker would try first."""


class Guess(Struct, frozen=True):
    """A pair of names that is put to the model."""

    model: str
    maker: str


class Split(Struct, frozen=True):
    """How the true name fares otherwise than the others."""

    true: str  # what mostly came back for it
    others: str
    is_certain: bool  # they never overlap


def true_guess(names: Names) -> Guess | None:
    """What is right; None where nobody told it to the audit."""
    if not (names.maker or names.model):
        return None
    return Guess(names.model or names.maker, names.maker or names.model)


def decoys(names: Names, many: int = _MOST_DECOYS) -> tuple[Guess, ...]:
    """So many pairs of other makers."""
    others = {maker.name: maker for maker in other_makers(names) if maker.models}
    first = [others[name] for name in DECOYS if name in others]
    rest = [maker for name, maker in others.items() if name not in DECOYS]
    return tuple(Guess(maker.models[0], maker.name) for maker in [*first, *rest][:many])


def split(true: Sequence[str], others: Sequence[str]) -> Split | None:
    """Is what the true name brings told from what the others bring? None where it is not.

    Certain where each side is of one mind, another one, and the true name was tried twice at least.
    """
    if not true or not others:
        return None
    usual, mostly = Counter(others).most_common(1)[0][0], Counter(true).most_common(1)[0][0]
    both = {usual, mostly}
    if len(true) > 1 and len({*true}) == len({*others}) == 1 and len(both) > 1:
        return Split(mostly, usual, is_certain=True)
    for outcome in {*true, *others}:
        hits = true.count(outcome), len(true), others.count(outcome), len(others)
        if by_chance(*hits) < _UNLIKELY:
            told = f"{outcome}: {hits[0]} of {hits[1]}", f"{outcome}: {hits[2]} of {hits[3]}"
            return Split(*told, is_certain=False)
    return None
