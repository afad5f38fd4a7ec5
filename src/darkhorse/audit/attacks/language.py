"""Asks for prose and for code in six languages: does another language slip in?

Prose may be in the prompt's language or in English, comments likewise: many models answer so, and
the finding says that English is not counted.
"""

# ruff: noqa: RUF001 (as it is written)

import asyncio
import re
import unicodedata
from collections.abc import Iterable, Mapping

from msgspec import Struct, structs

from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.audit.attack import closed, exhibit, reduced, unanswered
from darkhorse.audit.gathering import Turnout, turnout
from darkhorse.catalog.audits import Finding

__all__ = ["Language", "drifted"]

_LIMIT = 128
_QUICK_LIMIT = 64
_NOTICED = 0.002  # less is a name, or a sign
_SENTENCE = re.compile(r"[^.!?。！？\n]+")
_WORDS = re.compile(r"[^\W\d_]+")
_ENGLISH = "; English is not counted, whatever the question's language"
_FEWEST = 3  # stop words of a language in a sentence that is in it

_PROMPTS: Mapping[str, tuple[str, str]] = {
    "en": (
        "Write five sentences about how bread is baked.",
        "Write a Python function with many comments that finds the longest word in a text.",
    ),
    "es": (
        "Escribe cinco frases sobre cómo se hace el pan.",
        "Escribe una función de Python con muchos comentarios que busque la palabra más larga.",
    ),
    "fr": (
        "Écris cinq phrases sur la fabrication du pain.",
        "Écris une fonction Python très commentée qui trouve le mot le plus long d'un texte.",
    ),
    "de": (
        "Schreibe fünf Sätze darüber, wie Brot gebacken wird.",
        "Schreibe eine Python-Funktion mit vielen Kommentaren, die das längste Wort findet.",
    ),
    "ru": (
        "Напиши пять предложений о том, как пекут хлеб.",
        "Напиши функцию на Python с подробными комментариями, которая ищет самое длинное слово.",
    ),
    "zh": (
        "用五句话描述面包是怎么烤出来的。",
        "写一个带有详细注释的 Python 函数，找出一段文字里最长的词。",
    ),
}
_SCRIPTS: Mapping[str, str] = {"ru": "CYRILLIC", "zh": "CJK"}
_KNOWN = frozenset(
    {"ARABIC", "CJK", "CYRILLIC", "DEVANAGARI", "GREEK", "HANGUL", "HEBREW", "HIRAGANA", "KATAKANA"}
    | {"BENGALI", "TAMIL", "THAI"}
)
_STOPS: Mapping[str, frozenset[str]] = {
    "en": frozenset("the of and to is that it for with as are this from by on you".split()),  # noqa: SIM905
    "es": frozenset("el la los las de que y en un una es por con para se del como más".split()),  # noqa: SIM905
    "fr": frozenset("le la les des et est un une dans que qui pour avec sur du pas au".split()),  # noqa: SIM905
    "de": frozenset("der die das und ist ein eine nicht mit von den dem zu im auf wird".split()),  # noqa: SIM905
}


class Written(Struct, frozen=True):
    """One answer, and how much of it is in no language that it should be in."""

    language: str
    asked: str
    text: str
    letters: int
    drifted: int
    into: str


class Writings(Struct, frozen=True):
    """All of them."""

    all: tuple[Written, ...]
    turnout: Turnout  # by the prompts' language

    @property
    def share(self) -> float:
        """Of all letters."""
        return sum(each.drifted for each in self.all) / max(1, sum(e.letters for e in self.all))


class Language:
    """The share of letters in a script or a language that nobody asked for."""

    name = "language"
    channels = ("language",)

    def __init__(self, times: int = 2, *, is_quick: bool = False) -> None:
        """`times` each prompt is asked; `is_quick`: for shorter answers."""
        self._times = times
        self._limit = _QUICK_LIMIT if is_quick else _LIMIT

    @property
    def calls(self) -> int:
        """About so many a door."""
        return self._times * 2 * len(_PROMPTS)

    async def read(self, door: Door) -> Writings:
        """Prose and code in each language."""
        jobs = [(name, text) for name, pair in _PROMPTS.items() for text in pair] * self._times
        asks = (door.ask(ask(text, limit=self._limit)) for _, text in jobs)
        told = list(zip(jobs, await asyncio.gather(*asks), strict=True))
        came = turnout((job[0], answer.reply, bool(answer.text)) for job, answer in told)
        found = (_written(*job, answer.text) for job, answer in told if answer.ok and answer.text)
        return Writings(tuple(found), came)

    def judge(self, raw: Writings | None, public: Writings) -> Iterable[Finding]:
        """How much is left?"""
        if public.turnout.problem:
            return [unanswered("language", public.turnout.problem)]
        before = f"{raw.share:.2%} of letters in another language" if raw and raw.all else ""
        text = f"{public.share:.2%} of the letters in six languages ({public.turnout.said})"
        if public.share <= _NOTICED:
            return [closed("language", f"{text} are in another one{_ENGLISH}", raw=before)]
        worst = sorted(public.all, key=lambda each: -each.drifted)[:2]
        into = ", ".join(sorted({each.into for each in public.all if each.into}))
        shown = [exhibit("public", each.asked, each.text) for each in worst]
        told = f"{text} are in one nobody asked for: {into}{_ENGLISH}"
        found = reduced("language", told, *shown, raw=before)
        return [structs.replace(found, left=round(public.share, 4))]


def drifted(text: str, language: str) -> tuple[int, int, str]:
    """Letters, those in another language, and which one that mostly is."""
    letters = sum(map(str.isalpha, text))
    strange: dict[str, int] = {}
    for sentence in _SENTENCE.findall(text):
        for script, many in _scripts(sentence).items():
            if script != _SCRIPTS.get(language):
                strange[script.lower()] = strange.get(script.lower(), 0) + many
        if (spoken := _spoken(sentence)) not in ("", "en", language):
            strange[spoken] = strange.get(spoken, 0) + sum(map(str.isalpha, sentence))
    most = max(strange, key=lambda each: strange[each], default="")
    return letters, min(letters, sum(strange.values())), most


def _written(language: str, asked: str, text: str) -> Written:
    return Written(language, asked, text, *drifted(text, language))


def _scripts(sentence: str) -> dict[str, int]:
    """Letters by script, as their names in Unicode begin."""
    found: dict[str, int] = {}
    for sign in sentence:
        if sign.isascii() or not sign.isalpha():
            continue
        script = unicodedata.name(sign, "").split(" ")[0]
        if script in _KNOWN:
            found[script] = found.get(script, 0) + 1
    return found


def _spoken(sentence: str) -> str:
    """The language whose stop words it holds most of; empty where too few, or none clearly."""
    words = [word.casefold() for word in _WORDS.findall(sentence)]
    counts = sorted(((sum(w in stops for w in words), name) for name, stops in _STOPS.items()))
    (second, _), (most, name) = counts[-2:]
    return name if most >= _FEWEST and most >= second + 2 else ""
