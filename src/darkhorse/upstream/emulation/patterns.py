r"""A regular expression as a tree, for strings that match it from end to end. Pure.

Classes that leave out characters leave out all beyond ASCII too. Taken: characters, escapes,
classes, groups, `|`, quantifiers, and anchors at the ends. Not taken: look-around, back references,
`\b`, `\p`.
"""

import re

from msgspec import Struct

__all__ = ["Chars", "Choice", "Pattern", "Repeat", "Row", "Untaken", "read_pattern"]

_DEEPEST = 16
_LONGEST = 2000  # characters of a pattern
_MOST = 1000  # more repetitions are not taken
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) - {'"', "\\"}
_CLASSES = {
    "d": frozenset("0123456789"),
    "w": frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"),
    "s": frozenset(" "),
}
_QUANTIFIER = re.compile(r"([*+?])|\{(\d{1,4})(,(\d{0,4}))?\}")


class Chars(Struct, frozen=True):
    """One of these."""

    among: frozenset[str]


class Row(Struct, frozen=True):
    """One after the other."""

    items: "tuple[Pattern, ...]"


class Choice(Struct, frozen=True):
    """One or the other."""

    options: "tuple[Pattern, ...]"


class Repeat(Struct, frozen=True):
    """So many times; `most` None: without end."""

    item: "Pattern"
    least: int
    most: int | None


Pattern = Chars | Row | Choice | Repeat


class Untaken(Exception):
    """It holds something that is not for us."""


def read_pattern(pattern: str) -> Pattern:
    """The tree. Raises Untaken."""
    if len(pattern) > _LONGEST:
        raise Untaken
    reader = _Reader(pattern)
    tree = reader.alternatives()
    reader.expect_end()
    return tree


class _Reader:
    """Recursive descent over a pattern of ECMA 262."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0

    def expect_end(self) -> None:
        if self._at < len(self._text):
            raise Untaken

    def alternatives(self) -> Pattern:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Untaken
        options = [self._row()]
        while self._take("|"):
            options.append(self._row())
        self._depth -= 1
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _row(self) -> Pattern:
        """Up to the next `|` or `)`. Anchors say nothing at the ends of the whole pattern."""
        is_outermost = self._depth == 1
        if is_outermost:
            self._take("^")
        items: list[Pattern] = []
        while not self._is_over():
            if is_outermost and self._take("$"):
                if not self._is_over():
                    raise Untaken
                break
            items.append(self._item())
        return Row(tuple(items))

    def _is_over(self) -> bool:
        return self._at >= len(self._text) or self._text[self._at] in "|)"

    def _item(self) -> Pattern:
        atom = self._atom()
        found = _QUANTIFIER.match(self._text, self._at)
        if not found:
            return atom
        self._at = found.end()
        self._take("?")  # a lazy one makes the same strings
        least, most = _times(found)
        if least > _MOST or (most is not None and (most < least or most > _MOST)):
            raise Untaken
        return Repeat(atom, least, most)

    def _atom(self) -> Pattern:
        char = self._next()
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == ".":
            return Chars(_PLAIN)
        if char == "\\":
            return _chars(self._escape())
        if char in "*+?{}^$])":
            raise Untaken
        return _chars({char})

    def _group(self) -> Pattern:
        if self._take("?") and not self._take(":"):
            raise Untaken
        inner = self.alternatives()
        if not self._take(")"):
            raise Untaken
        return inner

    def _class(self) -> Pattern:
        is_negated = self._take("^")
        chars: set[str] = set()
        while not self._take("]"):
            chars |= self._class_item()
        return _chars(_PLAIN - chars if is_negated else chars & _PLAIN or chars)

    def _class_item(self) -> frozenset[str]:
        first = self._class_chars()
        dash, after = self._text[self._at : self._at + 1], self._text[self._at + 1 : self._at + 2]
        if dash != "-" or after in ("]", ""):
            return first
        self._at += 1
        last = self._class_chars()
        if len(first) != 1 or len(last) != 1:
            raise Untaken
        (low,), (high,) = first, last
        if not low <= high or ord(high) - ord(low) > 0x3000:
            raise Untaken
        return frozenset(map(chr, range(ord(low), ord(high) + 1)))

    def _class_chars(self) -> frozenset[str]:
        char = self._next()
        return self._escape() if char == "\\" else frozenset({char})

    def _escape(self) -> frozenset[str]:
        char = self._next()
        if char in _CLASSES:
            return _CLASSES[char]
        if char.lower() in _CLASSES:
            return _PLAIN - _CLASSES[char.lower()]
        if char.isalnum():
            raise Untaken
        return frozenset({char})

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise Untaken
        self._at += 1
        return self._text[self._at - 1]

    def _take(self, char: str) -> bool:
        is_there = self._text.startswith(char, self._at)
        self._at += is_there
        return is_there


def _times(found: "re.Match[str]") -> tuple[int, int | None]:
    sign, least, comma, most = found.groups()
    if sign:
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
    if not comma:
        return int(least), int(least)
    return int(least), int(most) if most else None


def _chars(chars: "frozenset[str] | set[str]") -> Chars:
    """Without what a JSON string cannot hold as it is."""
    if not chars or any(ord(char) < 0x20 or ord(char) == 0x7F for char in chars):
        raise Untaken
    if any("\ud800" <= char <= "\udfff" for char in chars):
        raise Untaken
    return Chars(frozenset(chars))
