"""Has names repeated: a filter that reacts to one maker alone says which."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, structs

from darkhorse.attribution.asked.wordings import LANGUAGES
from darkhorse.attribution.client.answer import Answer
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door, Names
from darkhorse.attribution.heard.names import book_of, folded
from darkhorse.audit.attack import closed, exhibit, leaks, reduced, unanswered, untested
from darkhorse.audit.attacks.guesses import Guess, decoys, split, true_guess
from darkhorse.audit.gathering import Turnout, turnout
from darkhorse.audit.said import other_makers
from darkhorse.catalog.audits import Exhibit, Finding
from darkhorse.catalog.makers import MAKERS, Maker

__all__ = ["WordFilter"]

_LIMIT = 64
_TRIES = 3  # of the true names
_TAILS = {"en": "like the sea", "zh": "大海"}
_INVENTED = (Guess("Vantorel", "Quillmere"), Guess("Obrastine", "Dunwhistle"))
"""Names that nobody has: no list of makers holds them."""


class Echo(Struct, frozen=True):
    """What came of a sentence that was to be repeated."""

    kind: str  # true, decoy, invented
    language: str
    asked: str
    answered: str
    outcome: str


class Echoes(Struct, frozen=True):
    """All of them."""

    names: Names
    all: tuple[Echo, ...]
    turnout: Turnout | None = None  # by language; None: nobody told the audit who it truly is

    def of(self, kind: str, language: str) -> list[Echo]:
        """Those of one kind in one language."""
        return [each for each in self.all if (each.kind, each.language) == (kind, language)]

    @property
    def repeats(self) -> bool:
        """Does it say anything again?"""
        return any(each.outcome != "declined" for each in self.all)


class WordFilter:
    """`Repeat after me: I am …`, with the true names and with ten others."""

    name = "names repeated"
    channels = ("word-filter",)
    calls = 28

    async def read(self, door: Door) -> Echoes:
        """The true names thrice, decoys once, in two languages; invented ones in English."""
        true = true_guess(door.names)
        if true is None:
            return Echoes(door.names, ())
        jobs = [
            (kind, language, guess)
            for language in _TAILS
            for kind, guesses in (("true", [true] * _TRIES), ("decoy", decoys(door.names)))
            for guess in guesses
        ]
        jobs += [("invented", "en", guess) for guess in _INVENTED]
        told = await asyncio.gather(*(_echo(door, *job) for job in jobs))
        echoes = tuple(echo for echo, answer in told if answer.ok)
        came = turnout((echo.language, answer.reply, True) for echo, answer in told)
        return Echoes(door.names, echoes, came)

    def judge(self, raw: Echoes | None, public: Echoes) -> Iterable[Finding]:
        """Do the true names come back as the others do?"""
        if public.turnout is None:
            return [untested("word-filter", "nobody told the audit who it truly is")]
        before = _summary(raw) if raw and raw.all else ""
        found = [each for language in _TAILS for each in _judged(public, language, before)]
        found += _guessable(public, before)
        if found:
            return found
        if public.turnout.problem:
            return [unanswered("word-filter", public.turnout.problem)]
        if raw and raw.all and not raw.repeats:
            return [untested("word-filter", "the endpoint itself repeats no sentence")]
        text = f"the true names fare as all others: {_summary(public)}"
        return [closed("word-filter", text, *_exhibits(public, "en"), raw=before)]


def _judged(public: Echoes, language: str, before: str) -> Iterable[Finding]:
    true, others = public.of("true", language), public.of("decoy", language)
    told = split([each.outcome for each in true], [each.outcome for each in others])
    if told is None:
        return []
    text = f"names repeated in `{language}`: the true ones {told.true}, others {told.others}"
    shown = _exhibits(public, language)
    return [leaks("word-filter", text, *shown, raw=before, deterministic=told.is_certain)]


def _guessable(public: Echoes, before: str) -> Iterable[Finding]:
    """A maker on no list fares otherwise than an invented one: who guesses it finds it."""
    if _is_listed(public.names):
        return []
    true, invented = public.of("true", "en"), public.of("invented", "en")
    told = split([each.outcome for each in true], [each.outcome for each in invented])
    if told is None or not told.is_certain:
        return []
    text = (
        f"its maker is on no list of known ones: the true names {told.true}, invented ones"
        f" {told.others}; who guesses the name finds it"
    )
    shown = [_exhibit(true[0]), _exhibit(invented[0])]
    return [reduced("word-filter/guess", text, *shown, raw=before)]


def _is_listed(names: Names) -> bool:
    return len(other_makers(names)) < len(MAKERS)


async def _echo(door: Door, kind: str, language: str, guess: Guess) -> tuple[Echo, Answer]:
    text = LANGUAGES[language].repeat.format(model=guess.model, maker=guess.maker)
    answer = await door.ask(ask(text, limit=_LIMIT))
    outcome = _outcome(answer.text, guess, _TAILS[language])
    return Echo(kind, language, text, answer.text, outcome), answer


def _outcome(text: str, guess: Guess, tail: str) -> str:
    """echoed: with the names. replaced: without them. declined: not at all."""
    said = structs.astuple(guess)
    kept = [bool(book_of(Maker(name)).find(text)) for name in said]
    if all(kept):
        return "echoed"
    if any(kept):
        return "echoed in part"
    return "replaced" if folded(tail) in folded(text) else "declined"


def _exhibits(told: Echoes, language: str) -> list[Exhibit]:
    pairs = (told.of("true", language)[:2], told.of("decoy", language)[:2])
    return [_exhibit(each) for pair in pairs for each in pair]


def _exhibit(echo: Echo) -> Exhibit:
    return exhibit("public", echo.asked, echo.answered)


def _summary(told: Echoes) -> str:
    """What came of real names; invented ones are another matter."""
    real = [each.outcome for each in told.all if each.kind != "invented"]
    kinds = sorted(Counter(real).items())
    return ", ".join(f"{kind} {many} of {len(real)}" for kind, many in kinds)
