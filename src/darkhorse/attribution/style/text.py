"""An answer as style is read from it: without thoughts, and without the names that give it away.

A model that says its maker's name is told by its words (`self-report`), not by its style; and a
classifier that learnt names would follow whoever is written about.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from darkhorse.catalog.makers import MAKERS

__all__ = ["LEAST", "MASK", "answer_of", "masked"]

LEAST = 40  # characters; a shorter answer has no style
MASK = "NAME"
_END = re.compile(r"</(?:think|thinking|reasoning)>")
_BEGIN = re.compile(r"\s*<(?:think|thinking|reasoning)>")
_TAIL = r"(?:[ -]?v?\d[\w.]*(?:-\w+)*)?(?!\w)"  # a version


def answer_of(text: str) -> str:
    """Without thoughts that an engine left in the text; empty where it never came to an answer."""
    *_, last = _END.split(text)
    return "" if _BEGIN.match(last) else last.strip()


def masked(text: str) -> str:
    """With every name of a lab or a model, in any script, as NAME."""
    latin, others = _patterns()
    return others.sub(MASK, latin.sub(MASK, text))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = {n for m in MAKERS for n in (m.name, *m.aliases, *m.models)}
    latin = {n.lower() for n in names if n.isascii()}
    others = {n for n in names if not n.isascii()}
    return (
        re.compile(r"\b" + _alternatives(latin) + _TAIL, re.IGNORECASE),
        re.compile(_alternatives(others), re.IGNORECASE),
    )


def _alternatives(names: Iterable[str]) -> str:
    """A pattern that looks at each letter once, however many names there are."""
    tree: dict[str, Any] = {}
    for name in sorted(names):
        branch = tree
        for letter in name:
            branch = branch.setdefault(letter, {})
        branch[""] = {}
    return _pattern(tree)


def _pattern(tree: dict[str, Any]) -> str:
    ways = [_letter(key) + _pattern(tree[key]) for key in sorted(tree) if key]
    if not ways:
        return ""
    return f"(?:{'|'.join(ways)})" + ("?" if "" in tree else "")


def _letter(letter: str) -> str:
    return "[ _-]?" if letter in " -_" else re.escape(letter)
