"""Answers that are no answers, and answers that change midway."""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from darkhorse.attribution.observation import Observation
from darkhorse.attribution.steady.finding import Found

__all__ = ["broken_found", "is_garbage", "shift_found"]

_READ = 4000  # characters of an answer
_STRANGE = 0.2  # of them, that belong in no text
_CANNED = 20  # characters: shorter ones may well be the same
_QUESTIONS = 5  # different ones, before the same answer to them is odd
_LONG = 200  # characters of an answer whose writing is compared
_LEAST = 28  # answers before a change can be seen
_EDGE = 6  # at least so many on either side of it
_CHANGED, _ANOTHER = 4.4, 5.0
"""Largest of five features' and all places' Mann-Whitney z: without a change it exceeds 4.4 once in
2,000 runs of up to 100 answers (simulated: 4.35 at 100, less below)."""


def broken_found(seen: Sequence[Observation]) -> list[Found]:
    """Garbage, nothing at all, or one text whatever was asked."""
    answers = [each for each in seen if each.ok]
    if not answers:
        return []
    return [*_empty(answers), *_garbage(answers), *_canned(answers)]


def _empty(answers: Sequence[Observation]) -> list[Found]:
    """A call that was cut short may say nothing; most calls may not."""
    whole = [each for each in answers if each.finish not in ("length", "max_tokens")]
    empty = sum(not (each.text or each.reasoning or each.call_ids) for each in whole)
    if empty < 3 or empty <= len(whole) / 2:
        return []
    return [
        Found(says=f"{empty} of {len(whole)} answers are empty.", breaks=empty > 0.9 * len(whole))
    ]


def _garbage(answers: Sequence[Observation]) -> list[Found]:
    said = [each.text for each in answers if each.text]
    garbage = [text for text in said if is_garbage(text)]
    if len(garbage) <= len(said) / 4:
        return []
    says = f"{len(garbage)} of {len(said)} answers are no text."
    return [Found(says=says, shown=repr(garbage[0][:60]), breaks=len(garbage) > len(said) / 2)]


def is_garbage(text: str) -> bool:
    """Broken bytes, controls, halves of characters, private signs: a fifth of it or more."""
    read = text[:_READ]
    strange = sum(each == "\ufffd" or _is_strange(each) for each in read)
    return strange > _STRANGE * max(len(read), 5)


def _is_strange(sign: str) -> bool:
    return sign not in "\n\r\t" and unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn")


def _canned(answers: Sequence[Observation]) -> list[Found]:
    """One text to most questions, as a gateway's notice or a mock gives.

    Where counts follow the prompt somebody has read it, and the counts may still tell of him.
    """
    asked: dict[str, set[str]] = defaultdict(set)
    for each in answers:
        if len(each.text) >= _CANNED and each.question:
            asked[each.text.strip()].add(each.question)
    questions = {question for those in asked.values() for question in those}
    text = max(asked, key=lambda each: (len(asked[each]), each), default="")
    if len(questions) < _QUESTIONS or len(asked[text]) <= len(questions) / 2:
        return []
    says = f"{len(asked[text])} of {len(questions)} different questions have the same answer."
    return [Found(says=says, shown=text[:160], breaks=not _is_counted(answers, text))]


def _is_counted(answers: Sequence[Observation], text: str) -> bool:
    counted = {each.prompt_tokens for each in answers if each.text.strip() == text}
    return len(counted - {None}) > 1


def shift_found(seen: Sequence[Observation]) -> list[Found]:
    """Does the writing change midway? Only where our own probes were asked, in a drawn order."""
    texts = [
        each.text
        for each in sorted(seen, key=lambda each: each.at)
        if each.probe and each.ok and len(each.text) >= _LONG
    ]
    if len(texts) < _LEAST:
        return []
    name, strength, place = max(
        ((name, *_strongest([read(text) for text in texts])) for name, read in _FEATURES.items()),
        key=lambda each: each[1],
    )
    if strength < _CHANGED:
        return []
    says = f"The writing changes after {place} of {len(texts)} answers: {name}."
    return [Found(says=says, shown=f"z = {strength:.1f}", breaks=strength >= _ANOTHER)]


def _per(pattern: str) -> Callable[[str], float]:
    compiled = re.compile(pattern, re.MULTILINE)
    return lambda text: len(compiled.findall(text[:_READ])) / len(text[:_READ])


_FEATURES: Mapping[str, Callable[[str], float]] = {
    "length": lambda text: float(len(text)),
    "marks of lists and headings": _per(r"^\s*(?:[-*+]|\d+[.)]|#+)\s"),
    "bold": _per(r"\*\*"),
    "dashes": _per(r"[\u2013\u2014]"),
    "paragraphs": _per(r"\n\s*\n"),
}


def _strongest(values: Sequence[float]) -> tuple[float, int]:
    """The place that parts the values most, by Mann and Whitney's rank sum as a normal's z."""
    ranks, count = _ranks(values), len(values)
    best, below = (0.0, 0), 0.0
    for place in range(1, count - _EDGE + 1):
        below += ranks[place - 1]
        if place >= _EDGE:
            even = place * (count + 1) / 2
            spread = math.sqrt(place * (count - place) * (count + 1) / 12)
            best = max(best, (abs(below - even) / spread, place))
    return best


def _ranks(values: Sequence[float]) -> list[float]:
    """From one; equal values share theirs."""
    times = Counter(values)
    rank: dict[float, float] = {}
    before = 0
    for value in sorted(times):
        rank[value] = before + (times[value] + 1) / 2
        before += times[value]
    return [rank[value] for value in values]
