"""Where in a text a name may begin: the quick look that every character of every answer gets.

A text's skeleton is its letters as they are read, without what may stand between the letters of a
name. One regular expression, the tree of names, looks over it: it stops at a whole name, and at
what the end of the text cuts off. What it stops at is then read exactly (names.py). In ordinary
text of Western Europe only beginnings of words are looked at, and bytes do the work.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from darkhorse.cloak.words.alike import GAPS, READ
from darkhorse.cloak.words.names import CANON, Node

__all__ = ["Gate"]


class _Letters(dict[int, str | None]):
    """For str.translate: what the skeleton has for a code point of a text in title case.

    Capitals, digits and letters of scripts that have no capitals may begin a word.
    """

    def __missing__(self, point: int) -> str | None:
        bone, character = _bone(chr(point)), chr(point)
        if bone and (character.title() == character or len(character.title()) > 1):
            bone = bone.upper()
        self[point] = bone
        return bone


def _bone(character: str) -> str | None:
    read = READ[character]
    if read:
        return read.translate(CANON)
    return None if read == "" or character in GAPS else " "


_LETTERS = _Letters()


def _in_one_byte(code: int) -> int:
    """The same for Latin-1, with capitals: those are beginnings of words.

    So may digits and letters with marks be, of which `title` knows nothing.
    """
    bone = _bone(chr(code)) or " "
    bone = bone[0] if bone.isascii() else " "
    return ord(bone if chr(code).isascii() and chr(code).islower() else bone.upper())


_BYTES = bytes(_in_one_byte(code) for code in range(256))
_DROPPED = bytes(code for code in range(256) if _bone(chr(code)) is None) + b"?"
"""`?` also stands for all that is not in Latin-1."""


def _is_strange(code: int) -> bool:
    bone = _bone(chr(code))
    return bone is not None and (not bone.isascii() or len(bone) > 1)


_TOLD = "".join(chr(code) for code in range(128, 256) if not _is_strange(code))
_STRANGE = re.compile(
    f"[^\\x00-\\x7f{_TOLD}\u2010-\u2027\u2030-\u203a\u20ac\u2190-\u22ff\u2500-\u27bf\ufe0f"
    "\U0001f300-\U0001faff]"
)
"""What bytes cannot tell. The rest above Latin-1 is no letter (arrows, dashes, most emoji)."""


_Search = Callable[..., Any]


class Gate:
    """Compiled once for a tree of names, and looks for those of `beside` too; immutable."""

    def __init__(self, root: Node, beside: "Gate | None" = None) -> None:
        ascii_only = _tree(root, str.upper, lambda letter: f"[{letter}{letter.upper()}]", "~")
        self.heads: _Search = re.compile(ascii_only.encode()).search
        everywhere = re.compile(_tree(root, _head, _inner, chr(0x10FFFF)))
        self.anywhere: _Search = everywhere.search
        if beside and not root.next:
            self.heads, self.anywhere = beside.heads, beside.anywhere
        elif beside:
            self.heads = _first(beside.heads, self.heads)
            self.anywhere = _first(beside.anywhere, self.anywhere)

    def cut_off(self, text: str, last: str) -> int | None:
        """For short ASCII: where a name may begin that the end cuts off; its length if none does.

        None if there may be a whole name: it is read by `starts`. `last` stands in front of `text`.
        """
        raw = text.encode().title()
        bones = raw.translate(_BYTES, _DROPPED)
        hit = self.heads(bones)
        if hit and hit.start() == 0 and last.isalnum() and last.isascii() and text[0].isalnum():
            hit = self.heads(bones, 1)  # the first letter goes on with a word
        if hit is None:
            return len(text)
        begin, end = hit.span()
        return None if end < len(bones) else _place_from_end(raw, end - begin)

    def starts(self, text: str) -> Iterable[int]:
        """Places at which a name may begin, in order; at no other place does one begin."""
        if text.isascii():
            raw = text.encode().title()
        elif _STRANGE.search(text):
            skeleton = _titled(text).translate(_LETTERS)
            first = self.anywhere(skeleton)
            return _places(text, skeleton, first, self.anywhere, _letters) if first else ()
        else:
            raw = text.encode("latin-1", "replace").title()
        bones = raw.translate(_BYTES, _DROPPED)
        head = self.heads(bones)
        return _places(raw, bones, head, self.heads, _bytes) if head else ()


def _head(letter: str) -> str:
    return re.escape(letter.upper())


def _inner(letter: str) -> str:
    both = sorted({letter, letter.upper()})
    return re.escape(letter) if len(both) == 1 else f"[{''.join(map(re.escape, both))}]"


def _titled(text: str) -> str:
    """In title case, and as long as it was: ligatures and their kind stay."""
    titled = text.title()
    if len(titled) == len(text):
        return titled
    even = "".join(each if len(each.title()) == len(each.lower()) == 1 else "x" for each in text)
    pairs = zip(text, even.title(), strict=True)
    return "".join(new if len(old.title()) == len(old.lower()) == 1 else old for old, new in pairs)


def _first(one: _Search, other: _Search) -> _Search:
    """The hit of the two that begins first, and of those the one that is whole."""

    def search(skeleton: Any, start: int = 0) -> Any:
        a, b = one(skeleton, start), other(skeleton, start)
        if a is None or b is None:
            return a or b
        return min(a, b, key=lambda hit: hit.span())

    return search


def _letters(text: str) -> int:
    return len(text.translate(_LETTERS))


def _bytes(raw: bytes) -> int:
    return len(raw.translate(None, _DROPPED))


def _places(
    text: Any, skeleton: Any, hit: Any, search: Callable[..., Any], count: Callable[[Any], int]
) -> Iterator[int]:
    """Where the hits in the skeleton stand in the text."""
    at, bone = 0, 0  # a place in the text, and the bones in front of it
    while hit:
        wanted = hit.start()
        at = _place(text, at, wanted - bone, count)
        bone = wanted
        yield at
        hit = search(skeleton, wanted + 1)


def _place(text: Any, low: int, bones: int, count: Callable[[Any], int]) -> int:
    """The place of the character that has the bone number `bones` from `low` on."""
    high = len(text)
    while high - low > 1:
        middle = (low + high) // 2
        before = count(text[low:middle])
        if before <= bones:
            low, bones = middle, bones - before
        else:
            high = middle
    return low


def _place_from_end(raw: bytes, bones: int) -> int:
    """The place of the bone that so many bones from the end begin with."""
    at = len(raw)
    while bones:
        at -= 1
        bones -= raw[at] not in _DROPPED
    return at


def _tree(node: Node, head: Callable[[str], str], inner: Callable[[str], str], last: str) -> str:
    """A regular expression of the tree; letters above `last` are left out."""
    letters = sorted(letter for letter in node.next if letter <= last)
    ways = [head(letter) + _below(node.next[letter], inner, last) for letter in letters]
    return "|".join(ways) or "(?!)"  # nothing matches where there is no name


def _below(node: Node, inner: Callable[[str], str], last: str) -> str:
    if node.entries:
        return ""  # what may follow is read exactly
    ways = [
        inner(letter) + _below(after, inner, last)
        for letter, after in sorted(node.next.items())
        if letter <= last
    ]
    return f"(?:{'|'.join(ways)}|\\Z)" if ways else "\\Z"
