"""What belongs to a name behind it: version, size, variant, form of company.

It goes with the name, since `[...] 5.2 Air` would still tell which.
"""

import re

from darkhorse.cloak.words.names import More

__all__ = ["LONGEST", "end_of_version"]

LONGEST = 48
"""Characters that go with a name at most."""

_SOFT = "[*_`~\\\\\u00ad\u200b-\u200f\u2060\ufeff]*"
_HYPHEN = "[-\u2010\u2011\u2012\u2013]"
_NUMBER = r"\d{1,8}(?:[.,]\d{1,3}){0,2}[A-Za-z]{0,2}"
_VARIANT = (
    "Air|Mini|Max|Pro|Plus|Turbo|Flash(?:X|-?Lite)?|Lite|Ultra|Nano|Tiny|Small|Medium|Large|XL|Opus|"
    "Sonnet|Haiku|Instruct|Chat|Thinking|Reasoning|Preview|Coder|Code|VL|Omni|Base|Next|Vision|"
    "Experimental|Exp|Beta|Alpha|Fast|High|Heavy|Codex|Latest|Advanced|Edge|Long|Distill|"
    "Maverick|Scout|FP8|Int4|AWQ|GGUF|MoE|[A-Z]\\d{1,3}(?:\\.\\d{1,2})?[BbMm]?|[Vv]"
)
_FORM = "AI|Inc|Labs?|Corp(?:oration)?|Ltd|Limited|LLC|PBC|GmbH|Technologies|Research"
_WORD = "[Vv](?:ersion|er|ersi\u00f3n)?\\.?[ ]?"
_PIECE = (
    f"{_SOFT}(?:"
    f"(?:{_HYPHEN}|:)?{_SOFT}(?:[Vv]\\.?)?{_NUMBER}"
    f"|\\.{_NUMBER}"
    f"|{_HYPHEN}{_SOFT}(?i:{_VARIANT}|it)"
    f"|[ \u00a0]{_SOFT}(?:{_WORD})?[Vv]?{_NUMBER}"
    f"|[ \u00a0]{_SOFT}\\((?:{_WORD})?[Vv]?{_NUMBER}\\)"
    f"|[ \u00a0]{_SOFT}(?:{_VARIANT})"
    f"|,?[ \u00a0]{_SOFT}(?:{_FORM})"
    ")(?![0-9A-Za-z])"
)
_VERSION = re.compile(f"(?:{_PIECE}){{0,6}}")
_GLUED = re.compile(
    f"(?:(?:{_HYPHEN}|[_:])(?!(?i:bas|like|styl|power|train|made|driv|built|model|team|famil|seri))"
    "[0-9A-Za-z]{1,24}(?![0-9A-Za-z])){1,4}"
)
"""A word that is none of ours, behind a number: `GLM-5-Zephyr`. So nobody's own variant shows."""
_LOWER = re.compile(f"[ \u00a0](?i:{_VARIANT})(?![0-9A-Za-z])")
"""A variant in small letters: only behind a number, as in `gpt 4 turbo`."""
_UNDONE = re.compile(
    f"{_SOFT}[,.:]?[ \u00a0]?{_HYPHEN}?{_SOFT}"
    "(?:[Vv]ersi[o\u00f3]n[ ]?|[Vv]er\\.?[ ]?|[Vv]\\.?[ ]?)?"
    r"[_:]?\(?[0-9A-Za-z.,\-]{0,25}\)?"
)


def end_of_version(text: str, start: int, end: int, *, final: bool) -> int | More:
    """Where the version ends that follows the name from `start` to `end`: `end` if none does."""
    limit = end + LONGEST
    version = _VERSION.match(text, end, limit)
    past = version.end() if version else end
    if any(map(str.isdigit, text[start:past])):
        small = _LOWER.match(text, past, limit)
        past = small.end() if small else past
        glued = _GLUED.match(text, past, limit)
        past = glued.end() if glued else past
    if not final and len(text) < limit and _UNDONE.fullmatch(text, past):
        return More.MORE
    return past
