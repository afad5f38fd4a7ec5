"""Is a name said of the speaker? Judged by what stands around it, in eight languages.

Broad on purpose: it reads answers to the question who somebody is. What it must not take for a
claim is a denial, or a remark about others.
"""

# ruff: noqa: RUF001 (as it is written)

import re
import unicodedata

__all__ = ["is_claim"]

_BRIEF = 24  # letters, those beyond ASCII twice, of an answer that is a name and little else
_BEFORE, _AFTER = 120, 60  # characters that are looked at
_END = re.compile(r"[.!?](?=\s)|[。！？؟\n]")


def _of(*patterns: str) -> re.Pattern[str]:
    """Compiled for folded text, whose letters have no marks."""
    apart = unicodedata.normalize("NFKD", "|".join(patterns))
    return re.compile("".join(sign for sign in apart if unicodedata.category(sign) != "Mn"))


_SELF = _of(
    r"\bi am\b|\bi'm\b|\bmy (?:name|maker|creator|developer|company|model)\b|\bcall me\b",
    r"\bi was (?:made|built|created|trained|developed|designed)\b|\bthis is\b",
    r"\bas an? [^.]* by\b",
    r"(?:made|built|created|trained|developed|designed|offered|provided|powered) by\W*$",
    r"(?:assistant|model|system|ai) (?:by|from)\W*$|\bbased on\W*$",
    r"(?:talking|chatting) (?:to|with)",
    r"\bsoy\b|me llamo|mi nombre|\bfui\b|(?:creado|creada|desarrollado|entrenado|hecho) por\W*$",
    r"je suis|m'appelle|mon nom|j'ai ete|(?:cree|developpe|entraine|concu)e? par\W*$",
    r"\bich bin|ich heisse|mein name|ich wurde|(?:assistent|modell|ki) von\W*$",
    r"\bя\b|меня|мое имя|мой (?:создатель|разработчик)|(?:создан|разработан|обучен)\w*\W",
    r"我是|我叫|我的|我由|^\W*由|作为|来自|开发我|训练我|创建我|开发者是|开发商是",
    r"\bانا\b|اسمي|طورتني|صنعتني|انشاتني|دربتني|من تطوير|تم تطويري|تدريبي",
    r"私|僕|わたし|名前は|開発元|開発者|開発会社|作ったのは|訓練したのは",
)
_SELF_AFTER = _of(
    r"^.{0,40}?\b(?:created|made|trained|developed|built) me\b",
    r"^ is my (?:name|maker|creator)|^ here\b",
    r"^.{0,30}?(?:me (?:creo|hizo|desarrollo|entreno)|m'a |hat mich|меня|طورتني|صنعتني)",
    r"^[^。]{0,12}(?:开发|训练|创建|创造|研发)(?:了我|的(?:人工|语言|大|ai|模型))",
    r"^[^。]{0,12}によって(?:開発|作|訓練|提供)|^[^。]{0,6}が(?:私|開発した(?:ai|言語|大規模))",
    r"^[^。]{0,6}(?:と申し|といいま)",
)
_DENIED = _of(
    r"\bnot\b|n't\b|\bneither\b|\bnor\b|\bnever\b|\bno\b|\bne\b|\bpas\b|\bnicht\b|\bkein\w*",
    r"\bне\b|不是|并非|لست|ليس|ではな|じゃな|\bunlike\b|\blike\b|\bwie\b|\bcomo\b|\bcomme\b",
    r"\bкак\b|\bif\b|如果|像|のような",
)
_DENIED_AFTER = _of(r"^\W*(?:では(?:ない|なく|あり)|じゃな)")
_CLAUSE = _of(r"[,;:，、；：،]|\bbut\b|\bpero\b|\bmais\b|\bsondern\b|\bа\b|而是|بل")


def is_claim(plain: str, start: int, end: int) -> bool:
    """Is the name between `start` and `end` of this folded text its speaker's?"""
    ends = list(_END.finditer(plain, 0, start))
    before = plain[ends[-1].end() if ends else 0 : start][-_BEFORE:]
    after = plain[end : end + _AFTER]
    clause = _CLAUSE.split(before)[-1]
    if _DENIED.search(clause if _SELF.search(clause) else before) or _DENIED_AFTER.search(after):
        return False
    if _length(plain[:start] + plain[end:]) <= _BRIEF:
        return True
    return bool(_SELF.search(before) or _SELF_AFTER.search(after))


def _length(text: str) -> int:
    return sum(1 if sign.isascii() else 2 for sign in text if sign.isalnum())
