"""All marks of one answer, by group: a group is weighed as a whole (`style/reader.py`)."""

from collections.abc import Collection, Mapping

from darkhorse.attribution.style.form import form
from darkhorse.attribution.style.text import masked
from darkhorse.attribution.style.words import wording, words_of

__all__ = ["FORM", "GROUPS", "HEAD", "marks_of"]

HEAD = 3000  # characters that wording is read from
_BEYOND = 1000  # masked behind the head; the rest counts for form alone
GROUPS: Mapping[str, str] = {
    **dict.fromkeys("c", "letters"),
    **dict.fromkeys("wb", "words"),
    **dict.fromkeys("k", "frame"),
    **dict.fromkeys("lpoeOEq", "layout"),
    **dict.fromkeys("n", "numbers"),
}
"""A mark's first letter → its group."""
FORM = ("layout", "numbers")
"""Groups that hold in a language that nobody learnt."""
_LONGEST = 60_000  # characters of an answer that are looked at


def marks_of(answer: str, common: Collection[str]) -> dict[str, float]:
    """Of an answer without thoughts (`answer_of`)."""
    text = answer[:_LONGEST]
    text = masked(text[: HEAD + _BEYOND]) + text[HEAD + _BEYOND :]
    head = text[:HEAD]
    words = words_of(head)
    return {**wording(head, words, common), **form(text, words)}
