"""Frames: the sentences in which a name tells who is speaking, language by language.

Pure. `judge` reads what stands around a name; `phrase` says what stands there instead. Regexes
over bounded text, compiled once.
"""
# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

import re
from typing import Literal

from darkhorse.cloak.words.frames.ar import ARABIC
from darkhorse.cloak.words.frames.asking import asks_who
from darkhorse.cloak.words.frames.base import Kind, Language, Sentence, cue, plain, sentence
from darkhorse.cloak.words.frames.de import GERMAN
from darkhorse.cloak.words.frames.en import ENGLISH
from darkhorse.cloak.words.frames.es import SPANISH
from darkhorse.cloak.words.frames.fr import FRENCH
from darkhorse.cloak.words.frames.ja import JAPANESE
from darkhorse.cloak.words.frames.ru import RUSSIAN
from darkhorse.cloak.words.frames.zh import CHINESE

__all__ = ["Judgement", "Kind", "judge", "phrase"]

Judgement = Literal["yes", "no", "open"]

_LONGEST = 320
_NEAR = 80
_SUBJECT, _SOON, _PLAIN = 60, 24, 80
_QUESTION = re.compile(r"[?\u061f|]")
_ASKED = re.compile(
    r"([^.!?\u061f\u3002\n|]{3,80})(?:[?\u061f][\"'|\s]*|\s*\|\s*)(?:\w{1,9}\s?[:.)\u2013-])?\s*"
    r"(?:[\w']+ ){0,3}$"
)
_SELF = cue(
    r"\b(?:who|what|which \w+) am i\b|\bwho (?:has |have )?\w+ me\b|\bwhat(?:'s| is) my (?:name|model|maker|creator)\b|"
    r"\bwhere (?:do|did|was|am) i (?:come|made|from|trained|built)\b|\bwer bin ich\b|\bwer (?:hat |steht hinter )?m(?:ich|ir)\b|"
    r"\b(?:wie heisse|was bin|von wem (?:stamme|komme|bin|wurde)|woher (?:komme|stamme)) ich\b|\bwelche\w* \w+ bin ich\b|"
    r"\b(?:quien|que|que modelo) soy\b|\bquien(?:es)? me\b|\bcomo me llamo\b|\bcual es mi nombre\b|\bde donde (?:vengo|soy)\b|"
    r"\b(?:qui|que|quel modele) suis-je\b|\bqui (?:est-ce qui )?m(?:'a|'ont|e)\b|\bcomment (?:je )?m'appel|\bd'ou (?:viens-je|je viens)\b|"
    r"\bкто я\b|\bкто меня\b|\bкак меня зовут\b|\bоткуда я\b|\bчто я такое\b|\bмо[её] имя\b|"
    r"\bمن انا\b|\b(?:من|ما) (?:الذي )?\w+ني\b|\bما اسمي\b|\bمن اين (?:انا|اتيت)\b|"
    r"我(?:是谁|是什么|叫什么|来自哪)|谁[^。|]{0,8}(?:了我|的我)|(?:私|わたし|僕|俺)(?:は|って)(?:誰|だれ|何者|何)|(?:誰|だれ|どこ)が(?:私|わたし|僕)を"
)
"""A speaker's question about itself, which it answers."""
_USED = cue(r"\b(?:use|using|would|want|prefer|like|need|should|have|work)\b")
_ANYBODY = cue(
    r"\b(?:i|i'?m|me|my|you|your|this|soy|yo|mi|me|te|je|moi|mon|ma|vous|tu|ich|mich|mir|mein\w*|du|sie|dir|"
    r"я|мен\w|мне|мо\w+|вы|ты|вас|вам|انا|انت|هذا|\w+ني)\b|[我你您本私僕俺]|あなた|わた|この"
)
_ASIDE = re.compile(
    r"(?:'s?)?(?: \w+){0,2} ?[,(\u2013:-]|"
    r"(?:'s?)?(?: \w+){0,2} (?:that|which|who|que|qui|das|die|der)\b"
)
_LATIN = (ENGLISH, SPANISH, FRENCH, GERMAN)
_SCRIPTS: tuple[tuple[re.Pattern[str], Language], ...] = (
    (re.compile("[\u3041-\u30ff]"), JAPANESE),
    (re.compile("[\u3400-\u9fff]"), CHINESE),
    (re.compile("[\u0400-\u04ff]"), RUSSIAN),
    (re.compile("[\u0620-\u06ff]"), ARABIC),
)
_SHARED = {
    "en": cue("a|as|am|im|me|was|is|it"),
    "es": cue("me|te|es|has|son|las|persona|de|la|en"),
    "fr": cue("tu|de|du|des|en|la|le|un|que|est|tant|par|les"),
    "de": cue("die|hat|es|bin|du|mir|im"),
}
"""Marks of a language that are words of a neighbour, too: by them alone it is not that one."""
_CLEAR = 3


def judge(before: str, kind: Kind, after: str, *, ended: bool) -> Judgement:
    """Does a name of `kind`, between these two, tell who is speaking?

    `before` and `after` are folded; of `before` the last 320 characters count. "open": more of
    `after` may still make it a yes; never if `ended`, nor from 160 characters of `after` on.
    """
    read = sentence(plain(before[-_LONGEST:]), plain(after), ended=ended)
    if _answers(read) or any(language.tells(read, kind) for language in _languages(read)):
        return "yes"
    return "no" if read.is_whole or _is_decided(read) else "open"


def _answers(read: Sentence) -> bool:
    """Does the name stand as an answer, or a table's next cell, to `who are you`?"""
    if len(read.lead) > _NEAR or not _QUESTION.search(read.earlier[-_NEAR:] + read.lead):
        return False
    found = _ASKED.search(f"{read.earlier[-_NEAR:]}\n{read.lead}")
    if found is None or _USED.search(found[1]):
        return False
    return asks_who(found[1]) or _SELF.search(found[1]) is not None


def _is_decided(read: Sentence) -> bool:
    """Late in a sentence, or in its middle, a name hardly is what a `… made me` begins with."""
    late, tail = len(read.lead) > _SUBJECT, len(read.tail)
    if late and not _ANYBODY.search(read.lead) and tail > _SOON:
        return True
    return tail > _PLAIN and not _ASIDE.match(read.tail) and not _ANYBODY.search(read.tail)


def phrase(kind: Kind, before: str, after: str) -> str:
    """What stands for a name: an honest refusal in the sentence's language, never empty."""
    read = sentence(plain(before[-_LONGEST:]), plain(after), ended=True)
    languages = _languages(read)
    if len(languages) > 1:
        languages = tuple(each for each in languages if each.tells(read, kind)) or languages
    return languages[0].phrase(kind, read.lead)


def _languages(read: Sentence) -> tuple[Language, ...]:
    """Those the sentence is written in; by what stands before it where it is a name and no more."""
    return _written(read.lead + read.tail) or _written(read.earlier[-_NEAR:]) or _LATIN


def _written(text: str) -> tuple[Language, ...]:
    found = (
        () if text.isascii() else tuple(lang for script, lang in _SCRIPTS if script.search(text))
    )
    if CHINESE in found and JAPANESE not in found and len(text) < _NEAR:
        found = (*found, JAPANESE)  # a label of a list has no kana
    elif JAPANESE in found:
        found = tuple(each for each in found if each is not CHINESE)
    return (*found, *_latin(text))


def _latin(text: str) -> tuple[Language, ...]:
    """Those of Latin letters; beside a clear one none that only shares words with it."""
    marks = {each: each.marks.findall(text) for each in _LATIN if each.marks.search(text)}
    most = max(map(len, marks.values()), default=0)
    if most < _CLEAR:
        return tuple(marks)
    sure = {
        each
        for each, words in marks.items()
        if 2 * len(words) >= most or not all(_SHARED[each.code].fullmatch(word) for word in words)
    }
    return tuple(each for each in marks if each in sure)
