"""What an answer says of its speaker, and of nobody else."""

# ruff: noqa: RUF001 (as it is written)

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from darkhorse.attribution.asked.wordings import LANGUAGES
from darkhorse.attribution.heard.names import book_of
from darkhorse.attribution.heard.quoting import spoken
from darkhorse.attribution.observation import Observation
from darkhorse.catalog.makers import MAKERS

__all__ = ["TALLY", "WAYS", "Statement", "statement_of", "told_of_itself"]

WAYS = ("who", "complete", "json")
"""Fields of a `Wording` that ask a model who it is."""
TALLY = "self-report/maker"
_READ = 2_000  # characters of an answer: whoever has not named itself there talks of others
_ASIDE_IN = 400
_ASKED_IN = 300  # a longer question asks for something else
_WHO = re.compile(
    r"\bwho (?:are|made|built|created|trained|developed) you\b"
    r"|\bare you (?:chatgpt|gpt|claude|an? )"
    r"|\b(?:what|which) (?:ai|llm|language model|model) (?:are you|is this)|\bwhat is your name\b"
    r"|你是谁|你叫什么|谁(?:开发|创造|训练)了?你|你是什么模型|哪家公司"
    r"|кто ты|ты кто|qui es-tu|wer bist du"
    r"|quién eres|من أنت|あなたは誰",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:as|i am|i'm) an? [^.!?\n]{0,80}?"
    r"\b(?:developed|built|created|trained|made) by [^,.!?\n]{0,60}"
    r"|(?:作为|我是)[^。！？\n]{0,12}(?:开发|研发|训练|推出)的[^。！？\n]{0,60}",
    re.IGNORECASE,
)
"""In an ordinary answer: a sentence in which it speaks of itself as a model."""


class Statement(Struct, frozen=True, kw_only=True):
    """What one answer says of its speaker. `makers`: names in `catalog.makers`, none: nobody."""

    language: str
    way: str
    answered: str
    makers: tuple[str, ...]
    in_thoughts: bool = False


def statement_of(seen: Observation) -> Statement | None:
    """What this answer says of its speaker; None where nobody asked and it says nothing."""
    if not seen.ok:
        return None
    asked = _ours().get(seen.question)
    way, language = asked or (("asked", "") if _asks(seen.question) else ("aside", ""))
    if way == "who" and any(turn.role == "system" for turn in seen.prompt):
        way = "opens"
    text = spoken(seen.text)[:_READ]
    if way == "aside":
        found = _ASIDE.search(text[:_ASIDE_IN])
        text = found[0] if found else ""
    makers = _claimed(text, seen, bare=way == "json")
    thoughts = () if makers or way == "aside" else _claimed(seen.reasoning[:_READ], seen)
    if not text and not thoughts:
        return None
    return Statement(
        language=language,
        way=way,
        answered=seen.reasoning if thoughts else text,
        makers=makers or thoughts,
        in_thoughts=bool(thoughts),
    )


def _asks(question: str) -> bool:
    return len(question) <= _ASKED_IN and bool(_WHO.search(question))


def _claimed(text: str, seen: Observation, *, bare: bool = False) -> tuple[str, ...]:
    """Makers that it says of itself, and that the question and the system message do not hold."""
    book = book_of(*MAKERS)
    given = {hit.maker for turn in seen.prompt for hit in book.find(turn.text[:_READ])}
    hits = (hit for hit in book.find(text) if hit.is_claim or bare)
    return tuple(dict.fromkeys(hit.maker for hit in hits if hit.maker not in given))


@lru_cache(maxsize=1)
def _ours() -> Mapping[str, tuple[str, str]]:
    """The questions that a run asks → way and language."""
    return {
        getattr(words, way): (way, language)
        for language, words in LANGUAGES.items()
        for way in WAYS
    }


def told_of_itself(seen: Observation) -> Iterator[tuple[str, str]]:
    """For tallies: who it says it is, once for each maker, ``""`` for nobody."""
    if said := statement_of(seen):
        for maker in said.makers or ("",):
            yield TALLY, maker
