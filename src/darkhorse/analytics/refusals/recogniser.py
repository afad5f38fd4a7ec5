"""Looks at the first sentences of an answer, in the languages whose letters are in them."""

import re
from collections.abc import Iterator

from darkhorse.analytics.refusals.de import GERMAN
from darkhorse.analytics.refusals.en import ENGLISH
from darkhorse.analytics.refusals.es import SPANISH
from darkhorse.analytics.refusals.fr import FRENCH
from darkhorse.analytics.refusals.ja import JAPANESE
from darkhorse.analytics.refusals.pt import PORTUGUESE
from darkhorse.analytics.refusals.ru import RUSSIAN
from darkhorse.analytics.refusals.wording import Wording
from darkhorse.analytics.refusals.zh import CHINESE

__all__ = ["is_refusal"]

_LOOKED_AT = 300  # characters
_RAW = 900  # of these, before quotations and code are taken out

_LATIN = (ENGLISH, SPANISH, GERMAN, FRENCH, PORTUGUESE)
_KANA = re.compile(r"[\u3041-\u30ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LETTERS = re.compile(r"[A-Za-z]{2}")

_QUOTED = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]{1,200}`|\"[^\"]{1,400}\"|“[^”]{1,400}”|„[^“”]{1,400}[“”]|«[^»]{1,400}»"
    r"|「[^」]{1,400}」|『[^』]{1,400}』|(?<!\w)'[^'\n]{8,400}'(?!\w)|^ {0,3}>.*$",
    re.DOTALL | re.MULTILINE,
)
_MAY_QUOTE = re.compile(r"[\"`“„«「『>]|(?:^|\W)'")
_MARKS = re.compile(r"[*_#~]+")
_SENTENCE = re.compile(r"(?<=[.!?;:\u2026])\s+|\n+|(?<=[\u3002\uff01\uff1f\uff1b])")
_APOSTROPHES = str.maketrans(
    {"\u2019": "'", "\u02bc": "'", "\u00b4": "'", "\u2013": "-", "\u2014": "-"}
)


def is_refusal(text: str) -> bool:
    """Looked at are the first 300 characters, without what stands in quotation marks or code."""
    opening = _opening(text)
    spoken = [each for each in _spoken(opening) if any(hint in opening for hint in each.hints)]
    if not spoken:
        return False
    sentences = [each.strip() for each in _SENTENCE.split(opening) if each.strip()]
    return any(_refuses(wording, sentences) for wording in spoken)


def _opening(text: str) -> str:
    raw = text.lstrip()[:_RAW].translate(_APOSTROPHES)
    if _MAY_QUOTE.search(raw):
        raw = _QUOTED.sub(" … ", raw)
    return _MARKS.sub("", raw)[:_LOOKED_AT].strip().lower()


def _spoken(text: str) -> Iterator[Wording]:
    if _LETTERS.search(text):
        yield from _LATIN
    if _CYRILLIC.search(text):
        yield RUSSIAN
    if _KANA.search(text):
        yield JAPANESE
    elif _HAN.search(text):
        yield CHINESE


def _refuses(wording: Wording, sentences: list[str]) -> bool:
    if not sentences or wording.obliging.match(sentences[0]):
        return False
    return any(
        wording.refusing.search(each) and not wording.excusing.search(each) for each in sentences
    )
