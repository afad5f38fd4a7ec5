"""How it writes: letters, words, lines and lengths, weighed by what known models wrote.

Strong, and about writing alone: style follows training data, not ownership. Fusion never names a
model by it. Method and figures: docs/unmask.md.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.library.counts import prompt_key
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.library.style import Style as Weights
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.attribution.style.questions import QUESTIONS, Question
from darkhorse.attribution.style.rates import rates_in
from darkhorse.attribution.style.reader import reader_of
from darkhorse.attribution.style.spread import Nats, added, nats_of
from darkhorse.attribution.style.telling import evidence_of
from darkhorse.attribution.style.text import LEAST, answer_of
from darkhorse.base.chance import Draw

__all__ = ["Style"]

_MANY: Mapping[Budget, int] = {"quick": 8, "standard": 16, "deep": 32}
_LIMIT = 700  # tokens of an answer; its end tells little that its beginning does not
_TOKENS = 600
_MOST = 64  # answers that are read, from all over: how sure more would make is not learnt
_MOST_TIMES = 2  # the same answer again says nothing new


class Style:
    """Asks for texts of many kinds; reads every answer there is."""

    name = "style"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 (the contract's)
        """Drawn anew each time, of different kinds as long as there are any."""
        return [
            Probe(
                name=f"{self.name}/{each.id}",
                ask=ask(each.text, limit=_LIMIT),
                about_tokens=_TOKENS,
            )
            for each in _drawn(_MANY[budget], draw)
        ]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """Likelihoods of labs and models; None without answers of some length."""
        if len(known.style.classes) < 2:
            return None
        reader = reader_of(known.style)
        placed = [(each, place) for each in _read(seen) if (place := reader.place(each.text))]
        parts: list[Nats] = []
        for is_known, view in ((True, known.style.whole), (False, known.style.form)):
            scores = [place.scores for _, place in placed if place.is_known is is_known]
            if scores and view.weights:
                parts.append(nats_of(scores, view.spread, known.style.classes))
        if not parts:
            return None
        foreign = sum(not place.is_known for _, place in placed)
        alike = sum(prompt_key(each.question) in known.counts.prompts for each, _ in placed)
        return evidence_of(
            added(parts),
            len(placed),
            foreign=foreign,
            is_strange=min(alike, len(placed) - foreign) * 2 < len(placed),
            rates=rates_in([answer_of(each.text) for each, _ in placed]),
            usual=_usual(known.style),
        )


def _read(seen: Sequence[Observation]) -> list[Observation]:
    """Answers of some length, the same one at most twice."""
    times: dict[str, int] = defaultdict(int)
    found = []
    for each in seen:
        if not each.ok or len(each.text) < LEAST:
            continue
        times[each.text] += 1
        if times[each.text] <= _MOST_TIMES:
            found.append(each)
    kept = min(len(found), _MOST)
    return [found[place * len(found) // kept] for place in range(kept)]


def _usual(style: Weights) -> dict[str, dict[str, float]]:
    """Lab → sign → the mean of its models' rates."""
    of_lab: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(style.classes):
        of_lab[name.partition("/")[0]].append(place)
    return {
        lab: {
            sign: sum(rates[place] for place in places) / len(places)
            for sign, rates in style.rates.items()
        }
        for lab, places in of_lab.items()
    }


def _drawn(many: int, draw: Draw) -> list[Question]:
    """One of each kind in turn, each question once."""
    left: dict[str, list[Question]] = defaultdict(list)
    for each in QUESTIONS:
        left[each.kind].append(each)
    found: list[Question] = []
    while len(found) < many and any(left.values()):
        kinds = [kind for kind, questions in left.items() if questions]
        while kinds and len(found) < many:
            questions = left[kinds.pop(int(draw() * len(kinds)))]
            found.append(questions.pop(int(draw() * len(questions))))
    return found
