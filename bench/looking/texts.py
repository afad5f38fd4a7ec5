"""Natural text that is wherever Python is: its own reference, by topics. And needles in it."""

import random  # noqa: TID251 (a bench is seeded)
from dataclasses import dataclass
from pydoc_data.topics import topics

import torch
from torch import Tensor

from darkhorse_engine.chat.tokenizer import Tokenizer

__all__ = ["Haystack", "Needle", "haystack", "text"]

_CITIES = (
    *("Lisbon", "Oslo", "Cairo", "Lima", "Hanoi", "Quito", "Riga", "Perth"),
    *("Turin", "Osaka", "Dakar", "Sofia", "Delhi", "Tunis", "Paris", "Leeds"),
)


def text(seed: int) -> str:
    """All topics, in an order of the seed's."""
    names = sorted(topics)
    random.Random(seed).shuffle(names)
    return "\n\n".join(topics[name] for name in names)


@dataclass(frozen=True)
class Needle:
    """`question` begins what `answer` ends."""

    at: int
    """Where its sentence ends in the haystack."""
    question: list[int]
    answer: list[int]


@dataclass(frozen=True)
class Haystack:
    tokens: Tensor
    needles: tuple[Needle, ...]


def haystack(words: Tokenizer, seed: int, parts: tuple[int, ...], each: int) -> Haystack:
    """Text of `parts[-1]` tokens, with `each` needles evenly in each stretch between `parts`."""
    source = random.Random(seed)
    cities = source.sample(_CITIES, len(_CITIES))
    hay = words.encode(text(seed))
    ids: list[int] = []
    needles = []
    for start, end in zip((0, *parts), parts, strict=False):
        room = (end - start) // each
        for _ in range(each):
            city, number = cities.pop(), str(source.randrange(10_000, 100_000))
            said = words.encode(f"\n\nThe secret number of {city} is {number}.\n\n")
            before = source.randrange(room // 4, room - len(said) - room // 4)
            ids += hay[len(ids) : len(ids) + before] + said
            asked = words.encode(f"\n\nAs said above, the secret number of {city} is")
            needles.append(Needle(len(ids), asked, words.encode(f" {number}")))
            ids += hay[len(ids) : len(ids) + room - before - len(said)]
        ids += hay[len(ids) : end]
    return Haystack(torch.tensor(ids), tuple(needles))
