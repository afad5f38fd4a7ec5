"""One passage of an answer, as it streams: what may go on, and what is said in a name's place.

Whatever the pieces it comes in, the result is the same: a name is looked at once it and its
version are known to be whole, and what follows it is read up to the same places.
Held is only what may still become a name, and behind a name only while it is open whether it tells
who speaks. At most `MOST_HELD` characters are: a name over LONGEST characters, its version, and
the `_FAR` behind it.
"""

from collections.abc import Iterator
from typing import NamedTuple, final

from darkhorse.cloak.words.affirmed import Affirmed
from darkhorse.cloak.words.fold import squeezed
from darkhorse.cloak.words.gate import Gate
from darkhorse.cloak.words.names import LONGEST, Found, Kind, More, Names
from darkhorse.cloak.words.verdict import Place, Speaker, Verdict
from darkhorse.cloak.words.version import LONGEST as VERSION
from darkhorse.cloak.words.version import end_of_version

__all__ = ["MOST_HELD", "Replaced", "Scanner"]

_FAR = 176
"""Characters behind a name that may be read before it is decided."""
_STEP = 40
_LONGEST_WORD = 16
_SENTENCE_ENDS = frozenset(".!?\u3002\uff01\uff1f\u061f\n")
_SHORT = 64
_KEPT = 640
"""Characters in front of a name that are read, before they are folded; blanks run together."""
_AS_IT_IS = 8
"""Of these, the last as they were written: does a name begin a word?"""
_BUSY, _STRETCH = 96, 2_000
"""Judgements in a stretch of so many characters; the names after them are judged once each."""

MOST_HELD = LONGEST + VERSION + _FAR


class Replaced(NamedTuple):
    """A name that told who speaks."""

    said: str
    shown: str


@final
class _Pending:
    """A name at the beginning of what is held, not decided yet."""

    __slots__ = ("is_busy", "kinds", "looked", "place", "size")

    def __init__(self, size: int, kinds: tuple[Kind, ...], place: Place, *, is_busy: bool) -> None:
        self.size = size
        self.kinds = kinds
        self.place = place
        self.is_busy = is_busy  # is it judged but once, after all that may be read?
        self.looked = -1  # characters behind it that were read last


class Scanner:
    """Names in one passage. `past` is what stood in front of it."""

    def __init__(self, names: Names, gate: Gate, speaker: Speaker, past: str = "") -> None:
        self._names = names
        self._gate = gate
        self._speaker = speaker
        self._past = past
        self._is_whole = True  # does `past` reach back to the passage's beginning?
        self._held = ""
        self._pending: _Pending | None = None
        self._is_opening = not past
        self._at = 0  # characters decided
        self._stretch = 0  # which one the judgements are of
        self._judgements = 0

    def feed(self, text: str, *, final: bool = False) -> list[str | Replaced]:
        """What of it, and of what was held, is decided now, in order. `final`: nothing follows."""
        self._held += text
        decided: list[str | Replaced] = []
        if self._is_opening and not self._open(decided, final=final):
            return decided
        while True:
            if self._pending is None and not self._seek(decided, final=final):
                return decided
            if not self._decide(decided, final=final):
                return decided

    def quick(self, text: str) -> str | None:
        """The same for what is plainly without a name, at less cost; None for all else."""
        if self._pending is not None or self._is_opening:
            return None
        if self._held:
            text = self._held + text
        if len(text) > _SHORT or not text.isascii():
            return None
        end = self._gate.cut_off(text, self._past[-1:])
        if end is None:
            return None
        self._held = text[end:]
        passed = text[:end]
        self._remember(passed)
        return passed

    def _open(self, decided: list[str | Replaced], *, final: bool) -> bool:
        """A bare yes or no in front of everything; False while it may become one."""
        opening = self._speaker.opening(self._held, final=final)
        if opening is More.MORE:
            return False
        self._is_opening = False
        if isinstance(opening, Affirmed):
            self._pass(opening.start, decided)
            self._replace(opening.end - opening.start, opening.shown, decided)
        return True

    def _seek(self, decided: list[str | Replaced], *, final: bool) -> bool:
        """Pass what is in front of the next name; False if there is none, or half of one."""
        held = self._held
        for start in self._gate.starts(held):
            found = self._read(held, start, final=final)
            if found is None:
                continue
            self._pass(start, decided)
            if isinstance(found, More):
                return False
            if not found.kinds:
                self._pass(found.end - start, decided)
                return self._seek(decided, final=final)
            size = found.end - start
            self._pending = _Pending(size, found.kinds, self._place(), is_busy=self._is_busy())
            return True
        self._pass(len(held), decided)
        return False

    def _read(self, held: str, start: int, *, final: bool) -> Found | More | None:
        found = self._names.read(held, start, self._past[-_AS_IT_IS:], final=final)
        if not isinstance(found, Found) or not found.kinds:
            return found
        end = end_of_version(held, start, found.end, final=final)
        return end if isinstance(end, More) else Found(end, found.kinds)

    def _is_busy(self) -> bool:
        stretch = self._at // _STRETCH
        if stretch != self._stretch:
            self._stretch, self._judgements = stretch, 0
        return self._judgements >= _BUSY

    def _place(self) -> Place:
        past = squeezed(self._past)
        is_whole = self._is_whole and len(past) <= _KEPT
        return self._speaker.place(past[-_KEPT:], is_whole=is_whole)

    def _decide(self, decided: list[str | Replaced], *, final: bool) -> bool:
        """Settle the pending name; False if more must come first."""
        pending = self._pending
        assert pending
        after = self._held[pending.size :]
        for cut in _at_once(after) if pending.is_busy else _cuts(after, pending.looked):
            pending.looked = cut
            self._judgements += 1
            kind = self._speaker.judge(pending.place, pending.kinds, after[:cut], ended=cut >= _FAR)
            if kind != "open":
                break
        else:
            if not final:
                return False
            kind = self._speaker.judge(pending.place, pending.kinds, after, ended=True)
            pending.looked = len(after)
        self._settle(pending, kind, after[: pending.looked], decided)
        return True

    def _settle(
        self, pending: _Pending, kind: Verdict, after: str, decided: list[str | Replaced]
    ) -> None:
        self._pending = None
        if kind in {"maker", "model"}:
            shown = self._speaker.phrase(kind, pending.place, after)
            self._replace(pending.size, shown, decided)
        else:
            self._pass(pending.size, decided)

    def _replace(self, size: int, shown: str, decided: list[str | Replaced]) -> None:
        said = self._take(size)
        decided.append(Replaced(said, shown))

    def _pass(self, size: int, decided: list[str | Replaced]) -> None:
        if size:
            decided.append(self._take(size))

    def _take(self, size: int) -> str:
        held = self._held
        taken = held[:size]
        self._held = held[size:]
        self._remember(taken)
        return taken

    def _remember(self, taken: str) -> None:
        self._at += len(taken)
        self._past += taken
        if len(self._past) > 2 * _KEPT:
            past = squeezed(self._past[:-_AS_IT_IS])
            self._is_whole = self._is_whole and len(past) <= _KEPT
            self._past = past[-_KEPT:] + self._past[-_AS_IT_IS:]


def _at_once(after: str) -> tuple[int, ...]:
    return (_FAR,) if len(after) >= _FAR else ()


def _cuts(after: str, looked: int) -> Iterator[int]:
    """Where to stop and judge: at ends of sentences, of a word every few words, at the farthest."""
    if looked < 0:
        looked = 0
        yield 0
    for at in range(looked, min(len(after), _FAR)):
        size = at + 1 - looked
        is_end = after[at] in _SENTENCE_ENDS or (size >= _STEP and not after[at].isalnum())
        if is_end or size == _STEP + _LONGEST_WORD or at + 1 == _FAR:
            looked = at + 1
            yield looked
