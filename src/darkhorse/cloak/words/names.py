"""The names that are watched for, in one tree, and how one is read off a text, letter by letter.

A name is its letters. Between them may stand what people put there: marks of markdown and
invisible characters anywhere, blanks, hyphens and dots where the name has a break of its own,
between all letters alike, or once or twice in a longer name.
"""

import re
from collections.abc import Iterable
from enum import Enum
from typing import Literal, NamedTuple, final

from msgspec import Struct

from darkhorse.catalog.makers import Maker
from darkhorse.cloak.words.alike import GAPS, READ, group

__all__ = ["CANON", "LONGEST", "Found", "Kind", "More", "Names", "Node", "letters_of"]

Kind = Literal["maker", "model"]

LONGEST = 96
"""Characters a name may be spread over, version not counted."""

CANON = str.maketrans("013i", "olel")
"""One letter for those that are written for each other: 0 and o, 1 and i and l, 3 and e."""

_FORGED = 5  # letters from which on a digit may stand for a letter
_GAPS = frozenset([" ", "  ", "\n", "-", ".", "--", " - ", " -", "- ", ",", ", "])
_GAP_BEGINS = frozenset(gap[:end] for gap in _GAPS for end in range(1, len(gap) + 1))
_GLUED_ARABIC = re.compile(r"(?:[وف]?(?:[بلك]?ال|لل|[بلك])?|[وف])\Z")
_INFLECTED = {
    "latin": re.compile(r"s?(?![^\W_])"),
    "cyrillic": re.compile(r"(?:[ая]ми|[ое][вйм]|[ая][хм]|[уюыиеьая])?(?![^\W_])"),  # noqa: RUF001 (as they are written)
}
_PLURALS = frozenset(
    (
        *("alphabets", "amazons", "apples", "bards", "commands", "falcons", "geminis", "llamas"),
        *("metas", "novas", "orcas", "palms", "rings", "seeds", "titans", "writers"),
    )
)
"""Words of no lab, in small letters."""
_ENDING = 3  # letters of the longest of these


class More(Enum):
    """What has come is too little to tell."""

    MORE = "more"


class Found(NamedTuple):
    """A name in a text, and where it ends there; of no kind if it may be said."""

    end: int
    kinds: tuple[Kind, ...]


class _Entry(Struct):
    """One spelling: where it may be broken freely, as numbers of letters before the break."""

    letters: str
    kinds: tuple[Kind, ...]
    breaks: frozenset[int]


@final
class Node:
    """A place in the tree: letters that go on from here, and names that end here."""

    __slots__ = ("entries", "next")

    def __init__(self) -> None:
        self.next: dict[str, Node] = {}
        self.entries: list[_Entry] = []


def letters_of(text: str) -> str:
    """Its letters and digits as they are read."""
    return "".join(READ[character] or "" for character in text)


class Names:
    """Every spelling of every maker and model; and those of `beside`, which may be shared."""

    def __init__(
        self,
        makers: Iterable[Maker],
        allowed: Iterable[str] = (),
        beside: "Names | None" = None,
    ) -> None:
        self.root = Node()
        self._beside = beside
        for name in allowed:
            self._plant(name, None)
        for maker in makers:
            for name in (maker.name, *maker.aliases):
                self._plant(name, "maker")
            for name in maker.models:
                self._plant(name, "model")

    def read(self, text: str, start: int, before: str, *, final: bool) -> Found | More | None:
        """The longest name that begins at `start`; `before` stands in front of `text`."""
        if not _begins(text, start, before):
            return None
        found = _Walk(self.root, text, start).go(final=final)
        if self._beside is None or found is More.MORE:
            return found
        other = _Walk(self._beside.root, text, start).go(final=final)
        return _longer(found, other)

    def _plant(self, name: str, kind: Kind | None) -> None:
        letters, breaks = _spelling(name)
        if not 2 <= len(letters) <= LONGEST:
            return
        node = self.root
        for letter in letters.translate(CANON):
            node = node.next.setdefault(letter, Node())
        for entry in node.entries:
            if entry.letters == letters:
                entry.breaks |= breaks
                if entry.kinds and kind:
                    entry.kinds = tuple(sorted({*entry.kinds, kind}))
                return
        node.entries.append(_Entry(letters, (kind,) if kind else (), breaks))


def _spelling(name: str) -> tuple[str, frozenset[int]]:
    """A name's letters, and where it has breaks: blanks, hyphens, inner capitals, digits."""
    letters = ""
    breaks = set()
    last = ""
    for character in name:
        read = READ[character]
        if read and letters and (not last or _is_break(last, character)):
            breaks.add(len(letters))
        letters += read or ""
        last = character if read else ""
    return letters, frozenset(breaks)


def _is_break(last: str, character: str) -> bool:
    inner_capital = last.islower() and character.isupper()
    return inner_capital or last.isdigit() != character.isdigit()


class _Walk:
    """One way through the tree, along a text."""

    __slots__ = ("_best", "_gaps", "_is_listed", "_letters", "_node", "_start", "_text")

    def __init__(self, root: Node, text: str, start: int) -> None:
        self._node = root
        self._text = text
        self._start = start
        self._letters = ""
        self._gaps: list[int] = []
        self._is_listed = False  # is there a comma between letters?
        self._best: Found | None = None

    def go(self, *, final: bool) -> Found | More | None:
        text, at = self._text, self._start
        stop = min(len(text), at + LONGEST)
        gap = ""
        while at < stop:
            character = text[at]
            at += 1
            read = READ[character]
            if read:
                if not self._step(read, gap):
                    return self._best
                gap = ""
                if self._node.entries and self._note(at, final=final) is More.MORE:
                    return More.MORE
                if not self._node.next:
                    return self._best
            elif read is None:
                kind = GAPS.get(character, "?")
                gap += kind if kind != " " or gap != "  " else ""  # two blanks are as many
                if gap not in _GAP_BEGINS:
                    return self._best
        if stop - self._start == LONGEST or final:
            return self._best
        return More.MORE

    def _step(self, read: str, gap: str) -> bool:
        if gap:
            if gap not in _GAPS:
                return False
            self._gaps.append(len(self._letters))
            self._is_listed |= "," in gap
        for letter in read:
            after = self._node.next.get(letter.translate(CANON))
            if after is None:
                return False
            self._node = after
        self._letters += read
        return True

    def _note(self, at: int, *, final: bool) -> More | None:
        """A name may end here: keep it if it does."""
        kinds = self._kinds(at)
        if kinds is None:
            return None
        end = _ends(self._text, at, final=final)
        if isinstance(end, More):
            return end
        if end and self._text[self._start : end] not in _PLURALS:
            self._best = Found(end, kinds)
        return None

    def _kinds(self, at: int) -> tuple[Kind, ...] | None:
        spelled = [entry.kinds for entry in self._node.entries if self._is_spelled(entry, at)]
        if () in spelled:
            return ()
        return tuple(sorted({kind for kinds in spelled for kind in kinds})) or None

    def _is_spelled(self, entry: _Entry, at: int) -> bool:
        size = len(entry.letters)
        if self._letters != entry.letters and not _is_forged(entry.letters, self._letters):
            return False
        odd = [gap for gap in self._gaps if gap not in entry.breaks]
        if len(self._gaps) >= (size - 2 if size > 3 else size - 1):
            return True  # letter by letter
        if self._is_listed:
            return False
        if not odd:
            return True
        if size >= _FORGED:
            return len(odd) <= 2
        raw = self._text[self._start : at]
        return raw.isupper()


def _longer(one: Found | More | None, other: Found | More | None) -> Found | More | None:
    """Of two that begin at one place. Of two of one length `other` tells, or neither if one may."""
    if one is None or other is More.MORE:
        return other
    if other is None or not isinstance(one, Found) or not isinstance(other, Found):
        return one
    if one.end != other.end:
        return max(one, other)
    return other if one.kinds else one


def _is_forged(name: str, written: str) -> bool:
    """May digits stand for letters of a name? Letters never do for its digits."""
    pairs = zip(name, written, strict=True)
    return len(name) >= _FORGED and not any(a != b and a.isdigit() for a, b in pairs)


def _begins(text: str, start: int, before: str) -> bool:
    """Is `start` no place inside a word?"""
    last = text[start - 1] if start else before[-1:]
    if not last or not (kind := group(last)) or kind != group(text[start]):
        return True
    if kind != "own":
        return False
    run = re.search(r"[^\W\d_]*\Z", before + text[:start])
    glued = letters_of(run[0]) if run else ""
    return bool(_GLUED_ARABIC.fullmatch(glued))


def _ends(text: str, at: int, *, final: bool) -> int | More:
    """Where the word ends whose last letter of a name is before `at`; 0 if it goes on."""
    rest = text[at : at + _ENDING + 1]
    if not rest:
        return at if final else More.MORE
    last = text[at - 1]
    if not group(last) or group(last) != group(rest[0]):
        return at
    if rest[0].isdigit() and not last.isdigit():
        return at  # a version
    if not final and len(rest) <= _ENDING and rest.isalpha():
        return More.MORE
    ending = _INFLECTED["latin" if rest[0].isascii() else "cyrillic"].match(text, at)
    return ending.end() if ending and not last.isdigit() else 0
