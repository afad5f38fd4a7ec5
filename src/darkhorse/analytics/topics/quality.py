"""How good the classifier is, on prompts that it never saw; shown where its counts are shown."""

from collections.abc import Callable, Iterable, Sequence
from importlib import resources

import msgspec
from msgspec import Struct

from darkhorse.analytics.topics.categories import CATEGORIES, Topic
from darkhorse.analytics.topics.prompts import LANGUAGES, Prompt

__all__ = ["FILE", "QUALITY", "Quality", "measure"]

FILE = "quality.json"


class Quality(Struct, frozen=True):
    """F1 is the harmonic mean of precision and recall; macro-F1 its mean over the categories."""

    date: str  # ISO 8601, of the learning
    n: int  # prompts it was judged by
    n_learnt: int  # prompts it learnt from
    macro_f1: float
    accuracy: float
    by_category: dict[str, float]  # F1
    by_language: dict[str, float]  # macro-F1


def measure(
    asked: Iterable[Prompt], judge: Callable[[str], Topic], *, date: str, n_learnt: int
) -> Quality:
    """`judge` over all that were asked. Figures are rounded to three places."""
    pairs = [(prompt, judge(prompt.text).category) for prompt in asked]
    whole = _f1([(prompt.category, said) for prompt, said in pairs])
    right = sum(prompt.category == said for prompt, said in pairs)
    by_language = {
        language: _mean(
            _f1([(prompt.category, said) for prompt, said in pairs if prompt.language == language])
        )
        for language in LANGUAGES
    }
    return Quality(
        date=date,
        n=len(pairs),
        n_learnt=n_learnt,
        macro_f1=_mean(whole),
        accuracy=round(right / max(len(pairs), 1), 3),
        by_category={name: round(f1, 3) for name, f1 in whole.items()},
        by_language=by_language,
    )


def _f1(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    def of(category: str) -> float:
        hits = sum(true == said == category for true, said in pairs)
        named = sum((true == category) + (said == category) for true, said in pairs)
        return 2 * hits / named if named else 0.0

    return {category: of(category) for category in CATEGORIES}


def _mean(figures: dict[str, float]) -> float:
    return round(sum(figures.values()) / len(figures), 3)


def _shipped() -> Quality:
    file = resources.files("darkhorse.analytics.topics") / FILE
    return msgspec.json.decode(file.read_bytes(), type=Quality)


QUALITY = _shipped()
