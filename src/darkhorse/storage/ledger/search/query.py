"""What people look for: words (all of them), "a phrase", -not, begin*. Pure."""

import re
from collections.abc import Sequence

from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.search.words import is_unspaced, spans, words_of

__all__ = ["Query", "Term", "expression", "is_met", "read_query", "snippet"]

_GIVEN = re.compile(r'(?P<no>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))(?P<more>\S*)')
_BEFORE = 60  # characters of a snippet
_AFTER = 120
_SPACE = re.compile(r"\s+")


class Term(Struct, frozen=True):
    """Words one behind the other; where `begins`, the last of them may go on."""

    words: tuple[str, ...]
    begins: bool = False

    @property
    def is_phrase(self) -> bool:
        """The index knows that its words are there, not that they are neighbours."""
        return len(self.words) > 1


class Query(Struct, frozen=True):
    """`wanted` must all be there, none of `unwanted` may."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()

    @property
    def needs_text(self) -> bool:
        """Can the index alone not answer it?"""
        return any(term.is_phrase for term in (*self.wanted, *self.unwanted))


def read_query(text: str) -> Query:
    """Raises ConfigError with one sentence."""
    wanted: list[Term] = []
    unwanted: list[Term] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        given = _GIVEN.match(text, at)
        if given is None or given["more"] not in ("", "*"):
            raise ConfigError(f"{text}: a quotation mark is missing or stands inside a word.")
        (unwanted if given["no"] else wanted).append(_term(given))
        at = given.end()
    if not wanted:
        raise ConfigError("Name at least one word to look for.")
    return Query(tuple(wanted), tuple(unwanted))


def _term(given: re.Match[str]) -> Term:
    text = given["word"] if given["phrase"] is None else given["phrase"]
    bare = text.removesuffix("*") if given["phrase"] is None else text
    begins = bare != text or given["more"] == "*"
    if "*" in bare and given["phrase"] is None:
        raise ConfigError(f"{given.group()}: a star can only stand at the end of a word.")
    words = words_of(bare)
    if not words:
        raise ConfigError(f"`{given.group()}`: there is no letter, digit or emoji to look for.")
    last = words[-1]
    if len(last) == 1 and is_unspaced(last):
        if len(words) > 1 and is_unspaced(words[-2]):
            words.pop()  # the pair before it says it; in the text the run may go on
            begins = False
        else:
            begins = True
    return Term(tuple(words), begins)


def expression(query: Query, beside: Sequence[str] = ()) -> str:
    """For FTS5: every word that must be there, and no word that alone must not."""
    wanted = dict.fromkeys(part for term in query.wanted for part in _parts(term)) | dict.fromkeys(
        f'"{word}"' for word in beside
    )
    unwanted = [part for term in query.unwanted if not term.is_phrase for part in _parts(term)]
    asked = "(" + " AND ".join(wanted) + ")"
    return f"{asked} NOT ({' OR '.join(unwanted)})" if unwanted else asked


def _parts(term: Term) -> list[str]:
    parts = [f'"{word}"' for word in term.words]
    if term.begins:
        parts[-1] += "*"
    return parts


def is_met(query: Query, text: str) -> bool:
    """Does a text hold what is wanted, and nothing that is not?"""
    words = words_of(text)
    return all(_at(term, words) for term in query.wanted) and not any(
        _at(term, words) for term in query.unwanted
    )


def _at(term: Term, words: Sequence[str]) -> bool:
    count = len(term.words)
    for at in range(len(words) - count + 1):
        if words[at] == term.words[0] or (count == 1 and term.begins):
            row = tuple(words[at : at + count])
            if row == term.words or (term.begins and _begins(row, term.words)):
                return True
    return False


def _begins(row: Sequence[str], words: Sequence[str]) -> bool:
    return row[:-1] == words[:-1] and row[-1].startswith(words[-1])


def snippet(query: Query, text: str) -> str:
    """One line of the text, around the first word that is wanted."""
    at = _first(query, text)
    start, end = max(0, at - _BEFORE), at + _AFTER
    if start and (space := text.find(" ", start, at)) > 0:
        start = space + 1
    line = _SPACE.sub(" ", text[start:end]).strip()
    return ("…" if start else "") + line + ("…" if end < len(text) else "")


def _first(query: Query, text: str) -> int:
    sure = {term.words[0] for term in query.wanted if not (term.begins and len(term.words) == 1)}
    begun = tuple(term.words[0] for term in query.wanted if term.begins and len(term.words) == 1)
    for found in spans(text):
        for word in found.words:
            if word in sure or (begun and word.startswith(begun)):
                return found.start
    return 0
