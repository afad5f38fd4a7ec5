"""Made-up vocabularies, and an endpoint that counts with one of them behind any gateway."""

import random
import zlib
from collections.abc import Callable, Iterable, Sequence

from darkhorse.attribution.counting.items import REFERENCE
from darkhorse.attribution.library.counts import Counts, prompt_key
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signals.prompt_counts import PromptCounts
from darkhorse.base.chance import seeded_draw

__all__ = ["NAMES", "O200K", "SIGNAL", "answers", "asked", "best", "counter", "library", "said"]

O200K = "GPT-4o and later (o200k)"
NAMES = (O200K, "Claude 3 to 4.6", "Llama 3", "DeepSeek V3, R1, V4", "Qwen 2 to 3", "MiniMax")
SIGNAL = PromptCounts(counters=())
_WORDS = [
    *("über", "mañana", "漢字", "কথা", "код", "x9", "foo_bar", "<div>", "naïve", "東京"),
    *("ключ", "한국", "e^{-x}", "λόγος", "the", "and", "of", "to"),
]
Count = Callable[[str], int]


def counter(name: str) -> Count:
    """A tokenizer of its own for every name: each word is cut into one to eight tokens."""
    return lambda text: sum(_cut(name, word) for word in text.split())


def _cut(name: str, word: str) -> int:
    """Vocabularies are kin: what is long in one is long in the others, a token more or less."""
    if word in ("the", "and", "of", "to"):
        return 1
    return 2 + _hash(word) % 5 + _hash(f"{name} {word}") % 3


def _hash(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) >> 3


def texts(number: int, seed: int, plain: int) -> list[str]:
    chance = random.Random(seed)
    return [
        " ".join([*(chance.choice(_WORDS) for _ in range(6)), *["the", "of"] * (n % (plain + 1))])
        for n in range(number)
    ]


PROBES = texts(80, seed=1, plain=0)
PROMPTS = texts(120, seed=2, plain=9)


def library(names: Sequence[str] = NAMES, own: Iterable[str] = ()) -> Library:
    """Knows how these count; and how models of these names charge, without their vocabulary."""
    return Library(
        counts=Counts(
            vocabularies=tuple(names),
            probes={text: tuple(counter(name)(text) for name in names) for text in PROBES},
            prompts={
                prompt_key(text): tuple(counter(name)(text) for name in names) for text in PROMPTS
            },
            own={
                model: {prompt_key(text): counter(model)(text) for text in PROMPTS} for model in own
            },
        )
    )


def said(text: str, charged: object, **fields: object) -> Observation:
    """A question and what it was charged."""
    return Observation(
        prompt=(Turn("user", text),), text="ok", usage={"prompt_tokens": charged}, **fields
    )


def asked(budget: str = "standard", seed: int = 0, known: Library | None = None) -> list[str]:
    probes = SIGNAL.probes(budget, seeded_draw(seed), known or library())
    return [each.ask.messages[-1].text for each in probes]


def answers(
    texts: Iterable[str], count: Count, template: int = 9, **fields: object
) -> list[Observation]:
    """Charges of a native counter, with a template around every prompt."""
    return [said(text, _framed(text, count) + template, **fields) for text in texts]


def _framed(text: str, count: Count) -> int:
    return 2 if text == REFERENCE else 1 + count(text.removeprefix(".\n")) + text.startswith(".\n")


def best(evidence) -> str:
    """The likeliest of all that are named; empty: somebody else."""
    named = {name: nats for level in evidence.likelihoods for name, nats in level.nats.items()}
    name = max(named, key=lambda each: named[each])
    return name if named[name] > evidence.likelihoods[0].other else ""
