"""A bare yes or no at the beginning of an answer, and the few words that say it again.

Asked whether it is GLM-5, a model tells as much by "Yes, I am" as by the name.
"""

# ruff: noqa: RUF001 (as it is written)

import re
from collections.abc import Iterable
from typing import NamedTuple

from darkhorse.cloak.words.names import More

__all__ = ["Affirmed", "read_affirmed", "with_tail"]


class Affirmed(NamedTuple):
    """Where it stands in the answer, and what is said instead."""

    start: int
    end: int
    shown: str


_SPANISH = "No puedo decirlo"
_SAID: dict[str, tuple[str, ...]] = {
    "I may not say": (
        *("yes", "yep", "yeah", "yup", "no", "nope", "correct", "incorrect", "indeed", "exactly"),
        *("absolutely", "true", "false", "right", "affirmative", "negative", "of course", "sure"),
        *("certainly", "definitely", "that's right", "that's correct", "that is right", "i am"),
        *("that is correct", "you're right", "you are right", "i am not", "i'm not", "i don't"),
        *("i do", "it is", "it was", "it's not", "not at all", "that's me", "that is me", "bingo"),
        *("you guessed it", "you got it", "confirmed", "i can confirm that", "i confirm it"),
        *("i can confirm it", "i confirm", "i am indeed", "indeed i am", "guilty as charged"),
        *("that would be correct", "that would be me", "sure am", "you're correct", "y"),
    ),
    _SPANISH: (
        *("sí", "si", "no lo soy", "lo soy", "correcto", "exacto", "claro", "por supuesto"),
        *("así es", "en efecto", "efectivamente"),
    ),
    "Je ne peux pas le dire": (
        *("oui", "non", "exactement", "exact", "tout à fait", "en effet", "bien sûr"),
    ),
    "Das darf ich nicht sagen": ("ja", "nein", "doch", "genau", "richtig", "stimmt", "natürlich"),
    "Этого я сказать не могу": (
        *("да", "нет", "верно", "неверно", "конечно", "именно", "правильно"),
    ),
    "لا يمكنني قول ذلك": ("نعم", "أجل", "لا", "بلى", "صحيح", "بالتأكيد"),
    "这一点我不便透露": (
        *(
            "是的",
            "是",
            "不是的",
            "不是",
            "对的",
            "对",
            "不对",
            "對",
            "没错",
            "沒錯",
            "确实",
            "确实如此",
            "我就是",
            "就是我",
            "正确",
            "不正确",
        ),
        *("不正确", "否", "不", "嗯"),
    ),
    "それはお答えできません": (
        *("はい", "いいえ", "ええ", "うん", "いや", "そうです", "違います", "その通りです"),
    ),
}
_WORDS = {word: shown for shown, words in _SAID.items() for word in words}
_ASKED_IN_SPANISH = re.compile(r"¿|\b(?i:eres|usted|fuiste|tu|te|quién)\b")
_LEADS = (
    *("well", "oh", "ah", "hello", "hi", "hey", "ok", "okay", "so", "hm", "hmm", "um", "answer"),
    *("my answer", "the answer", "short answer", "final answer", "in a word", "in short", "boxed"),
    *("i'd say", "i would say", "to be honest", "honestly", "great question", "good question"),
    *("the answer is", "my answer is", "the short answer is", "the honest answer is"),
    *("bueno", "hola", "pues", "respuesta", "la respuesta es", "eh bien", "bonjour", "réponse"),
    *("la réponse est", "nun", "nun ja", "na ja", "hallo", "antwort", "die antwort ist", "ach"),
    *("ну", "привет", "ответ", "здравствуйте", "مرحبا", "حسنا", "الجواب", "الإجابة"),
    *("你好", "您好", "答案", "答案是", "回答", "こんにちは", "えっと", "答え", "答えは"),
)
_BEGINNINGS = (*_WORDS, *_LEADS)
_LONGEST = max(map(len, _BEGINNINGS))
_STATED = (" is", " es", " est", " ist", "答案是")
"""What the refusal would not fit behind: it goes, too."""
_MOST_LEADS = 2
_MARKS = re.compile(r"[^\w]{0,8}")
_MARKS_SEEN = 8
_TAIL = re.compile(
    r"[,.!;:،，。、！—–\-\s]{0,3}(?i:(?:that(?:'s| is)(?: right| correct| true)|"
    r"(?:i|it)(?: am|'m| is|'s| was| do| don't| wasn't| isn't)(?: indeed| not)?|"
    r"you(?:'re| are) (?:right|correct)|indeed|"
    r"(?:no )?lo soy|así es|je (?:le |ne le )?suis(?: pas)?|c'est (?:bien )?(?:ça|exact|vrai)|"
    r"(?:das )?(?:bin|stimmt|ist)(?: ich)?(?: nicht| richtig| korrekt)?|"
    r"это (?:так|верно|правда)|(?:это )?не так|(?:это )?я|هذا صحيح|أنا كذلك|"
    r"我是的?|我不是|没错|正确|その通りです|そうです|違います))(?=\s*(?:[^\w\s']|\n|\Z))"
)
_TAIL_SEEN = 48
_OVER = re.compile(
    r"\s*(?:\Z|\n|[^\w\s'\u2019\u2010-\u2013-])|\s+[\u2013-]",
)
"""What may stand behind a yes that is one."""
_PLAIN = frozenset(
    (
        "yes",
        "yep",
        "yeah",
        "yup",
        "no",
        "nope",
        "sí",
        "oui",
        "non",
        "ja",
        "nein",
        "да",
        "нет",
        "نعم",
    )
)
_GOES_ON = re.compile(r"(?i:\s+(?:i|it|this|that|you|they|soy|ich|je|я|это|أنا)(?!\w))")
"""As "Yes I am GLM", without a comma."""
_SENTENCE = re.compile(r"[.!?。！？\n]")


def read_affirmed(held: str, *, final: bool) -> Affirmed | More | None:
    """The yes or no that the answer begins with, behind "Well," and the like."""
    start = at = 0
    for _ in range(_MOST_LEADS + 1):
        marks = _MARKS.match(held, at)
        marked = marks.end() if marks else at
        if marked == len(held) and not final and marked - at < _MARKS_SEEN:
            return More.MORE
        start, at = (marked if start == at else start), marked
        rest = held[at : at + _LONGEST + 1].lower().replace("\u2019", "'")
        if not final and any(word.startswith(rest) for word in _BEGINNINGS):
            return More.MORE
        if word := _longest(_WORDS, rest):
            return Affirmed(start, at + len(word), _WORDS[word])
        lead = _longest(_LEADS, rest)
        if not lead:
            return None
        start = at if lead.endswith(_STATED) else at + len(lead)
        at += len(lead)
    return None


def _longest(words: Iterable[str], rest: str) -> str:
    return max((word for word in words if _is_word(word, rest)), key=len, default="")


def _is_word(word: str, rest: str) -> bool:
    return rest.startswith(word) and not rest[len(word) : len(word) + 1].isalnum()


def with_tail(held: str, word: Affirmed, asked: str, *, final: bool) -> Affirmed | More | None:
    """`word` with what says it again behind it: "Yes, I am". None if the sentence goes on.

    "No problem, but I cannot say" and "I am Nova" are no yes and no no.
    """
    seen = held[word.end : word.end + _TAIL_SEEN]
    if not final and len(seen) < _TAIL_SEEN and not _SENTENCE.search(seen[3:]):
        return More.MORE
    tail = _TAIL.match(seen)
    is_plain = held[word.start : word.end].lower() in _PLAIN
    if not (tail or _OVER.match(seen) or (is_plain and _GOES_ON.match(seen))):
        return None
    end = word.end + (tail.end() if tail else 0)
    is_spanish = held[word.start : word.end].lower() == "no" and _ASKED_IN_SPANISH.search(asked)
    return Affirmed(word.start, end, _SPANISH if is_spanish else word.shown)
