"""The answer's own words: the only part of an answer that holds no canary."""

from itertools import cycle, islice, pairwise

__all__ = ["DEFAULT_TEXT", "REASONING_TEXT", "cut", "repeat_to", "thoughts"]

DEFAULT_TEXT = (
    "The harbour was quiet before dawn. A café owner, Zoë, set out eleven chairs; nobody came "
    "for the twelfth. “Rain by noon,” said the radio — and it was right. 雨は静かに降る。 "
    "Later the ferry left with three bicycles, one piano 🎹 and 4½ tonnes of flour. "
    "Is π really irrational? Yes. That settles it, then: we sail at six.\n"
)
REASONING_TEXT = (
    "The question asks for a short account. First the place, then the weather; the ferry comes "
    "last. Let me keep it to one paragraph. "
)


def repeat_to(text: str, chars: int) -> str:
    """`text` over and over, cut to exactly `chars` characters."""
    return "".join(islice(cycle(text), chars)) if len(text) < chars else text[:chars]


def cut(text: str, *, deltas: int, size: int) -> tuple[str, ...]:
    """The text in pieces; joined they are what an unstreamed answer says.

    Without a text of its own (`""`) the default one is repeated to exactly `deltas` pieces (of
    `size` characters, where size is not 0). A given text is neither repeated nor cut short: it
    comes in pieces of `size`, or, where size is 0, in up to `deltas` even ones.
    """
    if not text:
        default = max(len(DEFAULT_TEXT), deltas)
        text = repeat_to(DEFAULT_TEXT, deltas * size or default)
    if size:
        return tuple(text[start : start + size] for start in range(0, len(text), size))
    count = min(deltas, len(text))
    edges = [len(text) * n // count for n in range(count + 1)]
    return tuple(text[a:b] for a, b in pairwise(edges))


def thoughts() -> tuple[str, ...]:
    """The reasoning in pieces."""
    return cut(REASONING_TEXT, deltas=4, size=0)
