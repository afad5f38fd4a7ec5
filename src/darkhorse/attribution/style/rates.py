"""How often signs that a person can count come in 1,000 characters of an answer."""

import re
from collections.abc import Mapping, Sequence

__all__ = ["SIGNS", "rates_in"]

SIGNS: Mapping[str, re.Pattern[str]] = {
    "a dash (—)": re.compile("—"),
    "bold (**)": re.compile(r"\*\*[^*\n]+\*\*"),
    "a heading (#)": re.compile(r"^#{1,6} ", re.MULTILINE),
    "a list item": re.compile(r"^\s*(?:[-*•]|\d+[.)])\s", re.MULTILINE),
    "a rule (---)": re.compile(r"^\s*[-*_]{3,}\s*$", re.MULTILINE),
    "a semicolon": re.compile("[;\uff1b]"),
    "a colon": re.compile("[:\uff1a]"),
    "an exclamation mark": re.compile("[!\uff01]"),
    "a bracket": re.compile("[(\uff08]"),
    "a curly quote": re.compile("[“”]"),
    "a straight quote": re.compile('"'),
    "a curly apostrophe": re.compile("\u2019"),
    "an emoji": re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]"),
    "a blank line": re.compile("\n\n"),
}


def rates_in(texts: Sequence[str]) -> dict[str, float]:
    """Sign → times in 1,000 characters of all of these together."""
    size = max(1, sum(map(len, texts)))
    return {
        name: 1000 * sum(len(sign.findall(text)) for text in texts) / size
        for name, sign in SIGNS.items()
    }
