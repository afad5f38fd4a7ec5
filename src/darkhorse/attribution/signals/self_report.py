"""Who it says it is, in several languages, with and without a system message.

Weak both ways: a model that was trained on another's answers claims the other's maker, and one that
was told a persona claims nobody. What is read is the maker whose names it says of itself.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from darkhorse.attribution.asked.wordings import LANGUAGES
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.evidence import Evidence, Exhibit, Likelihoods
from darkhorse.attribution.heard.labs import lab_by_maker
from darkhorse.attribution.heard.quoting import quoted
from darkhorse.attribution.heard.statements import TALLY, Statement, statement_of
from darkhorse.attribution.heard.weighing import by_lab, held, tallied
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.base.chance import Draw

__all__ = ["SelfReport"]

_LIMIT = 400  # room for one that thinks first
_TOKENS = 150
_SHOWN = 24
_OFTEN = 0.15  # of its statements
_WAYS: Mapping[Budget, tuple[str, ...]] = {
    "quick": ("who",),
    "standard": ("who", "opens"),
    "deep": ("who", "opens", "complete", "json"),
}
_MOST: Mapping[Budget, int] = {"quick": 2, "standard": 14, "deep": 28}

_TRUE = 0.7  # of models name their own lab when asked, as far as they name anybody
_SILENT = 0.2
_ELSEWHERE = 0.3  # somebody the library lacks, of whom that much names a lab it lacks
_BORROWED: Mapping[str, float] = {
    "OpenAI": 0.25,
    "Anthropic": 0.12,
    "DeepSeek": 0.1,
    "Alibaba": 0.08,
    "Google": 0.06,
    "Meta": 0.06,
}
"""How often others say these names of themselves: their answers are trained on. An estimate, on
which little depends: all that is said here is held to a nat."""
_SELDOM = 0.01


class SelfReport:
    """Asks who it is; weak."""

    name = "self-report"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 (the contract's)
        """English and another language; more of both, and other wordings, where there is more."""
        languages = ["en", *_drawn([each for each in LANGUAGES if each != "en"], draw)]
        wanted = [(way, language) for way in _WAYS[budget] for language in languages]
        return [_probe(*pair) for pair in wanted[: _MOST[budget]]]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """How often it claims which maker."""
        said = [found for each in seen if (found := statement_of(each))]
        if not any(each.way != "aside" or each.makers for each in said):
            return None
        shares = _shares(said)
        labs = lab_by_maker(known)
        nats, other = _nats(shares, labs)
        nats |= _measured(said, known, other)
        return Evidence(
            signal=self.name,
            reliability="weak",
            likelihoods=_likelihoods(nats, other, known) if set(shares) - {""} else (),
            exhibit=_exhibit(said, shares, labs),
            findings=_differing(shares),
        )


def _probe(way: str, language: str) -> Probe:
    words = LANGUAGES[language]
    text = words.who if way == "opens" else getattr(words, way)
    asked = ask(text, limit=_LIMIT, system=words.opens if way == "opens" else "")
    return Probe(name=f"self-report/{way}-{language}", ask=asked, about_tokens=_TOKENS)


def _drawn(names: Iterable[str], draw: Draw) -> list[str]:
    return [name for _, name in sorted((draw(), name) for name in names)]


def _shares(said: Sequence[Statement]) -> dict[str, float]:
    """Maker → share of the statements that say it; ``""``: those that say nobody.

    Asides count only where they name somebody: not to say so in passing means nothing.
    """
    told = [each for each in said if each.makers or each.way != "aside"]
    votes: dict[str, float] = defaultdict(float)
    for each in told:
        for maker in each.makers or ("",):
            votes[maker] += 1 / len(each.makers or ("",))
    return {maker: votes[maker] / len(told) for maker in sorted(votes)}


def _nats(shares: Mapping[str, float], labs: Mapping[str, str]) -> tuple[dict[str, float], float]:
    """Log of how often its usual statement is made under each lab, and under somebody else."""
    elsewhere = math.fsum(share for maker, share in shares.items() if maker and maker not in labs)
    borrowed = math.fsum(
        share * _BORROWED.get(maker, _SELDOM) for maker, share in shares.items() if maker
    )
    silent = _SILENT * shares.get("", 0.0)
    nats = {}
    for maker, lab in labs.items():
        own = shares.get(maker, 0.0)
        echoed = borrowed - own * _BORROWED.get(maker, _SELDOM)
        nats[lab] = math.log(silent + own * _TRUE + echoed)
    return nats, math.log(silent + borrowed + _ELSEWHERE * elsewhere)


def _measured(said: Sequence[Statement], known: Library, other: float) -> dict[str, float]:
    """The same for labs whose models were heard before."""
    makers = [maker for each in said for maker in each.makers or ("",)]
    tallies = known.behaviour.tallies.get(TALLY, {})
    return {lab: other + nats for lab, nats in by_lab(tallied(tallies, makers), known).items()}


def _likelihoods(
    nats: Mapping[str, float], other: float, known: Library
) -> tuple[Likelihoods, ...]:
    """By lab; a tune may speak as its maker or as the one whose weights it has."""
    tunes = {
        model.name: _either(nats[model.base], nats.get(model.lab, other))
        for model in known.models
        if model.base in nats
    }
    lab = held("lab", nats, other)
    return (lab, held("model", tunes, other)) if tunes else (lab,)


def _either(one: float, two: float) -> float:
    return max(one, two) + math.log1p(math.exp(-abs(one - two))) - math.log(2)


def _exhibit(
    said: Sequence[Statement], shares: Mapping[str, float], labs: Mapping[str, str]
) -> Exhibit:
    shown = sorted(said, key=lambda each: (not each.makers, each.way == "aside"))[:_SHOWN]
    return Exhibit(
        title="What it says of itself",
        says=_says(said, shares, labs),
        head=("Language", "Asked", "Answer", "Maker it names"),
        rows=tuple(_row(each) for each in shown),
        against=" ".join(_differing(shares)),
        would_change="Little: models are trained on each other's answers, and can be told a name.",
    )


def _says(said: Sequence[Statement], shares: Mapping[str, float], labs: Mapping[str, str]) -> str:
    asked = [each for each in said if each.way != "aside"]
    named = sorted((name for name in shares if name), key=lambda name: -shares[name])
    if not named:
        return f"None of {len(asked)} answers names a maker: it says nothing of who it is."
    told = ", ".join(f"{name} ({shares[name]:.0%})" for name in named)
    unknown = [name for name in named if name not in labs]
    lacks = f" The library has no model of {', '.join(unknown)}." if unknown else ""
    many = sum(1 for each in said if each.makers)
    return f"{many} of {len(asked) or many} answers name a maker as its own: {told}.{lacks}"


def _differing(shares: Mapping[str, float]) -> tuple[str, ...]:
    names = [name for name, share in shares.items() if name and share >= _OFTEN]
    if len(names) < 2:
        return ()
    told = ", ".join(names)
    return (f"It claims several makers ({told}): what it says of itself is not to be relied on.",)


def _row(said: Statement) -> tuple[str, ...]:
    answered = quoted(said.answered)
    shown = f"(thoughts) {answered}" if said.in_thoughts else answered
    return said.language or "-", said.way, shown, ", ".join(said.makers) or "nobody"
