"""Answers of one word that a model makes up: a number, a name, a colour, tosses of a coin.

Asked again and again at temperature 1, they have a distribution that differs from model to model
(FLIPS, arXiv 2606.03330, and others). Held against tallies of known models, as far as those go:
each tally is a Dirichlet posterior around what all models answer, so a model that was asked ten
times is not told from others by an eleventh answer. Where no tally is held nothing is inferred,
and the distribution is shown.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.evidence import Evidence, Exhibit, Likelihoods, Plot
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.base.chance import Draw

__all__ = ["QUESTIONS", "OneToken", "plain_answer", "question_of"]

QUESTIONS: Mapping[str, str] = {
    "one-token/number": "Pick a random number from 1 to 100. Answer with the number only.",
    "one-token/animal": "Name an animal at random. Answer with one word only.",
    "one-token/name": "Invent a first name for a character. Answer with the name only.",
    "one-token/colour": "Pick a colour at random. Answer with one word only.",
    "one-token/word": "Say one random English word, and nothing else.",
    "one-token/coin": "Toss a fair coin twenty times. Answer with twenty digits only, 1 for heads "
    "and 0 for tails, without spaces.",
}
"""Question → what is asked. Tallies are kept under these names (library/behaviour.py)."""
_CALLS: Mapping[Budget, int] = {"quick": 10, "standard": 30, "deep": 60}
_ASKED: Mapping[Budget, int] = {"quick": 3, "standard": 5, "deep": 6}
_LIMIT = 400  # one that thinks first needs room
_TOSSES = 5  # that a tally keeps: more, and no two answers are alike

_ALPHA = 3.0  # answers' worth of what all models say, in each model's distribution
_NEW = 0.1  # of all answers: ones that nobody gave before
_NEW_KINDS = 50
_MOST_NATS = 3.0  # a question: a system prompt may shift its answers all at once
_ROWS = 8

Tally = Mapping[str, int]


def question_of(seen: Observation) -> str:
    """Which question it answers, by the probe's name or by its words; empty for none of them."""
    name = seen.probe.partition("#")[0]
    if name in QUESTIONS:
        return name
    said = seen.question.strip() if len(seen.prompt) == 1 else ""
    return _BY_WORDS.get(said, "")


_BY_WORDS = {said: name for name, said in QUESTIONS.items()}


def plain_answer(question: str, text: str) -> str:
    """The answer as it is tallied; empty where it is none: too long, or no word."""
    if question == "one-token/coin":
        tosses = re.sub(r"[\s,]", "", text)
        return tosses[:_TOSSES] if re.fullmatch(r"[01]{8,40}", tosses) else ""
    if question == "one-token/number":
        found = re.fullmatch(r"\W*([0-9]{1,4})\W*", text[:40])
        return str(int(found[1])) if found else ""
    word = re.fullmatch(r"\W*(\w[\w'-]{0,29})\W*", unicodedata.normalize("NFKC", text[:80]))
    return word[1].casefold() if word else ""


class OneToken:
    """Tallies of made-up answers."""

    name = "one-token"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 the contract's
        """The same few questions again and again, those first that most models were asked."""
        order = sorted(QUESTIONS, key=lambda each: -len(known.behaviour.tallies.get(each, ())))
        chosen = order[: _ASKED[budget]]
        return [
            Probe(
                name=f"{chosen[n % len(chosen)]}#{n // len(chosen)}",
                ask=ask(
                    QUESTIONS[chosen[n % len(chosen)]],
                    limit=_LIMIT + n,  # a body of its own: no cache answers
                    extra={"temperature": 1},
                ),
                about_tokens=40,
            )
            for n in range(_CALLS[budget])
        ]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """None where none of the questions was answered."""
        tallies = _tallied(seen)
        if not tallies:
            return None
        held = {
            question: _Held(known.behaviour.tallies[question])
            for question in tallies
            if known.behaviour.tallies.get(question)
        }
        models = sorted({model for each in held.values() for model in each.tallies})
        nats = {model: math.fsum(held[q].nats(model, tallies[q]) for q in held) for model in models}
        return Evidence(
            signal=self.name,
            reliability="strong" if models else "weak",
            exhibit=_exhibit(tallies, nats),
            likelihoods=(Likelihoods(level="model", nats=nats),) if models else (),
        )


def _tallied(seen: Sequence[Observation]) -> dict[str, Counter[str]]:
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    for each in seen:
        question = question_of(each) if each.ok else ""
        if question and (answer := plain_answer(question, each.text)):
            tallies[question][answer] += 1
    return dict(tallies)


class _Held:
    """What known models answered to one question."""

    def __init__(self, tallies: Mapping[str, Tally]) -> None:
        self.tallies = {model: tally for model, tally in tallies.items() if sum(tally.values())}
        shares: dict[str, float] = defaultdict(float)
        for tally in self.tallies.values():
            whole = sum(tally.values())
            for answer, times in tally.items():
                shares[answer] += (1 - _NEW) * times / whole / len(self.tallies)
        self._shares = dict(shares)

    def nats(self, model: str, seen: Tally) -> float:
        """Against a model that nobody was asked about, never more than a few."""
        if model not in self.tallies:
            return 0.0
        gained = self._log_chance(self.tallies[model], seen) - self._log_chance({}, seen)
        return min(max(gained, -_MOST_NATS), _MOST_NATS)

    def _log_chance(self, tally: Tally, seen: Tally) -> float:
        """Log of the chance of these answers, in order, after that tally (Dirichlet)."""
        whole = _ALPHA + sum(tally.values())
        logs = [math.lgamma(whole) - math.lgamma(whole + sum(seen.values()))]
        for answer, times in seen.items():
            weight = _ALPHA * self._usual(answer) + tally.get(answer, 0)
            logs.append(math.lgamma(weight + times) - math.lgamma(weight))
        return math.fsum(logs)

    def _usual(self, answer: str) -> float:
        return self._shares.get(answer, 0.0) + _NEW / _NEW_KINDS


def _exhibit(tallies: Mapping[str, Counter[str]], nats: Mapping[str, float]) -> Exhibit:
    count = sum(tally.total() for tally in tallies.values())
    largest = max(tallies, key=lambda question: (tallies[question].total(), question))
    return Exhibit(
        title="Made-up answers",
        says=f"{count} answers to {len(tallies)} questions at temperature 1. {_says(nats)}",
        head=("question", "answers", "most frequent"),
        rows=tuple(
            (QUESTIONS[question], str(tally.total()), _shown(tally))
            for question, tally in sorted(tallies.items())
        ),
        would_change="More answers: a distribution is known only as well as it was counted. A "
        "system prompt or another temperature shifts it.",
        plot=Plot(
            title=QUESTIONS[largest],
            unit="answers",
            bars=tuple((a, float(n)) for a, n in tallies[largest].most_common(_ROWS)),
        ),
    )


def _says(nats: Mapping[str, float]) -> str:
    if not nats:
        return "The library has no tallies of them, so nothing is inferred."
    best = max(nats, key=lambda model: (nats[model], model))
    if nats[best] <= 0.5:
        return "They are like no known model's more than like everybody's."
    return f"They are most like {best}'s: {math.exp(nats[best]):.0f} times as likely as by chance."


def _shown(tally: Counter[str]) -> str:
    return ", ".join(f"{answer} {times}" for answer, times in tally.most_common(_ROWS))
