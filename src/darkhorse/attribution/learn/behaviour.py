"""How known models answered what a run asks: tallies by question, model and plain answer.

Read from any rows: the questions are known by their text, whoever asked them. No text is kept but
plain answers of a word or a name, and the first four words of refusals.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from darkhorse.attribution.heard.statements import told_of_itself
from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.library.behaviour import Behaviour
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signals.cutoff import known_events
from darkhorse.attribution.signals.one_token import plain_answer, question_of
from darkhorse.attribution.signals.refusal import declined
from darkhorse.attribution.signals.sensitivity import reacted

__all__ = ["learn_behaviour"]

Told = Iterator[tuple[str, str]]
_EVERY = 500
_MOST_ANSWERS = 40  # different ones kept of a model's to a question, the usual first


def learn_behaviour(
    rows: Sequence[Row], progress: Callable[[int], None] | None = None
) -> Behaviour:
    """Tallies of all rows. `progress` is told how many rows are done, now and then."""
    counts: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for at, row in enumerate(rows, 1):
        for question, answer in _told(row.seen):
            counts[question][row.model][answer] += 1
        if progress and (at % _EVERY == 0 or at == len(rows)):
            progress(at)
    return Behaviour(tallies={question: _kept(counts[question]) for question in sorted(counts)})


def _told(seen: Observation) -> Told:
    for read in _READERS:
        yield from read(seen)


def _short(seen: Observation) -> Told:
    """A number, a word: what the one-token signal asks."""
    question = question_of(seen)
    if question and seen.ok:
        answer = plain_answer(question, seen.text)
        if answer:
            yield question, answer


_READERS: tuple[Callable[[Observation], Iterable[tuple[str, str]]], ...] = (
    told_of_itself,
    known_events,
    declined,
    reacted,
    _short,
)


def _kept(models: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    """Each model's usual answers; rare ones of many are told together."""
    return {
        model: dict(sorted(_usual(answers), key=lambda pair: pair[0]))
        for model, answers in sorted(models.items())
    }


def _usual(answers: Counter[str]) -> list[tuple[str, int]]:
    """Equal ones in the order of the alphabet, so that the same rows give the same file."""
    ordered = sorted(answers.items(), key=lambda pair: (-pair[1], pair[0]))
    rare = sum(times for _, times in ordered[_MOST_ANSWERS:])
    return [*ordered[:_MOST_ANSWERS], *([("(others)", rare)] if rare else [])]
