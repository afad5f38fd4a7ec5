"""A bare yes or no at the beginning of an answer, and the few words that say it again.

Asked whether it is GLM-5, a model tells as much by "Yes, I am" as by the name.
"""

# ruff: noqa: RUF001 (as it is written)

import re
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
        *("i do", "it is", "it was", "it's not", "not at all"),
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
_LEAD = re.compile(r"[^\w]{0,8}")
_LONGEST = max(map(len, _WORDS))
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
_SENTENCE = re.compile(r"[.!?。！？\n]")


def read_affirmed(held: str, *, final: bool) -> Affirmed | More | None:
    """The yes or no that the answer begins with."""
    lead = _LEAD.match(held)
    start = lead.end() if lead else 0
    if start == len(held):
        return None if final or start == 8 else More.MORE
    rest = held[start : start + _LONGEST + 1].lower().replace("\u2019", "'")
    if not final and any(word.startswith(rest) for word in _WORDS):
        return More.MORE
    whole = [word for word in _WORDS if _is_word(word, rest)]
    if not whole:
        return None
    word = max(whole, key=len)
    return Affirmed(start, start + len(word), _WORDS[word])


def _is_word(word: str, rest: str) -> bool:
    return rest.startswith(word) and not rest[len(word) : len(word) + 1].isalnum()


def with_tail(held: str, word: Affirmed, asked: str, *, final: bool) -> Affirmed | More:
    """`word` with what says it again behind it: "Yes, I am"."""
    seen = held[word.end : word.end + _TAIL_SEEN]
    if not final and len(seen) < _TAIL_SEEN and not _SENTENCE.search(seen[3:]):
        return More.MORE
    tail = _TAIL.match(seen)
    end = word.end + (tail.end() if tail else 0)
    is_spanish = held[word.start : word.end].lower() == "no" and _ASKED_IN_SPANISH.search(asked)
    return Affirmed(word.start, end, _SPANISH if is_spanish else word.shown)
