"""What page and terminal say alike: levels, how sure a name is, what no name means, what next."""

import math
from collections.abc import Iterator, Mapping, Sequence

from darkhorse.attribution.evidence import Evidence, Likelihoods
from darkhorse.attribution.report.drawing import percent
from darkhorse.attribution.verdict import Outcome, Verdict

__all__ = [
    "LEVELS",
    "RELIABILITIES",
    "TWO_LINES",
    "how_sure",
    "in_order",
    "meaning",
    "next_step",
    "set_sentence",
    "speaks_for",
    "strength",
]

LEVELS: Mapping[Outcome, str] = {
    "model": "Model",
    "family": "Family",
    "lab": "Lab",
    "none": "None of those we know",
    "cannot-say": "Cannot say",
}
_MEANINGS: Mapping[Outcome, str] = {
    "model": "One model of the library fits, and no other does nearly as well.",
    "family": "The vocabulary is known. Models of several makers may share it: a tune of somebody "
    "else's weights counts as they do.",
    "lab": "The maker is named. Which of its models, or whether a new one, is not.",
    "none": "Nobody in the library fits: the numbers contradict each of them, or a stranger fits "
    "better. It may be a lab that the library lacks. It does not clear the labs that are in it of "
    "having a new model with a new vocabulary.",
    "cannot-say": "Too little was answered, or it contradicts itself, or several are about as "
    "likely. It is evidence neither for nor against anybody.",
}
_NEW = "The maker is named, and the model is none of those the library knows of it."
_AGAIN = "Ask again another day: a gateway may change the model behind a name."
_NEXT: Mapping[Outcome, str] = {
    "model": _AGAIN,
    "family": _AGAIN,
    "lab": _AGAIN,
    "none": "Ask the API of whom you suspect in the same way, and compare the exhibits.",
    "cannot-say": "Ask more of it (`--budget deep`), or judge ordinary traffic of it (`--from`).",
}
TWO_LINES = (
    "Models are trained on each other's output. Who one writes like and who made it are two "
    "questions, and style alone never names a model."
)
RELIABILITIES = {
    "exact": "exact: integers that fit or do not",
    "strong": "strong: statistics, calibrated on labs left out",
    "weak": "weak: anybody can imitate it; one nat at most, never enough alone",
}
_SHOWN = 3
_MOST_ODDS_NATS = math.log(1e6)
_NOTHING_NATS = 0.05


def meaning(verdict: Verdict) -> str:
    """What its level says and what it leaves open."""
    return _NEW if verdict.is_new else _MEANINGS[verdict.outcome]


def how_sure(verdict: Verdict) -> str:
    """How often a name was given falsely at this threshold, in a sentence."""
    if not verdict.false_rate or not math.isfinite(verdict.false_rate):
        return "How often such a verdict names somebody wrongly was not measured."
    return (
        "Of endpoints whose lab was kept out of the library, "
        f"{percent(verdict.false_rate)} were given a name all the same at this threshold."
    )


def set_sentence(verdict: Verdict) -> str:
    """The set that holds the truth in nine cases of ten; empty where there is none."""
    if not verdict.within:
        return ""
    return (
        f"A set made like this one holds the truth in 90 % of cases: {', '.join(verdict.within)}."
    )


def strength(nats: float) -> str:
    """`61 times likelier (4.1 nats)`. One nat is a factor of 2.7."""
    if not math.isfinite(nats):
        return "by no number"
    if nats > _MOST_ODDS_NATS:
        return f"over a million times likelier ({nats:,.0f} nats)"
    odds = math.exp(nats)
    times = f"{odds:,.0f}" if odds >= 10 else f"{odds:.1f}"
    return f"{times} times likelier ({nats:.1f} nats)"


def speaks_for(evidence: Evidence) -> Iterator[str]:
    """Of each level, whom it speaks for most, each held against whoever is not named."""
    for each in evidence.likelihoods:
        told = [f"{name} {strength(nats)}" for name, nats in _first(each)]
        if told:
            yield f"{each.level}: {', '.join(told)}"
        elif each.nats:
            yield f"{each.level}: for nobody in the library more than for a stranger"


def next_step(verdict: Verdict) -> str:
    """What to do now."""
    return _NEXT[verdict.outcome]


def in_order(evidence: Sequence[Evidence]) -> list[Evidence]:
    """What forbids a name first, what says nothing last, and exact ones before weak ones."""
    return sorted(evidence, key=_place)


def _place(evidence: Evidence) -> tuple[bool, bool, int, float]:
    gain = _margin(evidence)
    is_silent = not (gain or evidence.broken or evidence.vetoed or evidence.findings)
    rank = list(RELIABILITIES).index(evidence.reliability)
    return not evidence.broken, is_silent, rank, -gain


def _margin(evidence: Evidence) -> float:
    """Nats by which the best fit of any level beats a stranger; 0 where none does."""
    firsts = (_first(each) for each in evidence.likelihoods)
    return max((found[0][1] for found in firsts if found), default=0.0)


def _first(found: Likelihoods) -> list[tuple[str, float]]:
    """The few that fit better than a stranger does."""
    against = {name: nats - found.other for name, nats in found.nats.items()}
    best = sorted(against.items(), key=lambda each: (-each[1], each[0]))
    return [each for each in best[:_SHOWN] if each[1] > _NOTHING_NATS]
