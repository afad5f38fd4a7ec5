r"""A regular expression as GBNF, inside the quotes of a JSON string. Pure.

What it makes always matches the expression from end to end: a narrower reading where that only has
to be found somewhere. Nothing repeats without end, and classes that leave out characters leave out
all beyond ASCII too. Taken: characters, escapes, classes, groups, `|`, quantifiers, and anchors at
the ends. Not taken (None): look-around, back references, `\b`, `\p`.
"""

import re
from collections.abc import Iterable

__all__ = ["pattern_expression"]

_MORE = 24  # repetitions beyond the least, where a pattern names no end
_MOST = 1000  # more, and llama.cpp refuses the grammar
_DEEPEST = 16
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) - {'"', "\\"}
_CLASSES = {
    "d": frozenset("0123456789"),
    "w": frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"),
    "s": frozenset(" "),
}
_QUANTIFIER = re.compile(r"([*+?])|\{(\d{1,4})(,(\d{0,4}))?\}")
_WRITTEN = {'"': r"\\\"", "\\": r"\\\\"}
"""In GBNF, as JSON escapes them."""


class _Untaken(Exception):
    """It holds something that is not for us."""


def pattern_expression(pattern: str) -> str | None:
    """The expression; None where the pattern holds what is not taken."""
    reader = _Reader(pattern)
    try:
        expression = reader.alternatives()
        reader.expect_end()
    except _Untaken:
        return None
    return expression


class _Reader:
    """Recursive descent over a pattern of ECMA 262."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0
        self._repeated = 1  # how often at most, repetitions within repetitions multiplied

    def expect_end(self) -> None:
        if self._at < len(self._text):
            raise _Untaken

    def alternatives(self) -> str:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Untaken
        options = [self._sequence()]
        while self._take("|"):
            options.append(self._sequence())
        self._depth -= 1
        return " | ".join(options)

    def _sequence(self) -> str:
        """Up to the next `|` or `)`. Anchors say nothing at the ends of the whole pattern."""
        is_outermost = self._depth == 1
        if is_outermost:
            self._take("^")
        items: list[str] = []
        while not self._is_over():
            if is_outermost and self._take("$"):
                if not self._is_over():
                    raise _Untaken
                break
            items.append(self._item())
        return " ".join(items) or '""'

    def _is_over(self) -> bool:
        return self._at >= len(self._text) or self._text[self._at] in "|)"

    def _item(self) -> str:
        outside, self._repeated = self._repeated, 1
        atom = self._atom()
        found = _QUANTIFIER.match(self._text, self._at)
        self._repeated = max(outside, self._repeated * (_times(found)[1] if found else 1))
        if not found:
            return atom
        self._at = found.end()
        self._take("?")  # a lazy one makes the same strings
        least, most = _times(found)
        if most < least or self._repeated > _MOST:
            raise _Untaken
        return f"({atom}){{{least},{most}}}"

    def _atom(self) -> str:
        char = self._next()
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == ".":
            return _one_of(_PLAIN)
        if char == "\\":
            chars = self._escape()
            return _one_of(chars) if len(chars) > 1 else _written(*chars)
        if char in "*+?{}^$])":
            raise _Untaken
        return _written(char)

    def _group(self) -> str:
        if self._take("?") and not self._take(":"):
            raise _Untaken
        inner = self.alternatives()
        if not self._take(")"):
            raise _Untaken
        return f"({inner})"

    def _class(self) -> str:
        is_negated = self._take("^")
        chars: set[str] = set()
        while not self._take("]"):
            chars |= self._class_item()
        return _one_of(_PLAIN - chars if is_negated else chars & _PLAIN or chars)

    def _class_item(self) -> frozenset[str]:
        first = self._class_chars()
        dash, after = self._text[self._at : self._at + 1], self._text[self._at + 1 : self._at + 2]
        if dash != "-" or after in ("]", ""):
            return first
        self._at += 1
        last = self._class_chars()
        if len(first) != 1 or len(last) != 1:
            raise _Untaken
        (low,), (high,) = first, last
        if not low <= high or ord(high) - ord(low) > 0x3000:
            raise _Untaken
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
            raise _Untaken
        return frozenset({char})

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise _Untaken
        self._at += 1
        return self._text[self._at - 1]

    def _take(self, char: str) -> bool:
        is_there = self._text.startswith(char, self._at)
        self._at += is_there
        return is_there


def _times(found: "re.Match[str]") -> tuple[int, int]:
    sign, least, comma, most = found.groups()
    if sign:
        return {"*": (0, _MORE), "+": (1, 1 + _MORE), "?": (0, 1)}[sign]
    if not comma:
        return int(least), int(least)
    return int(least), int(most) if most else int(least) + _MORE


def _written(char: str) -> str:
    if ord(char) < 0x20 or ord(char) == 0x7F:
        raise _Untaken
    return f'"{_WRITTEN.get(char, char)}"'


def _one_of(chars: Iterable[str]) -> str:
    """A class of characters that need no escape in JSON; those that do, beside it."""
    plain = sorted(char for char in chars if char not in _WRITTEN)
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in plain):
        raise _Untaken
    options = [f"[{''.join(map(_in_class, plain))}]"] if plain else []
    options += [_written(char) for char in sorted(set(chars) & set(_WRITTEN))]
    if not options:
        raise _Untaken
    return options[0] if len(options) == 1 else f"({' | '.join(options)})"


def _in_class(char: str) -> str:
    return f"\\x{ord(char):02x}" if char in "]^-[" else char
