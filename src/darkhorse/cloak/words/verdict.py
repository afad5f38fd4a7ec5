"""Does a name tell who speaks? What the frames say, and what was asked.

After a question who the speaker is, a bare name is an answer, and where little else was asked any
name may be; after a question whether it is this or that, so is a bare yes or no.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple, Protocol

from darkhorse.cloak.words.affirmed import Affirmed, read_affirmed, with_tail
from darkhorse.cloak.words.fold import folded
from darkhorse.cloak.words.names import Kind, More

__all__ = ["Frames", "Place", "Speaker", "Verdict"]

Verdict = Literal["maker", "model", "no", "open"]

_SEEN = 320
_OUTRIGHT = 300
"""Characters of a message that asks little but who the model is."""
_OUTRIGHT_THINKING = 2_000
"""The same for thoughts: they turn over what must not be said, in no sentence of ours."""
_REMEMBERED = 128
"""Judgements kept: what says the same over and over is judged once."""
_BARE_LEAD = 80
_LEAD_WORDS = 5
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{1,3}|[^\W_]+(?:'[^\W_]+)?")
_SENTENCE = re.compile(r"[.!?]\s|[\u3002\uff01\uff1f\n]")
_BARE_AFTER = re.compile(
    r"\s*(?:[^\w\s]|\n|\Z|(?:made|built|created|developed|trained|released|by|from)\b)"
)
_BARE_LINE = 160
"""Characters from the beginning in which, behind a bare name, another belongs to it."""


_SOURCE = re.compile(
    r"(?:\b(?:by|from|at|of|with|lab|company|team|von|bei|aus|par|chez|por|de|от|из|в|"
    r"компани\w*|команд\w*)|من|شركة|لدى|由|被|公司|来自)\W*\Z"
)
_MAKING = re.compile(
    r"\W*(?:s\b)?\W*(?:\w+ )?(?:(?:made|created|built|trained|developed|hat|haben|me|m'|a|"
    r"создал\w*|обучил\w*|разработал\w*)\b|が|に|によ|社|训练|开发|创造|创建|研发|公司)"
)


class Judge(Protocol):
    """Does a name of `kind`, between these two, tell who speaks? (frames/)"""

    def __call__(
        self, before: str, kind: Kind, after: str, *, ended: bool
    ) -> Literal["yes", "no", "open"]: ...


class Frames(NamedTuple):
    """What is known of sentences; the engine knows of letters only."""

    judge: Judge
    phrase: Callable[[Kind, str, str], str]
    asks_who: Callable[[str], bool]
    asks_whether: Callable[[str], bool]


class Place(NamedTuple):
    """Where a name stands: what is in front of it, folded, and whether that is little."""

    before: str
    is_bare: bool


class Speaker:
    """Judges the names of one part of one answer. `asked` gives the latest user message."""

    def __init__(
        self,
        frames: Frames,
        asked: Callable[[], str],
        names_one: Callable[[str], bool],
        *,
        thinks: bool = False,
    ) -> None:
        self._judge = lru_cache(_REMEMBERED)(frames.judge)
        self._phrase = lru_cache(_REMEMBERED)(frames.phrase)
        self._outright = _OUTRIGHT_THINKING if thinks else _OUTRIGHT
        self._frames = frames
        self._names_one = names_one
        self._asked = cache(asked)
        self._is_asked_who: bool | None = None
        self._is_asked_whether: bool | None = None
        self._bare_line: str | None = None  # what stood before a bare name

    def place(self, before: str, *, is_whole: bool) -> Place:
        """`before` is raw; `is_whole` if the passage begins with it."""
        read = folded(before)
        is_bare = is_whole and (_is_bare_lead(read) or self._is_in_bare_line(read))
        return Place(read[-_SEEN:], is_bare)

    def judge(self, place: Place, kinds: tuple[Kind, ...], after: str, *, ended: bool) -> Verdict:
        """The kind of name that it is if it tells who speaks."""
        read = folded(after)
        said = {kind: self._judge(place.before, kind, read, ended=ended) for kind in kinds}
        telling = [kind for kind in kinds if said[kind] == "yes"]
        if telling:
            return _likelier(place.before, read, telling)
        is_open = "open" in said.values()
        if place.is_bare and self._asks_who():
            if _BARE_AFTER.match(read) and (read.strip() or ended):
                self._bare_line = place.before
                return kinds[-1]
            is_open |= not read.strip() and not ended
        if is_open and not ended:
            return "open"
        return _likelier(place.before, read, kinds) if self._is_asked_outright() else "no"

    def _is_asked_outright(self) -> bool:
        """Is who it is the question, and little else? Then whatever names somebody may tell.

        A long message may hold such words among a thousand others: code, a page, a transcript.
        """
        return len(self._asked()) <= self._outright and self._asks_who()

    def phrase(self, kind: Kind, place: Place, after: str) -> str:
        return self._phrase(kind, place.before, folded(after))

    def opening(self, held: str, *, final: bool) -> More | Affirmed | None:
        """A bare yes or no that answers who it is."""
        word = read_affirmed(held, final=final)
        if word is None or isinstance(word, More):
            return word
        if self._is_asked_whether is None:
            self._is_asked_whether = self._asks_whether()
        return with_tail(held, word, self._asked(), final=final) if self._is_asked_whether else None

    def _asks_whether(self) -> bool:
        """A question of yes or no about the speaker, and somebody's name."""
        asked = self._asked()
        if not (self._frames.asks_whether(asked) and self._asks_who()):
            return False
        return self._names_one(_ends(asked))

    def _is_in_bare_line(self, read: str) -> bool:
        """Does it stand behind a bare name, in its line?"""
        begun = self._bare_line
        if begun is None or len(read) > _BARE_LINE or not read.startswith(begun):
            return False
        return not _SENTENCE.search(read[len(begun) :])

    def _asks_who(self) -> bool:
        if self._is_asked_who is None:
            self._is_asked_who = self._frames.asks_who(self._asked())
        return self._is_asked_who


def _ends(asked: str) -> str:
    """What is looked at of a long message."""
    return asked if len(asked) <= 5_000 else f"{asked[:1_000]} {asked[-4_000:]}"


def _likelier(before: str, after: str, kinds: Sequence[Kind]) -> Kind:
    """What a name of both is: a maker where it made or is come from, else a model."""
    if len(kinds) == 1:
        return kinds[0]
    return "maker" if _SOURCE.search(before) or _MAKING.match(after) else "model"


def _is_bare_lead(read: str) -> bool:
    """Is what stands before a name so little that the name is the answer?"""
    if len(read) > _BARE_LEAD or len(_WORD.findall(read)) > _LEAD_WORDS:
        return False
    first = _SENTENCE.search(read.strip())
    return not first or len(_WORD.findall(read[: first.start() + 1])) <= 2
