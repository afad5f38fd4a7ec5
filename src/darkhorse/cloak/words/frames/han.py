"""What Chinese and Japanese share: a subject or a narrator may show only behind the name."""

import re

from darkhorse.cloak.words.frames.base import Kind, Language, Sentence

__all__ = ["Han"]

_AWAITED = 24
"""So many characters of a tail are read where the lead may be somebody else's."""


class Han(Language, frozen=True, eq=False, kw_only=True):
    """A language whose sentences run on over commas, each clause with a subject of its own."""

    suspect: re.Pattern[str]  # a lead that may be somebody else's: what follows decides
    clause: re.Pattern[str] | None = None  # ends a clause that stands by itself
    others: re.Pattern[str]  # lead, the name's place (U+0001) and tail: it is somebody else's

    def tells(self, sentence: Sentence, kind: Kind) -> bool:
        """As any language does; also by the clauses up to the name's alone."""
        lead, tail = sentence.lead, sentence.tail
        if self.suspect.search(lead) and not sentence.is_whole and len(tail) < _AWAITED:
            return False
        if self.others.search(f"{lead}\x01{tail}"):
            return False
        if super().tells(sentence, kind):
            return True
        if self.clause is None or not (sentence.is_whole or len(tail) > _AWAITED):
            return False
        comma = self.clause.search(tail)
        if comma is None:
            return False
        clause = Sentence(
            lead=lead,
            tail=f"{tail[: comma.start()]}\u3002",
            earlier=sentence.earlier,
            is_whole=True,
        )
        return super().tells(clause, kind)
