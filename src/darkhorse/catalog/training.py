"""What a disclosure says of training, by its words: enough to notice that it says the opposite."""

import re
from collections.abc import Iterator

__all__ = ["denied", "granted"]

_TRAINING = re.compile(
    r"(?i)\b(?:train(?:ing)?|trained (?:on|with)|improv(?:es?|ing|ements?)|fine-?tun(?:e|ing))\b"
)
_CLAUSE = re.compile(r"[.!?;:,]|\bbut\b")
_GRANT = re.compile(r"(?i)\b(?:may|might|can|could|will|shall|is|are|we)\b")
_DENIAL = re.compile(
    r"(?i)\b(?:not|never|no|none|nothing|nobody|neither|nor|without|cannot)\b|n['\u2019]t\b"
)


def granted(disclosure: str) -> str:
    """The words that say the record may be used to train, `may be used to improve`; else empty."""
    for clause in _clauses(disclosure):
        grants = list(_GRANT.finditer(clause))
        if grants and not _DENIAL.search(clause):
            return clause[grants[-1].start() :]
    return ""


def denied(disclosure: str) -> str:
    """The words that say it may not be, `never used to train`; else empty."""
    for clause in _clauses(disclosure):
        if denial := _DENIAL.search(clause):
            return clause[denial.start() :]
    return ""


def _clauses(disclosure: str) -> Iterator[str]:
    """Each from its beginning to a word of training."""
    text = " ".join(disclosure.split())
    for match in _TRAINING.finditer(text):
        begun = max((each.end() for each in _CLAUSE.finditer(text, 0, match.start())), default=0)
        yield text[begun : match.end()].strip()
