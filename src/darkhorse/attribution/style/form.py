"""Marks of form: lines, signs, how an answer begins and ends, lengths. They outlast a language.

Signs of other scripts count as their Latin ones, and lengths are in bytes: a Chinese answer has a
third of the letters of an English one and about as many bytes.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from darkhorse.attribution.style.words import words_of

__all__ = ["form"]

_LATIN = str.maketrans(  # RUF001 is for such signs written by mistake
    "，。：；！？（）「」《》、～【】",  # noqa: RUF001
    ',.:;!?()"""",~[]',
)
_SIGN = re.compile(r"[^\w\s]|\n+")
_SENTENCE_END = re.compile(r"[.!?]+")
_HEADING = re.compile(r"(#{1,6}) ")
_ITEM = re.compile("([-*•\u2013+]|\\d+[.)])\\s+")
_LABEL = re.compile(r"\*\*[^*]*(?::\*\*|\*\*:)")
_RULE = re.compile(r"[-*_=]{3,}")
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_SIGNS = {
    "dash": "—",
    "short dash": "\u2013",
    "bold": "**",
    "star": "*",
    "quote": '"',
    "curly quote": "“",
    "semicolon": ";",
    "colon": ":",
    "exclamation": "!",
    "question": "?",
    "bracket": "(",
    "heading": "\n#",
    "third heading": "### ",
    "comma": ",",
    "apostrophe": "'",
    "curly apostrophe": "\u2019",
    "hyphen": "-",
    "dash item": "\n- ",
    "star item": "\n* ",
    "first": "\n1.",
    "dots": "...",
    "code": "`",
    "bar": "|",
}
_FULL = 3.0  # what a number's mark counts as
_FEW_BYTES = 200  # a rate over less says little


def form(text: str, words: Sequence[str]) -> dict[str, float]:
    """Of the whole `text`; `words` of its head.

    Kinds: l lines, p signs in their order, o and e the words it begins and ends with, O and E its
    letters there, q how paragraphs begin, n numbers (two neighbouring steps share a value).
    """
    plain = text.translate(_LATIN).replace("——", "—")
    found: Counter[str] = Counter()
    lines = plain.split("\n")
    shapes = ["^", *(_shape(line) for line in lines), "$"]
    for many in (1, 2, 3):
        found.update("l" + "|".join(run) for run in _runs(shapes, many))
    signs = ["^", *(sign[:2] for sign in _SIGN.findall(plain)), "$"]
    for many in (1, 2, 3, 4):
        found.update("p" + "".join(run) for run in _runs(signs, many))
    found.update(_edges(text))
    full = [line for line in lines if line.strip()]
    found.update("q" + " ".join(words_of(line[:60])[:2]) for line in full[1:])
    return {**found, **_numbers(plain, full, words)}


def _runs(items: Sequence[str], many: int) -> Iterator[tuple[str, ...]]:
    return zip(*(items[start:] for start in range(many)), strict=False)


def _edges(text: str) -> Iterator[str]:
    first, last = words_of(text[:200])[:4], words_of(text[-200:])[-4:]
    for many in range(1, 5):
        yield "o" + " ".join(first[:many])
        yield "e" + " ".join(last[-many:])
    for many in (2, 4, 8):
        yield "O" + text[:many]
        yield "E" + text[-many:]


def _shape(line: str) -> str:
    """What kind of line it is: `##`, `1.**:`, a paragraph by length and last sign."""
    text = line.lstrip()
    if not text:
        return "_"
    inset = "i" if line[0] in " \t" else ""
    if heading := _HEADING.match(text):
        return inset + heading[1] + ("*" if "**" in text else "")
    if item := _ITEM.match(text):
        return inset + _bullet(item[1]) + _label(text[item.end() :])
    return text[:3] if _RULE.fullmatch(text) else inset + _prose(text)


def _prose(text: str) -> str:
    if text.startswith("**"):
        return "**T**" if text.rstrip().endswith("**") else "**"
    return text[0] if text[0] in '>|`*"“(—[' else _paragraph(text)


def _bullet(sign: str) -> str:
    return "1" + sign[-1] if sign[0].isdigit() else sign


def _label(text: str) -> str:
    if not text.startswith("**"):
        return ""
    return "**:" if _LABEL.match(text) else "**"


def _paragraph(text: str) -> str:
    size = "t" if len(text) < 60 else "p" if len(text) < 300 else "P"
    return size + ("w" if text[-1].isalnum() else text[-1])


def _numbers(text: str, lines: Sequence[str], words: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in _measured(text, lines, words):
        step = math.floor(value)
        found[f"n{name} {step}"] = _FULL * (1 - (value - step))
        found[f"n{name} {step + 1}"] = _FULL * (value - step)
    return {name: value for name, value in found.items() if value > 1e-3}


def _measured(text: str, lines: Sequence[str], words: Sequence[str]) -> Iterator[tuple[str, float]]:
    size = _size(text)
    sizes = [_size(line) for line in lines]
    yield "length", _log(size / 50)
    yield "paragraphs", _log(text.count("\n\n"))
    yield "lines", _log(len(lines))
    if sizes:
        middle, spread = _moments(sizes)
        yield "longest line", _log(max(sizes) / 20)
        yield "line", _log(middle / 10)
        yield "line spread", _log(spread / 10)
        yield "last line", _log(sizes[-1] / 10)
        yield "first line", _log(sizes[0] / 10)
    sentences = [_size(each) for each in _SENTENCE_END.split(text) if each.strip()]
    if sentences:
        middle, spread = _moments(sentences)
        yield "sentence", 1.5 * _log(middle / 10)
        yield "sentence spread", 1.5 * _log(spread / 10)
    if not _HAN.search(text[:500]):
        yield from _lexical(words)
    rate = 2000 / max(_FEW_BYTES, size)
    for name, sign in _SIGNS.items():
        yield name, _log(rate * text.count(sign))
    yield "emoji", _log(rate * len(_EMOJI.findall(text)))
    yield "digit", _log(rate * sum(map(str.isdigit, text)))
    yield "capital", _log(rate * sum(map(str.isupper, text)))


def _lexical(words: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Length of words, and how many of the first 200 differ."""
    lengths = [len(word) for word in words if word[0].isalnum()]
    if lengths:
        yield "word", 4 * sum(lengths) / len(lengths)
    if words:
        head = words[:200]
        yield "variety", 20 * len(set(head)) / len(head)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _moments(values: Sequence[float]) -> tuple[float, float]:
    middle = sum(values) / len(values)
    return middle, math.sqrt(sum((each - middle) ** 2 for each in values) / len(values))


def _log(value: float) -> float:
    return 2 * math.log2(1 + value)
